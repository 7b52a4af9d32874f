import { readFile } from "node:fs/promises";
import { setImmediate } from "node:timers/promises";
import {
  ConfigError,
  classCount,
  DataError,
  type Dataset,
  type DistortOptions,
  distortPicturesInParts,
  loadIdxFolder,
  loadMnist,
  pickSamples,
  sampleDataset,
  syntheticDigits,
  takeSamples,
  validateDataset,
} from "@loam/nn";
import { readCsv } from "@loam/nn/data/csv";
import { loadCifar, type PictureVariation, readNpzDataset } from "@loam/nn/data/images";
import { alignClasses } from "./align-classes.js";
import type {
  DataSource,
  PicturesSource,
  RecordingsSource,
  TableSource,
  TextSource,
  TextsSource,
} from "./data-source.js";
import { CommandError, UsageError } from "./failure.js";
import { partFold } from "./folds.js";
import { loadPictures, picturesToMeasure, readPictures, variedPictures } from "./load-pictures.js";
import { loadRecordings, recordingsToMeasure } from "./load-recordings.js";
import { loadSeries, type SeriesSettings, seriesToMeasure } from "./load-series.js";
import {
  type Divided,
  loadTable,
  readTableSource,
  type TableSettings,
  tableToMeasure,
} from "./load-table.js";
import { loadText, loadTexts, textsToMeasure, textToMeasure } from "./load-text.js";
import { naming } from "./naming.js";
import type { Settings } from "./settings.js";

/** The synthetic digits are one endless stream, the same for everybody: training takes its beginning, testing a part far away. */
const DIGITS = { seed: 0, training: 20_000, testStart: 2 ** 31, test: 2_000 } as const;

/** How many of them are drawn at a stretch. */
const PART = 500;

/** Pictures of MNIST's size are taken to be digits, ten of them. */
const PICTURE = { shape: [1, 28, 28], values: 784, classes: 10 } as const;

/** What one array holds in the smallest of the engines that Loam runs on: 4 GiB. */
const MOST_BYTES = 2 ** 32;

export interface LoadOptions extends TableSettings, SeriesSettings, Pick<Settings, "recording"> {
  /** The most training samples; test sets are always whole. */
  readonly limit?: number;
  /** How many distorted copies of every training picture to add. */
  readonly augment?: number | PictureVariation[];
  readonly size?: [number, number];
  readonly channels?: "grey" | "rgb";
  /** Decides which samples a `limit` takes, the distortions, and what is held out. */
  readonly seed: number;
  /** Whether tables are read by the names of their columns, or as the lessons' are: a label and numbers. */
  readonly tableReader?: "schema" | "lessons";
  /** How many classes there are, where the data does not say. */
  readonly classes?: number;
  /** Hears of each picture of a folder that was looked at. */
  readonly onPicture?: (done: number, total: number) => void;
  /** In place of the test set that belongs to the data. */
  readonly testSource?: DataSource;
  /** How many characters a language model sees at once. */
  readonly context?: number;
}

export interface TrainingData {
  readonly training: Dataset;
  /** The share that is yet to be set aside for validation. */
  readonly validationSplit?: number;
  /** What is watched after each epoch, where it is set aside already: rows of a table, before their means are taken. */
  readonly validation?: Dataset;
  /** The same data with other samples held out, for the other networks of a committee. */
  readonly others?: readonly Divided[];
  readonly test?: Dataset;
  /** How many outputs the network needs: the classes, or the numbers to be predicted. */
  readonly outputs: number;
  /** What was understood of the data, in lines. */
  readonly lines: readonly string[];
}

/**
 * Reads what a network is trained on and what it is tested on, and checks that they belong together.
 * @throws {LoamError} when the data is not what its format says, or the test set does not fit the training set.
 */
