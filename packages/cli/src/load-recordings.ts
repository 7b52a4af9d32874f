import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { ConfigError, type Dataset } from "@loam/nn";
import {
  fitRecordings,
  labelledRecordings,
  type Recording,
  recordingInputs,
  type UnderstoodRecordings,
  understandRecordings,
} from "@loam/nn/data/series";
import { holdOut, listNames, type Table } from "@loam/nn/data/table";
import { isTableName, type RecordingsSource, type TableSource } from "./data-source.js";
import { CommandError, UsageError } from "./failure.js";
import { foldersIn } from "./folders.js";
import { partFold } from "./folds.js";
import { showCount } from "./format.js";
import { columnName, type Divided, readTableSource } from "./load-table.js";
import { naming } from "./naming.js";
import { NOT_FOR_WINDOWS, requireUnset } from "./require-unset.js";
import type { Settings } from "./settings.js";

/** Recordings, divided and cut into windows. */
export interface LoadedRecordings extends Divided {
  readonly test?: Dataset;
  readonly outputs: number;
  readonly lines: readonly string[];
}

export type RecordingSettings = Pick<
  Settings,
  "target" | "recording" | "window" | "drop" | "types" | "validationSplit" | "seed" | "folds" | "fold"
>;

/**
 * Reads recordings, from a folder with one folder of tables a class or from one table in which a column names them, holds whole ones out, and cuts all
 * into windows.
 * @throws {UsageError} for settings that do not go with recordings; {LoamError} for what is wrong in the data.
 */
export async function loadRecordings(
  source: RecordingsSource | TableSource,
  settings: RecordingSettings & Pick<Settings, (typeof NOT_FOR_WINDOWS)[number]>,
): Promise<LoadedRecordings> {
  requireUnset(settings, NOT_FOR_WINDOWS, "does not go with recordings; leave it out.");
  const { recordings, test = [], target } = await readRecordings(source, settings);
  const understood = understand([...recordings, ...test], target, settings);
  const { classes, classNames, steps, columns, leftOut, short } = understood;
  // Recordings that are too short are gone; those of the test are the last.
  const kept = recordings.filter(({ table }) => table.rows >= steps).length;
  const { training, held, fold } = divide(classes.subarray(0, kept), settings);
  const fitted = fitRecordings(understood, training);
  const tested = fold ?? Uint32Array.from({ length: classes.length - kept }, (_, i) => kept + i);
  const named = (dataset: Dataset) => ({ ...dataset, name: source.path });
  const counts = `${showCount(classes.length)} of ${classNames.length} classes (${classNames.slice(0, 8).join(", ")}${classNames.length > 8 ? ", …" : ""})`;
  return {
    training: named(fitted.dataset(training)),
    validation: held.length > 0 ? named(fitted.dataset(held)) : undefined,
    ...(tested.length > 0 && { test: named(fitted.dataset(tested)) }),
    outputs: classNames.length,
    lines: [
      `recordings ${counts}; ${held.length} held out whole`,
      `window    ${steps} rows of ${listNames(columns.map(({ name }) => name))}`,
      ...(leftOut.length > 0
        ? [`left out  ${leftOut.map(({ name, why }) => `${name || "the first"} (${why})`).join(", ")}`]
        : []),
      ...(short.length > 0
        ? [`skipped   ${short.length} shorter than a window: ${listNames(short, 5)}`]
        : []),
    ],
  };
}

/** The places of the recordings to train on, of those held out and, where one fold is the test, of that: whole recordings, of each class its share. */
function divide(
  classes: Uint32Array,
  {
    folds,
    fold,
    seed,
    validationSplit = 0,
  }: Pick<RecordingSettings, "folds" | "fold" | "seed" | "validationSplit">,
): { readonly training: Uint32Array; readonly held: Uint32Array; readonly fold?: Uint32Array } {
  const parted =
    folds === undefined || fold === undefined
      ? undefined
      : partFold(classes.length, { folds, fold, seed, classes });
  const rest = parted?.outside ?? Uint32Array.from(classes, (_, i) => i);
  const own = rest.map((place) => classes[place]!);
  const { training, held } = holdOut(rest.length, validationSplit, seed, own);
  return {
    training: training.map((at) => rest[at]!),
    held: held.map((at) => rest[at]!),
    ...(parted && { fold: parted.inside }),
  };
}

function understand(
  recordings: readonly Recording[],
  target: string | undefined,
  { window, recording, drop, types }: RecordingSettings,
): UnderstoodRecordings {
  if (typeof window === "string")
    throw new UsageError(`--window of recordings is a number of rows, got ${JSON.stringify(window)}.`);
  try {
    return understandRecordings(recordings, {
      ...(window !== undefined && { window }),
      ...(target !== undefined && { target }),
      ...(recording !== undefined && { recording }),
      ...(drop && { drop }),
      ...(types && { types }),
    });
  } catch (error) {
    throw error instanceof ConfigError ? new UsageError(error.message) : error;
  }
}

interface Read {
  readonly recordings: readonly Recording[];
  readonly test?: readonly Recording[];
  readonly target?: string;
}

