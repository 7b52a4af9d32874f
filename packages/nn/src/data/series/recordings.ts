import { ConfigError, DataError, FormatError } from "../../errors.js";
import type { DataSchema, RecordingInput } from "../../schema/data-schema.js";
import { recordOf } from "../../schema/parse-schema.js";
import type { Dataset } from "../dataset.js";
import { type ColumnFinding, type FindColumnsOptions, findColumns } from "../table/find-columns.js";
import { momentsOf } from "../table/fit-columns.js";
import { findColumn, listNames, type Table } from "../table/table.js";
import type { KnowsTables } from "../table/use-table.js";
import { readSeries, type Series } from "./series.js";
import { isSeriesColumn } from "./use-series.js";

/** What was measured from a beginning to an end, a row a moment: a gesture, a heartbeat, a machine's start. */
export interface Recording {
  readonly table: Table;
  /** Its class. */
  readonly label: string;
}

export interface RecordingOptions extends FindColumnsOptions {
  /** How many rows a window has; default: as many as the shortest recording, at most 128. */
  readonly window?: number;
  /** What is told, in words: the column that labels were in. */
  readonly target?: string;
  /** The column that named the recordings, where they came from one table. */
  readonly recording?: string;
}

/** What recordings have in common. */
export interface UnderstoodRecordings {
  readonly recordings: readonly Recording[];
  readonly series: readonly Series[];
  readonly steps: number;
  readonly columns: readonly Pick<RecordingInput["columns"][number], "name" | "format">[];
  readonly leftOut: readonly { readonly name: string; readonly why: string }[];
  /** The classes' names, sorted, and each recording's by its number. */
  readonly classNames: readonly string[];
  readonly classes: Uint32Array;
  readonly options: Pick<RecordingOptions, "target" | "recording">;
  /** Recordings that are shorter than a window, and passed over. */
  readonly short: readonly string[];
}

/** Windows of recordings. */
export interface RecordingDataset extends Dataset {
  readonly schema: DataSchema;
  /** Of each window, the place of its recording among those that it was asked for. */
  readonly recordings: Uint32Array;
}

const MOST_STEPS = 128;
const FEWEST_STEPS = 4;

/**
 * Finds out which columns of numbers all recordings have. One that only rises, in each of them, is a clock and left out, as are dates and words.
 * @throws {DataError} `no-samples`, `one-class`, `no-inputs` where no column of numbers is in all of them, `series-short` for a window that none has,
 * and as `readSeries`.
 */
export function understandRecordings(
  recordings: readonly Recording[],
  { window, target, recording, drop = [], types = {} }: RecordingOptions = {},
): UnderstoodRecordings {
  const names = [...new Set(recordings.map(({ label }) => label))].sort();
  if (names.length === 0) throw new DataError("no-samples", "recordings: there is none.");
  if (names.length === 1) {
    throw new DataError(
      "one-class",
      `recordings: all are ${JSON.stringify(names[0])}, and there is nothing to tell it from; give recordings of two classes or more.`,
    );
  }
  const shortest = recordings.reduce((least, { table }) => Math.min(least, table.rows), MOST_STEPS);
  const steps = window ?? Math.max(FEWEST_STEPS, shortest);
  const long = recordings.filter(({ table }) => table.rows >= steps);
  if (new Set(long.map(({ label }) => label)).size < names.length) {
    const longest = recordings.reduce((most, { table }) => Math.max(most, table.rows), 0);
    throw new DataError(
      "series-short",
      `recordings: of a class there is none that is as long as a window of ${steps} rows; the longest of all has ${longest}. Take a shorter window.`,
    );
  }
  const { columns, leftOut } = commonColumns(long, { drop, types });
  return {
    recordings: long,
    series: long.map(({ table }) => readSeries(table, { columns })),
    steps,
    columns,
    leftOut,
    classNames: names,
    classes: Uint32Array.from(long, ({ label }) => names.indexOf(label)),
    options: { ...(target !== undefined && { target }), ...(recording !== undefined && { recording }) },
    short: recordings.filter(({ table }) => table.rows < steps).map(({ table }) => table.name),
  };
}

