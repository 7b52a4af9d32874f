import { readFile } from "node:fs/promises";
import { setImmediate } from "node:timers/promises";
import {
  classCount,
  DataError,
  type Dataset,
  type DistortOptions,
  distortPicturesInParts,
  loadIdxFolder,
  loadMnist,
  syntheticDigits,
  takeSamples,
  validateDataset,
} from "@loam/nn";
import { readCsv } from "@loam/nn/data/csv";
import { alignClasses } from "./align-classes.js";
import type { DataSource } from "./data-source.js";

/** The synthetic digits are one endless stream, the same for everybody: training takes its beginning, testing a part far away. */
const DIGITS = { seed: 0, training: 20_000, testStart: 2 ** 31, test: 2_000 } as const;

/** How many of them are drawn at a stretch. */
const PART = 500;

/** Pictures of MNIST's size are taken to be digits, ten of them. */
const PICTURE = { shape: [1, 28, 28], values: 784, classes: 10 } as const;

export interface LoadOptions {
  /** The most training samples; test sets are always whole. */
  readonly limit?: number;
  /** How many distorted copies of every training picture to add. */
  readonly augment?: number;
  /** Decides the distortions. */
  readonly seed?: number;
  /** Where a table has its labels: a column's name or its position from 0. */
  readonly labelColumn?: number | string;
  /** How a table's values become inputs. */
  readonly scaling?: "maximum" | "standard";
  /** How many classes there are, where the data does not say. */
  readonly classes?: number;
  /** In place of the test set that belongs to the data. */
  readonly testSource?: DataSource;
}

export interface TrainingData {
  readonly training: Dataset;
  readonly test?: Dataset;
  readonly classes: number;
}

/**
 * Reads what a network is trained on and what it is tested on, and checks that they belong together.
 * @throws {LoamError} when the data is not what its format says, or the test set does not fit the training set.
 */
export async function loadTrainingData(source: DataSource, options: LoadOptions): Promise<TrainingData> {
  const { limit, testSource, augment, seed = 0 } = options;
  const own = await load(source, limit, testSource === undefined, options);
  const samples = own.training.inputs.shape[0]!;
  const training =
    limit === undefined || limit >= samples ? own.training : takeSamples(own.training, 0, limit);
  const classes = options.classes ?? countClasses(own.training);
  validateDataset(training, { classes });
  const other = testSource && (await load(testSource, undefined, true, options));
  const test = other ? (other.test ?? other.training) : own.test;
  return {
    training: augment === undefined ? training : await distorted(training, { copies: augment, seed }),
    classes,
    ...(test && { test: testLike(test, training, classes) }),
  };
}

/** Reads what a trained model is measured on: the test set where the source has one. */
export async function loadEvaluationData(source: DataSource, options: LoadOptions): Promise<Dataset> {
  if (source.kind === "digits") return heldOutDigits();
  const { training, test } = await load(source, undefined, true, options);
  return test ?? training;
}

/** The number of classes that the labels speak of. @throws {DataError} `label-out-of-range` */
function countClasses(dataset: Dataset): number {
  const { classNames, inputs } = dataset;
  if (classNames) return classNames.length;
  if (String(inputs.shape.slice(1)) === String(PICTURE.shape)) return PICTURE.classes;
  const classes = classCount(dataset);
  const samples = inputs.shape[0]!;
  if (classes <= samples) return classes;
  throw new DataError(
    "label-out-of-range",
    `${dataset.name}: a label is ${classes - 1}, which makes more classes than the ${samples} samples; number the classes from 0, or say how many there are with --classes.`,
  );
}

/** Checks a test set against the training set, and gives it the training set's scaling and classes. */
function testLike(test: Dataset, training: Dataset, classes: number): Dataset {
  const [, ...expected] = training.inputs.shape;
  const [, ...got] = test.inputs.shape;
  if (String(expected) !== String(got)) {
    throw new DataError(
      "size-mismatch",
      `${test.name}: expected samples of shape [${expected.join(", ")}] as in ${training.name}, got [${got.join(", ")}].`,
    );
  }
  const aligned = alignClasses({ ...test, scaling: training.scaling }, training.classNames);
  validateDataset(aligned, { classes });
  return aligned;
}

async function load(
  source: DataSource,
  limit: number | undefined,
  testToo: boolean,
  { labelColumn, scaling }: LoadOptions,
): Promise<{ training: Dataset; test?: Dataset }> {
  switch (source.kind) {
    case "digits": {
      const training = await drawDigits(limit ?? DIGITS.training, 0);
      return { training, ...(testToo && { test: await heldOutDigits() }) };
    }
    case "mnist":
      return loadMnist({ directory: source.directory });
    case "folder":
      return loadIdxFolder(source.path);
    case "csv": {
      const table = readCsv(await readFile(source.path), {
        name: source.path,
        ...(labelColumn !== undefined && { labelColumn }),
        ...(scaling !== undefined && { scaling }),
      });
      return { training: asPictures(table) };
    }
  }
}

function heldOutDigits(): Promise<Dataset> {
  return drawDigits(DIGITS.test, DIGITS.testStart);
}

/** The digits from `start` on, drawn in parts, so that a signal gets in between. */
async function drawDigits(samples: number, start: number): Promise<Dataset> {
  const drawn = syntheticDigits({ samples: Math.min(PART, samples), seed: DIGITS.seed, start });
  if (samples <= PART) return drawn;
  const data = new Uint8Array(samples * PICTURE.values);
  const labels = new Uint8Array(samples);
  for (let at = 0, part = drawn; ; ) {
    data.set(part.inputs.data, at * PICTURE.values);
    labels.set(part.labels.data, at);
    at += part.labels.data.length;
    if (at === samples) break;
    await setImmediate();
    part = syntheticDigits({ samples: Math.min(PART, samples - at), seed: DIGITS.seed, start: start + at });
  }
  return {
    ...drawn,
    inputs: { data, shape: [samples, ...PICTURE.shape] },
    labels: { data: labels, shape: [samples] },
  };
}

/** With distorted copies, made in parts as well. */
async function distorted(training: Dataset, options: DistortOptions): Promise<Dataset> {
  const parts = distortPicturesInParts(training, options);
  for (;;) {
    const part = parts.next();
    if (part.done) return part.value;
    await setImmediate();
  }
}

/** A table with 784 values a row holds pictures of 28x28, as the lessons' mnist_train.csv does. */
function asPictures(table: Dataset): Dataset {
  const [rows = 0, values] = table.inputs.shape;
  if (values !== PICTURE.values) return table;
  return { ...table, inputs: { ...table.inputs, shape: [rows, ...PICTURE.shape] } };
}