export async function loadTrainingData(source: DataSource, options: LoadOptions): Promise<TrainingData> {
  const { limit, testSource, augment, seed } = options;
  if (source.kind === "pictures") return loadTrainingPictures(source, options);
  if (source.kind === "recordings" || (isTable(source) && options.recording !== undefined))
    return loadTrainingRecordings(source, options);
  if (isTable(source) && options.horizon !== undefined) return loadTrainingSeries(source, options);
  if (source.kind === "text" || source.kind === "texts") return loadTrainingText(source, options);
  if (isTable(source) && options.tableReader !== "lessons") return loadTrainingTable(source, options);
  const own = await load(source, limit, testSource === undefined, options);
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

async function loadTrainingPictures(source: PicturesSource, options: LoadOptions): Promise<TrainingData> {
  const { testSource, augment, seed } = options;
  if (options.classes !== undefined)
    throw new UsageError(
      "--classes is for data without names of classes; those of pictures are their folders.",
    );
  const { training, validation, test, outputs, lines } = await loadPictures(
    source,
    options,
    options.onPicture,
  );
  if (testSource && testSource.kind !== "pictures") {
    throw new UsageError(
      "--test-data must be a folder of pictures as well, with the classes of the one that is trained on.",
    );
  }
  const other =
    testSource && (await picturesToMeasure(testSource, { inputShape: training.inputs.shape.slice(1) }));
  const tested = other?.dataset ?? test;
  return {
    training: typeof augment === "number" ? await distorted(training, { copies: augment, seed }) : training,
    outputs,
    lines: [...lines, ...(other?.notes ?? [])],
    ...(validation && { validation }),
    ...(tested && { test: testLike(tested, training, outputs) }),
  };
}

async function loadTrainingText(
  source: TextSource | TextsSource,
  options: LoadOptions,
): Promise<TrainingData> {
  const { testSource, augment, classes } = options;
  if (classes !== undefined || augment !== undefined)
    throw new UsageError(`${classes === undefined ? "--augment" : "--classes"} is not for text.`);
  if (testSource && testSource.kind !== source.kind)
    throw new UsageError("--test-data must be text as well, of the kind that is trained on.");
  const loaded = source.kind === "text" ? await loadText(source, options) : await loadTexts(source, options);
  if (testSource === undefined) return loaded;
  const { schema, classNames } = loaded.training;
  const test =
    testSource.kind === "text"
      ? await textToMeasure(testSource, { schema })
      : await textsToMeasure(testSource as TextsSource, { schema, classNames });
  return { ...loaded, test };
}

/** Copies of drawn digits, distorted as hands do, or of pictures, varied as their names say. */
function augmented(
  training: Dataset,
  augment: NonNullable<Settings["augment"]>,
  seed: number,
): Promise<Dataset> {
  if (typeof augment === "number") return distorted(training, { copies: augment, seed });
  return variedPictures(training, augment, seed);
}

function isTable(source: DataSource): source is TableSource {
  return source.kind === "table" || source.kind === "pixels";
}

async function loadTrainingTable(source: TableSource, options: LoadOptions): Promise<TrainingData> {
  const { testSource, augment, seed } = options;
  if (options.classes !== undefined) {
    throw new UsageError(
      "--classes is for data without names of classes; those of a table are what its target says.",
    );
  }
  const { training, validation, others, outputs, lines, test: fold } = await loadTable(source, options);
  if (augment !== undefined && training.schema!.input.kind !== "pixels")
    throw new UsageError("--augment is for pictures; the rows of this table are none.");
  if (testSource && !isTable(testSource)) {
    throw new UsageError(
      "--test-data must be a table as well, with the columns of the one that is trained on.",
    );
  }
  const { name, schema, classNames, scaling } = training;
  const known = { name, schema, classNames, scaling };
  const test = testSource && (await tableToMeasure(testSource, known));
  return {
    training: augment === undefined ? training : await augmented(training, augment, seed),
    outputs,
    lines: [...lines, ...(test?.notes ?? []).map((note) => `noticed   ${note}`)],
    ...(validation && { validation }),
    ...(others.length > 0 && augment === undefined && { others }),
    ...((test || fold) && { test: test?.dataset ?? fold! }),
  };
}

async function loadTrainingRecordings(
  source: RecordingsSource | TableSource,
  options: LoadOptions,
): Promise<TrainingData> {
  const { testSource } = options;
  const { validation, test, ...loaded } = await loadRecordings(source, options);
  if (testSource && testSource.kind !== "recordings" && !isTable(testSource))
    throw new UsageError(
      "--test-data must be recordings as well, in a folder or a table as those to train on.",
    );
  const tested = testSource ? await recordingsToMeasure(testSource, loaded.training) : test;
  return { ...loaded, ...(validation && { validation }), ...(tested && { test: tested }) };
}

async function loadTrainingSeries(source: TableSource, options: LoadOptions): Promise<TrainingData> {
  const { testSource } = options;
  const { training, validation, others, test, outputs, lines } = await loadSeries(source, options);
  if (testSource && !isTable(testSource))
    throw new UsageError(
      "--test-data must be a table as well, with the columns of the one that is trained on.",
    );
  const { name, schema, classNames } = training;
  const other =
    testSource && seriesToMeasure(await readTableSource(testSource), { name, schema, classNames });
  const tested = other?.dataset ?? test;
  return {
    training,
    outputs,
    lines: [...lines, ...(other?.notes ?? []).map((note) => `noticed   ${note}`)],
    ...(validation && { validation }),
    ...(others.length > 0 && { others }),
    ...(tested && { test: tested }),
  };
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
      const samples = limit ?? DIGITS.training;
      requireRoom("--limit", samples, Math.floor(MOST_BYTES / PICTURE.values));
      const training = await drawDigits(samples, 0);
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
      return { training: asPictures(await readLessonsTable(source, target?.[0], scaling)) };
  }
}

/** A label and numbers, as the lessons have them and runs of before this version had: by default the first column is the label. */
async function readLessonsTable(
  { path, bytes }: TableSource,
  target: string | undefined,
  scaling: LoadOptions["scaling"],
): Promise<Dataset> {
  const labelColumn = target !== undefined && /^\d+$/.test(target) ? Number(target) : target;
  try {
    return readCsv(bytes ?? (await naming(path, readFile(path))), {
      name: path,
      ...(labelColumn !== undefined && { labelColumn }),
      ...(scaling === "standard" && { scaling }),
    });
  } catch (error) {
    // The library counts from the end as well, and calls its option otherwise.
    const beyond = error instanceof ConfigError && error.code === "label-column-unknown";
    if (!beyond || typeof labelColumn !== "number") throw error;
    throw new UsageError(
      `${path}: has no column ${labelColumn} for --label-column; give a position from 0, or a name from its header.`,
    );
  }
}

/** @throws {UsageError} when a flag asks for more samples, or copies of all of them, than one array holds. */
function requireRoom(flag: string, asked: number, most: number): void {
  if (asked <= most) return;
  throw new UsageError(`${flag} must be at most ${most} for the pictures to go into memory, got ${asked}.`);
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
