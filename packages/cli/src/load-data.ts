import { readFile } from "node:fs/promises";
import {
  classCount,
  DataError,
  type Dataset,
  loadIdxFolder,
  loadMnist,
  pickSamples,
  sampleDataset,
  takeSamples,
  validateDataset,
} from "@loam/nn";
import { loadCifar, readNpzDataset } from "@loam/nn/data/images";
import { augmented } from "./augment.js";
import type { DataSource } from "./data-source.js";
import { CommandError, UsageError } from "./failure.js";
import { partFold } from "./folds.js";
import { readLessonsTable } from "./lessons-table.js";
import { readPictures } from "./load-pictures.js";
import { naming } from "./naming.js";
import { loadOwnData } from "./own-data.js";
import { heldOutDigits, MOST_BYTES, PICTURE, requireRoom, trainingDigits } from "./synthetic-digits.js";
import { testLike } from "./test-like.js";
import type { LoadOptions, TrainingData } from "./training-data.js";

/**
 * Reads what a network is trained on and what it is tested on, and checks that they belong together.
 * @throws {LoamError} when the data is not what its format says, or the test set does not fit the training set.
 */
export async function loadTrainingData(source: DataSource, options: LoadOptions): Promise<TrainingData> {
  const { limit, augment, seed, isTested = true } = options;
  const testSource = isTested ? options.testSource : undefined;
  const ofTheirOwn = loadOwnData(source, options);
  if (ofTheirOwn) return ofTheirOwn;
  const own = await load(source, limit, isTested && testSource === undefined, options);
  const samples = own.training.inputs.shape[0]!;
  const limited =
    limit === undefined || limit >= samples ? own.training : some(source, own.training, limit, seed);
  const parted = partedByFold(limited, options);
  const training = parted?.training ?? limited;
  const classes = options.classes ?? countClasses(own.training);
  validateDataset(training, { classes });
  if (typeof augment === "number")
    requireRoom("--augment", augment, Math.floor(MOST_BYTES / training.inputs.data.length) - 1);
  const other = testSource && (await load(testSource, undefined, true, options));
  const test = parted?.test ?? (other ? (other.test ?? other.training) : own.test);
  return {
    training: augment === undefined ? training : await augmented(training, augment, seed),
    outputs: classes,
    lines: [],
    ...(options.validationSplit !== undefined && { validationSplit: options.validationSplit }),
    ...(test && { test: testLike(test, training, classes) }),
  };
}

/** The fold that is the test, and all others; undefined without folds. */
function partedByFold(
  dataset: Dataset,
  { folds, fold, seed }: LoadOptions,
): { readonly training: Dataset; readonly test: Dataset } | undefined {
  if (folds === undefined || fold === undefined) return undefined;
  const { data, shape } = dataset.labels;
  const classes = data instanceof Float32Array || shape.length !== 1 ? undefined : data;
  const { inside, outside } = partFold(shape[0]!, { folds, fold, seed, ...(classes && { classes }) });
  return { training: pickSamples(dataset, outside), test: pickSamples(dataset, inside) };
}

/** The first of what comes in no order; of people's own data, which is often sorted by class, a draw. */
function some({ kind }: DataSource, dataset: Dataset, limit: number, seed: number): Dataset {
  if (kind === "digits" || kind === "mnist") return takeSamples(dataset, 0, limit);
  return sampleDataset(dataset, limit, seed);
}

/** Reads what a trained model is measured on: the test set where the source has one. */
export async function loadEvaluationData(
  source: DataSource,
  options: Pick<LoadOptions, "target"> = {},
): Promise<Dataset> {
  if (source.kind === "digits") return heldOutDigits();
  const { training, test } = await load(source, undefined, true, options);
  return test ?? training;
}

/** The number of classes that the labels speak of. @throws {DataError} `label-out-of-range` @throws {CommandError} when there is but one. */
function countClasses(dataset: Dataset): number {
  const { classNames, inputs } = dataset;
  if (!classNames && String(inputs.shape.slice(1)) === String(PICTURE.shape)) return PICTURE.classes;
  const classes = classCount(dataset);
  // A network of one output would tell it from a class that does not exist.
  if (classes === 1) {
    throw new CommandError(
      `${dataset.name}: all labels are ${JSON.stringify(classNames?.[0] ?? 0)}, and there is nothing to tell it from; give data of two classes or more, or say how many there are with --classes.`,
    );
  }
  if (classNames) return classes;
  const samples = inputs.shape[0]!;
  if (classes <= samples) return classes;
  throw new DataError(
    "label-out-of-range",
    `${dataset.name}: a label is ${classes - 1}, which makes more classes than the ${samples} samples; number the classes from 0, or say how many there are with --classes.`,
  );
}

/** All of a source that is no table, as it is: its training part, and its test part where there is one. */
export function loadWholeData(source: DataSource): Promise<{ training: Dataset; test?: Dataset }> {
  return load(source, undefined, true, {});
}

async function load(
  source: DataSource,
  limit: number | undefined,
  testToo: boolean,
  { target, scaling }: Pick<LoadOptions, "target" | "scaling">,
): Promise<{ training: Dataset; test?: Dataset }> {
  switch (source.kind) {
    case "digits": {
      const training = await trainingDigits(limit);
      return { training, ...(testToo && { test: await heldOutDigits() }) };
    }
    case "mnist":
      return loadMnist({ directory: source.directory });
    case "folder":
      return loadIdxFolder(source.path);
    case "pictures":
      return readPictures(source);
    case "cifar":
      return loadCifar(source.path);
    case "npz":
      return readNpzDataset(new Uint8Array(await naming(source.path, readFile(source.path))), source.path);
    case "text":
    case "recordings":
      throw new UsageError(`${source.path}: these are recordings, and the model was not trained on any.`);
    case "texts":
      throw new UsageError(`${source.path}: this is text, and the model was not trained on any.`);
    case "table":
    case "pixels":
      return { training: await readLessonsTable(source, target?.[0], scaling) };
  }
}