function commonColumns(
  recordings: readonly Recording[],
  { drop, types }: Required<FindColumnsOptions>,
): Pick<UnderstoodRecordings, "columns" | "leftOut"> {
  // What a column is, all recordings say together: one alone may stand still.
  const first = recordings[0]!.table;
  const shared = first.columns.filter(({ name }) => recordings.every(({ table }) => findColumn(table, name)));
  const joined: Table = {
    ...first,
    rows: recordings.reduce((sum, { table }) => sum + table.rows, 0),
    columns: shared.map(({ name }) => ({
      name,
      cells: recordings.flatMap(({ table }) => findColumn(table, name)!.cells),
    })),
  };
  const has = (name: string) => shared.some((column) => column.name === name);
  const findings = findColumns(joined, {
    drop: drop.filter(has),
    types: Object.fromEntries(Object.entries(types).filter(([name]) => has(name))),
  });
  const numbers = findings.filter((finding) => finding.kind === "number");
  const clocks = numbers.filter(({ column }) => !(column.name in types) && isClock(recordings, column.name));
  const seen = numbers.filter((one) => !clocks.includes(one));
  if (seen.length === 0) {
    throw new DataError(
      "no-inputs",
      `${first.name}: has no column of numbers that all recordings share; it has ${listNames(first.columns.map(({ name }) => name))}.`,
      { file: first.name },
    );
  }
  const missing = first.columns.filter(({ name }) => !has(name));
  return {
    columns: seen.map(({ column, format }) => ({ name: column.name, format })),
    leftOut: [
      ...findings.filter((finding) => finding.kind !== "number").map(why),
      ...clocks.map(({ column }) => ({ name: column.name, why: "only rises, as a clock does" })),
      ...missing.map(({ name }) => ({ name, why: "not in all recordings" })),
    ],
  };
}

function why(finding: ColumnFinding): { readonly name: string; readonly why: string } {
  const reason = finding.kind === "identifier" || finding.kind === "left out" ? finding.why : "no numbers";
  return { name: finding.column.name, why: reason };
}

function isClock(recordings: readonly Recording[], name: string): boolean {
  return recordings.every(({ table }) => {
    const values = findColumn(table, name)!.cells.map(Number);
    return values.every((value, at) => at === 0 || value > values[at - 1]!);
  });
}

/** Recordings whose columns have been looked at on those that are trained on. */
export interface FittedRecordings {
  readonly schema: DataSchema;
  /** The windows of some recordings, by their places. */
  dataset(places: Uint32Array): RecordingDataset;
}

/** Takes means and deviations from the recordings `training`, by their places. */
export function fitRecordings(understood: UnderstoodRecordings, training: Uint32Array): FittedRecordings {
  const { series, steps, columns, leftOut, classNames, classes, options } = understood;
  const { target, recording } = options;
  const schema: DataSchema = {
    task: { kind: "classification", ...(target !== undefined && { target }) },
    input: {
      kind: "recording",
      steps,
      columns: columns.map((column, i) => {
        const values = Array.from(training, (place) => [...known(series[place]!, i)]).flat();
        const { mean, deviation } = momentsOf(values.length > 0 ? values : [0]);
        return { ...column, shift: mean, scale: deviation > 0 ? deviation : 1 };
      }),
      ...(recording !== undefined && { recording }),
      leftOut: leftOut.map(({ name }) => name),
    },
  };
  const input = schema.input as RecordingInput;
  return {
    schema,
    dataset: (places) => {
      const windows = windowsOf(
        Array.from(places, (place) => series[place]!),
        input,
      );
      const labels = windows.recordings.map((at) => classes[places[at]!]!);
      return {
        name: "recordings",
        inputs: windows.inputs,
        labels: { data: labels, shape: [labels.length] },
        scaling: { kind: "none" },
        classNames,
        schema,
        recordings: windows.recordings,
      };
    },
  };
}

/** A column's numbers; where the beginning is empty, what comes first. */
function known({ columns }: Series, i: number): Float64Array {
  const { known: values, first } = columns[i]!;
  return first === 0 ? values : values.map((value, at) => (at < first ? (values[first] ?? 0) : value));
}

/** Windows half a window apart, the last one at the end. */
function windowsOf(series: readonly Series[], { steps, columns }: RecordingInput) {
  const stride = Math.ceil(steps / 2);
  const places: (readonly [recording: number, start: number])[] = series.flatMap(({ length }, at) => {
    const last = length - steps;
    const starts = Array.from({ length: Math.ceil(last / stride) }, (_, i) => i * stride);
    return [...starts, last].map((start) => [at, start] as const);
  });
  const width = columns.length;
  const data = new Float32Array(places.length * steps * width);
  const values = series.map((one) => columns.map((_, i) => known(one, i)));
  places.forEach(([at, start], window) => {
    columns.forEach(({ shift, scale }, i) => {
      const from = values[at]![i]!;
      for (let step = 0; step < steps; step++) {
        data[(window * steps + step) * width + i] = (from[start + step]! - shift) / scale;
      }
    });
  });
  return {
    inputs: { data, shape: [places.length, steps, width] },
    recordings: Uint32Array.from(places, ([at]) => at),
  };
}

