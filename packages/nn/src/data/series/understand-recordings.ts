import { DataError } from "../../errors.js";
import type { RecordingInput } from "../../schema/data-schema.js";
import { type ColumnFinding, type FindColumnsOptions, findColumns } from "../table/find-columns.js";
import { findColumn, listNames, type Table } from "../table/table.js";
import { readSeries, type Series } from "./series.js";

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
