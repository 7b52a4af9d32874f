import type { Model } from "@loam/nn";
import { augmented, distorted } from "./augment.js";
import type {
  DataSource,
  PicturesSource,
  RecordingsSource,
  TableSource,
  TextSource,
  TextsSource,
} from "./data-source.js";
import { UsageError } from "./failure.js";
import { loadPictures, picturesToMeasure } from "./load-pictures.js";
import { loadRecordings, recordingsFor, recordingsToMeasure } from "./load-recordings.js";
import { loadSeries, seriesToMeasure } from "./load-series.js";
import { loadTable, readTableSource, tableToMeasure } from "./load-table.js";
import { loadText, loadTexts, textsToMeasure, textToMeasure } from "./load-text.js";
import { isStream, type Samples, shapeOfOne } from "./samples.js";
import { testLike } from "./test-like.js";
import type { LoadOptions, TrainingData } from "./training-data.js";

/** What people bring to train on, each kind with what it has to be tested on; undefined where the data is of another kind. */
export function loadOwnData(source: DataSource, options: LoadOptions): Promise<TrainingData> | undefined {
  if (source.kind === "pictures") return loadTrainingPictures(source, options);
  if (source.kind === "recordings" || (isTable(source) && options.recording !== undefined))
    return loadTrainingRecordings(source, options);
  if (isTable(source) && options.horizon !== undefined) return loadTrainingSeries(source, options);
  if (source.kind === "text" || source.kind === "texts") return loadTrainingText(source, options);
  if (isTable(source) && options.tableReader !== "lessons") return loadTrainingTable(source, options);
  return undefined;
}

/**
 * What the network of `--from` is trained on further where its samples are windows or texts, which it cuts and counts itself; undefined for other networks.
 * @throws {UsageError} for data of another kind than it was trained on.
 */
export function loadLike(
  base: Model,
  source: DataSource,
  options: LoadOptions,
): Promise<TrainingData> | undefined {
  const { input, task } = base.schema ?? {};
  const other = (what: string) =>
    new UsageError(`--from: the network was trained on ${what}, and this data is none.`);
  switch (input?.kind) {
    case "series":
      if (!isTable(source)) throw other("a series");
      return loadTrainingSeries(source, options, base);
    case "recording":
      if (source.kind !== "recordings" && !isTable(source)) throw other("recordings");
      return loadTrainingRecordings(source, options, base);
    case "text":
      if (source.kind !== (task?.kind === "next" ? "text" : "texts"))
        throw other(task?.kind === "next" ? "one text" : "texts of classes");
      return loadTrainingText(source as TextSource | TextsSource, options, base);
    default:
      return undefined;
  }
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
    testSource &&
    (await picturesToMeasure(
      testSource,
      { inputShape: [...shapeOfOne(training)], classNames: training.classNames },
      options.memory,
    ));
  const tested = other?.dataset ?? test;
  return {
    training: typeof augment === "number" ? await distortedPictures(training, augment, seed) : training,
    outputs,
    lines: [...lines, ...(other?.notes ?? [])],
    ...(validation && { validation }),
    ...(tested && { test: testLike(tested, training, outputs) }),
  };
}

/** @throws {UsageError} for pictures that are not in memory. */
function distortedPictures(training: Samples, copies: number, seed: number): Promise<Samples> {
  if (!isStream(training)) return distorted(training, { copies, seed });
  throw new UsageError(
    `--augment ${copies} distorts drawn digits in memory, and these pictures take more than they may of it; name ways to vary them, such as --augment flip,shift, or raise --memory.`,
  );
}

async function loadTrainingText(
  source: TextSource | TextsSource,
  options: LoadOptions,
  base?: Model,
): Promise<TrainingData> {
  const { testSource, augment, classes } = options;
  if (classes !== undefined || augment !== undefined)
    throw new UsageError(`${classes === undefined ? "--augment" : "--classes"} is not for text.`);
  if (testSource && testSource.kind !== source.kind)
    throw new UsageError("--test-data must be text as well, of the kind that is trained on.");
  const loaded =
    source.kind === "text"
      ? await loadText(source, options, base?.schema)
      : await loadTexts(source, options, base);
  if (testSource === undefined) return loaded;
  const { schema, classNames } = loaded.training;
  const test =
    testSource.kind === "text"
      ? await textToMeasure(testSource, { schema })
      : await textsToMeasure(testSource as TextsSource, { schema, classNames });
  return { ...loaded, test };
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
  base?: Model,
): Promise<TrainingData> {
  const { testSource } = options;
  const loading = base ? recordingsFor(base, source, options) : loadRecordings(source, options);
  const { validation, test, ...loaded } = await loading;
  if (testSource && testSource.kind !== "recordings" && !isTable(testSource))
    throw new UsageError(
      "--test-data must be recordings as well, in a folder or a table as those to train on.",
    );
  const other = testSource && (await recordingsToMeasure(testSource, loaded.training));
  const tested = other?.dataset ?? test;
  const lines = [...loaded.lines, ...(other?.notes ?? [])];
  return { ...loaded, lines, ...(validation && { validation }), ...(tested && { test: tested }) };
}

async function loadTrainingSeries(
  source: TableSource,
  options: LoadOptions,
  base?: Model,
): Promise<TrainingData> {
  const { testSource } = options;
  const { training, validation, others, test, outputs, lines } = await loadSeries(source, options, base);
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

function isTable(source: DataSource): source is TableSource {
  return source.kind === "table" || source.kind === "pixels";
}
