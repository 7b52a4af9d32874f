import { type Dataset, type Model, splitDataset } from "@loam/nn";
import { holdOut, knownColumns, labelledTable, type Table, targetNames } from "@loam/nn/data/table";
import type { DataSource, TableSource } from "../data-source.js";
import { showCount } from "../format.js";
import { loadDataFor } from "../from-model.js";
import { loadTrainingData } from "../load-data.js";
import { memberSeed, partRows, readTableSource, understand } from "../load-table.js";
import type { TrainingSettings } from "../network.js";
import { readsColumns } from "../reads-columns.js";
import { firstOf, isStream, type Samples } from "../samples.js";
import { pickRows } from "./importance.js";

/** What a finished run is measured on for its report. */
export interface MeasuredData {
  readonly dataset: Dataset;
  /** The same rows as a table of words, where it was one that the network knows by name. */
  readonly table?: Table;
  /** `the test set`, `what was held out`, `the training data`. */
  readonly what: string;
}

/** How many bytes of streamed pictures a report looks at. */
const DRAWN = 2 ** 28;

export const TEST = "the test set";
const HELD = "the rows held out in training";
const TRAINING = "the training data itself, as none was held out";

/** Reads a run's data again and takes the part that was not trained on: the test set, else what was held out. */
export async function measuredData(
  model: Model,
  settings: TrainingSettings,
  { source, testSource }: { readonly source: DataSource; readonly testSource: DataSource | undefined },
): Promise<MeasuredData> {
  if (readsColumns(model) && testSource && isTable(testSource)) {
    const table = await readTableSource(testSource, knownColumns(model));
    const { dataset, rows } = labelledTable(model, table);
    return { dataset, table: pickRows(table, rows), what: TEST };
  }
  if (readsColumns(model) && isTable(source)) return heldRows(model, settings, source);
  const loading = { ...settings, ...(testSource && { testSource }) };
  const data =
    settings.from === undefined
      ? await loadTrainingData(source, loading)
      : await loadDataFor(model, source, loading);
  if (data.test) return inMemory(data.test, TEST, settings.seed);
  if (data.validation) return inMemory(data.validation, "what was held out in training", settings.seed);
  const { validationSplit } = data;
  if (validationSplit === undefined || isStream(data.training))
    return inMemory(data.training, TRAINING, settings.seed);
  // What `fit` set aside: drawn by the same rule.
  const { validation } = splitDataset(data.training, validationSplit, settings.seed);
  return { dataset: validation, what: "what was held out in training" };
}

/** Of a stream, as many samples as a report has room for, of each class its share. */
async function inMemory(samples: Samples, what: string, seed: number): Promise<MeasuredData> {
  if (!isStream(samples)) return { dataset: samples, what };
  const [channels = 1, height = 1, width = 1] = samples.inputs.shape;
  const count = Math.min(samples.samples, Math.max(1, Math.floor(DRAWN / (channels * height * width))));
  return {
    dataset: await firstOf(samples.sample(count, seed), count),
    what: count < samples.samples ? `${showCount(count)} samples drawn from ${what}` : what,
  };
}

function isTable(source: DataSource): source is TableSource {
  return source.kind === "table" || source.kind === "pixels";
}

async function heldRows(
  model: Model,
  settings: TrainingSettings,
  source: TableSource,
): Promise<MeasuredData> {
  const table = await readTableSource(source, settings.from === undefined ? undefined : knownColumns(model));
  const target = settings.target ?? [...targetNames(model.schema!.task)];
  const understood = understand(table, { ...settings, target });
  const { task } = understood;
  const { rows, tested } = partRows(understood, settings);
  const classes = task.classes && rows.map((row) => task.classes![row]!);
  const { validationSplit = 0, seed } = settings;
  const { held } = holdOut(rows.length, validationSplit, memberSeed(seed, 0), classes);
  const [places, what] = tested
    ? [tested, TEST]
    : held.length > 0
      ? [held.map((place) => rows[place]!), HELD]
      : [rows, TRAINING];
  const picked = pickRows(
    table,
    Array.from(places, (place) => task.rows[place]!),
  );
  return { dataset: labelledTable(model, picked).dataset, table: picked, what };
}