/** What a folder or a table holds of recordings, as it is. */
export async function readRecordings(
  source: RecordingsSource | TableSource,
  { target = [], recording }: Pick<RecordingSettings, "target" | "recording">,
): Promise<Read> {
  if (source.kind === "recordings") {
    if (target.length > 0 || recording !== undefined)
      throw new UsageError(
        "--target and --recording are for one table; the classes of a folder are its folders.",
      );
    const parts = (await foldersIn(source.path)).filter((name) => name === "train" || name === "test");
    if (parts.length < 2) return { recordings: await recordingsIn(source.path) };
    return {
      recordings: await recordingsIn(join(source.path, "train")),
      test: await recordingsIn(join(source.path, "test")),
    };
  }
  const table = await readTableSource(source);
  const [given = "label"] = target;
  const name = columnName(table, given);
  return { recordings: labelledRecordings(table, columnName(table, recording!), name), target: name };
}

async function recordingsIn(path: string): Promise<Recording[]> {
  const recordings: Recording[] = [];
  for (const label of await foldersIn(path)) {
    const files = await naming(path, readdir(join(path, label), { recursive: true }));
    for (const file of files.filter(isTableName).sort()) {
      recordings.push({ label, table: await readTableSource({ path: join(path, label, file) }) });
    }
  }
  if (recordings.length > 0) return recordings;
  throw new CommandError(`${path}: has no recordings; expected one folder of .csv files a class.`);
}

/**
 * Recordings to train the network of `--from` on further, cut into its windows and scaled by its means; classes of the same names have its numbers.
 * @throws {UsageError} for recordings that are all shorter than its windows.
 */
export async function recordingsFor(
  base: KnowsClasses,
  source: RecordingsSource | TableSource,
  settings: RecordingSettings & Pick<Settings, (typeof NOT_FOR_WINDOWS)[number]>,
): Promise<LoadedRecordings> {
  requireUnset(settings, NOT_FOR_WINDOWS, "does not go with recordings; leave it out.");
  const { input, task } = base.schema!;
  if (input.kind !== "recording") throw new UsageError("--from: the network was not trained on recordings.");
  const known = task.kind === "classification" && task.target !== undefined ? [task.target] : [];
  const { recordings, test } = await readRecordings(
    source,
    source.kind === "recordings"
      ? {}
      : {
          target: settings.target ?? known,
          ...(input.recording !== undefined && { recording: input.recording }),
        },
  );
  const long = recordings.filter(({ table }) => table.rows >= input.steps);
  const own = [...new Set(long.map(({ label }) => label))].sort();
  const { classNames: theirs = [] } = base;
  const isSame = own.length > 0 && own.every((name) => theirs.includes(name));
  const classNames = isSame ? theirs : own;
  if (classNames.length < 2)
    throw new UsageError(
      `--from: ${source.path} has recordings of ${classNames.length === 1 ? "one class" : "no class"} that are as long as the ${input.steps} rows which the network looks at.`,
    );
  const { training, held, fold } = divide(
    Uint32Array.from(long, ({ label }) => classNames.indexOf(label)),
    settings,
  );
  const schema = base.schema!;
  const of = (some: readonly Recording[]) => ({
    ...measured(source.path, some, { schema, classNames }).dataset,
    schema,
  });
  const at = (places: Uint32Array) => of(Array.from(places, (place) => long[place]!));
  const tested = test?.filter(({ table }) => table.rows >= input.steps) ?? [];
  return {
    training: at(training),
    validation: held.length > 0 ? at(held) : undefined,
    ...(fold ? { test: at(fold) } : tested.length > 0 && { test: of(tested) }),
    outputs: classNames.length,
    lines: [
      `recordings ${showCount(long.length)} of ${classNames.length} classes (${listNames(classNames)}); ${held.length} held out whole`,
    ],
  };
}

/** A model, or the dataset that it is trained on. */
interface KnowsClasses {
  readonly schema?: Dataset["schema"] | undefined;
  readonly classNames?: readonly string[] | undefined;
}

/** Recordings to measure a model on, and what about them was not as in training. */
interface MeasuredRecordings {
  readonly dataset: Dataset;
  readonly notes: readonly string[];
}

/**
 * Recordings as a trained model sees them: those of a folder's part `test` where it has one, or of one table by the column that it was trained with.
 */
export async function recordingsToMeasure(
  source: RecordingsSource | TableSource,
  model: KnowsClasses,
): Promise<MeasuredRecordings> {
  const { schema, classNames = [] } = model;
  const input = schema!.input;
  if (input.kind !== "recording") throw new UsageError("The model was not trained on recordings.");
  const { task } = schema!;
  const target = task.kind === "classification" ? task.target : undefined;
  const { recordings, test } = await readRecordings(source, {
    ...(source.kind !== "recordings" && target !== undefined && { target: [target] }),
    ...(source.kind !== "recordings" && input.recording !== undefined && { recording: input.recording }),
  });
  const some = test ?? recordings;
  const unknown = [...new Set(some.map(({ label }) => label))].filter((label) => !classNames.includes(label));
  if (unknown.length > 0)
    throw new CommandError(
      `${source.path}: has the class ${listNames(unknown)}, but the network was trained on ${listNames(classNames)}.`,
    );
  const long = some.filter(({ table }) => table.rows >= input.steps);
  return measured(source.path, long, model);
}

function measured(
  name: string,
  recordings: readonly Recording[],
  { schema, classNames = [] }: KnowsClasses,
): MeasuredRecordings {
  const known = { name, schema, classNames };
  const tables: readonly Table[] = recordings.map(({ table }) => table);
  const { inputs, recordings: places, notes } = recordingInputs(known, tables);
  const labels = places.map((at) => classNames.indexOf(recordings[at]!.label));
  const shape = [labels.length];
  const dataset = {
    name,
    inputs,
    labels: { data: labels, shape },
    scaling: { kind: "none" },
    classNames,
  } as const;
  return { dataset, notes };
}