/** Recordings as the inputs of a model that tells them apart. */
export interface RecordingInputs {
  /** [windows, steps, columns] */
  readonly inputs: { readonly data: Float32Array; readonly shape: readonly number[] };
  /** Of each window, the place of its recording. */
  readonly recordings: Uint32Array;
}

/**
 * Cuts recordings into a model's windows.
 * @throws {ConfigError} `not-for-recordings` for a model of something else. @throws {DataError} `series-short` for one that is shorter than a window, and
 * as `readSeries`. @throws {FormatError} `schema-invalid`.
 */
export function recordingInputs(model: KnowsTables, tables: readonly Table[]): RecordingInputs {
  const input = requireRecordingSchema(model);
  const series = tables.map((table) => readSeries(table, input));
  for (const { name, length } of series) {
    if (length >= input.steps) continue;
    throw new DataError(
      "series-short",
      `${name}: has ${length} rows, but the network looks at ${input.steps} at once; give it a longer recording.`,
      { file: name },
    );
  }
  return windowsOf(series, input);
}

/**
 * What a model says of whole recordings: the mean of the probabilities of each one's windows, [recordings, classes].
 */
export function meanProbabilities(
  recordings: Uint32Array,
  probabilities: { readonly data: Float32Array; readonly shape: readonly number[] },
): Float32Array[] {
  const classes = probabilities.shape[1] ?? 1;
  const count = recordings.reduce((most, at) => Math.max(most, at + 1), 0);
  const sums = Array.from({ length: count }, () => new Float64Array(classes));
  const windows = new Uint32Array(count);
  recordings.forEach((at, window) => {
    windows[at]!++;
    for (let k = 0; k < classes; k++) sums[at]![k]! += probabilities.data[window * classes + k]!;
  });
  return sums.map((sum, at) => Float32Array.from(sum, (value) => value / windows[at]!));
}

/** Parts a table by the column that names each row's recording, in the order in which they begin. @throws {DataError} `columns-missing` */
export function partRecordings(table: Table, recording: string): Map<string, Table> {
  const names = findColumn(table, recording);
  if (names === undefined) {
    throw new DataError(
      "columns-missing",
      `${table.name}: has no column ${JSON.stringify(recording)}, which names the recordings; it has ${listNames(table.columns.map(({ name }) => name))}.`,
      { file: table.name },
    );
  }
  const rows = new Map<string, number[]>();
  names.cells.forEach((cell, row) => {
    const there = rows.get(cell);
    if (there) there.push(row);
    else rows.set(cell, [row]);
  });
  const others = table.columns.filter(({ name }) => name !== recording);
  return new Map(
    [...rows].map(([name, some]) => [
      name,
      {
        ...table,
        name: `${table.name}, ${name}`,
        rows: some.length,
        columns: others.map((column) => ({
          name: column.name,
          cells: some.map((row) => column.cells[row]!),
        })),
        notes: [],
      },
    ]),
  );
}

/**
 * Recordings of one table: the column `recording` names each row's, the column `target` says its class.
 * @throws {DataError} `columns-missing`, and `csv-label` for a recording whose rows say different classes, or none.
 */
export function labelledRecordings(table: Table, recording: string, target: string): Recording[] {
  return [...partRecordings(table, recording)].map(([name, part]) => {
    const labels = new Set(findColumn(part, target)?.cells);
    const [label] = labels;
    if (labels.size !== 1 || label === undefined || label === "") {
      throw new DataError(
        "csv-label",
        labels.size === 0
          ? `${table.name}: has no column ${JSON.stringify(target)}, which says what a recording is.`
          : `${table.name}: the rows of the recording ${JSON.stringify(name)} have ${listNames([...labels])} as ${JSON.stringify(target)}; all rows of one must say the same class.`,
        { file: table.name, column: target },
      );
    }
    return { label, table: { ...part, columns: part.columns.filter((column) => column.name !== target) } };
  });
}

/** @throws {ConfigError} `not-for-recordings` @throws {FormatError} `schema-invalid` */
function requireRecordingSchema({ name, schema }: KnowsTables): RecordingInput {
  if (schema?.input.kind !== "recording") {
    throw new ConfigError("not-for-recordings", `The model "${name}" was not trained on recordings.`);
  }
  const { steps, columns, recording } = recordOf(schema.input);
  const isWhole = Number.isSafeInteger(steps) && (steps as number) > 0 && (steps as number) <= 1e6;
  const areColumns = Array.isArray(columns) && columns.length > 0 && columns.every(isSeriesColumn);
  if (isWhole && areColumns && (recording === undefined || typeof recording === "string"))
    return schema.input;
  throw new FormatError(
    "schema-invalid",
    `model "${name}": what it says of its recordings cannot be read; the file is damaged or from a later version of Loam.`,
  );
}
