import { DataError } from "../../errors.js";
import type { DateOrder, NumberFormat } from "../../schema/data-schema.js";
import { dateExample, readDate } from "../table/date-cells.js";
import { preferredFormat } from "../table/find-columns.js";
import { columnsMeant } from "../table/match-columns.js";
import { bestFormat, readNumber } from "../table/number-format.js";
import { isEmpty, listNames, rowNumber, type Table, type TextColumn } from "../table/table.js";

/** Numbers over time, the oldest first. */
export interface Series {
  readonly name: string;
  readonly length: number;
  /** Days since 1970, rising, where rows have dates. */
  readonly days?: Float64Array;
  /** The table's row of each moment. */
  readonly rows: Uint32Array;
  readonly columns: readonly SeriesValues[];
  /** Columns that are not read. */
  readonly unread: readonly string[];
  /** What was noticed, in sentences. */
  readonly notes: readonly string[];
}

/** A column of a series. */
export interface SeriesValues {
  readonly name: string;
  /** NaN where the cell is empty. */
  readonly values: Float64Array;
  /** The last value that is known at each moment; NaN before the first. */
  readonly known: Float64Array;
  /** The first moment at which a value is known; `length` where there is none. */
  readonly first: number;
}

/** What of a table is read as a series. */
export interface SeriesParts {
  readonly time?: { readonly name: string; readonly order: DateOrder } | undefined;
  readonly columns: readonly { readonly name: string; readonly format: NumberFormat }[];
}

/**
 * Reads a table as a series, sorted by its dates.
 * @throws {DataError} `columns-missing`, `csv-not-a-date`, `csv-not-a-number`, and `time-repeated` for two rows of one moment.
 */
export function readSeries(table: Table, { time, columns }: SeriesParts): Series {
  const names = [...(time ? [time.name] : []), ...columns.map(({ name }) => name)];
  const byName = new Map(table.columns.map((column) => [column.name, column]));
  const missing = names.filter((name) => !byName.has(name));
  if (missing.length > 0) {
    const meant = columnsMeant(
      missing,
      [...byName.keys()].filter((name) => !names.includes(name)),
    );
    throw new DataError(
      "columns-missing",
      `${table.name}: has no column ${listNames(missing)}, which the series is made of${meant}; it has ${listNames([...byName.keys()])}.`,
      { file: table.name },
    );
  }
  const notes: string[] = [];
  const given = time && daysOf(table, byName.get(time.name)!, time.order);
  const rows = Uint32Array.from({ length: table.rows }, (_, row) => row);
  if (given?.some((day, row) => row > 0 && day < given[row - 1]!)) {
    rows.sort((a, b) => given[a]! - given[b]! || a - b);
    notes.push(`${table.name}: rows are not in the order of ${JSON.stringify(time!.name)}, and were sorted`);
  }
  const days = given && Float64Array.from(rows, (row) => given[row]!);
  const twice = days?.findIndex((day, at) => at > 0 && day === days[at - 1]!) ?? -1;
  if (twice > 0) throw repeated(table, byName.get(time!.name)!, rows[twice - 1]!, rows[twice]!);
  return {
    name: table.name,
    length: table.rows,
    ...(days && { days }),
    rows,
    unread: [...byName.keys()].filter((name) => !names.includes(name)),
    columns: columns.map(({ name, format }) => valuesOf(table, byName.get(name)!, format, rows)),
    notes,
  };
}

function daysOf(table: Table, { name, cells }: TextColumn, order: DateOrder): Float64Array {
  return Float64Array.from(cells, (cell, at) => {
    const day = readDate(cell, order);
    if (Number.isFinite(day)) return day;
    const row = rowNumber(table, at);
    throw new DataError(
      "csv-not-a-date",
      `${table.name}: row ${row}, column ${JSON.stringify(name)}: expected a date with ${dateExample(order)}, got ${JSON.stringify(cell.slice(0, 60))}; every row of a series needs its moment.`,
      { file: table.name, row, column: name },
    );
  });
}

function repeated(table: Table, { name, cells }: TextColumn, one: number, other: number): DataError {
  const row = rowNumber(table, other);
  return new DataError(
    "time-repeated",
    `${table.name}: rows ${rowNumber(table, one)} and ${row} both have ${JSON.stringify(cells[other]!.slice(0, 60))} as ${JSON.stringify(name)}; where a table holds several series, keep the rows of one.`,
    { file: table.name, row, column: name },
  );
}

function valuesOf(
  table: Table,
  { name, cells }: TextColumn,
  usual: NumberFormat,
  rows: Uint32Array,
): SeriesValues {
  const filled = cells.filter((cell) => !isEmpty(cell));
  const { format } = bestFormat(filled, preferredFormat(table) ?? usual);
  const values = Float64Array.from(rows, (at) => {
    const cell = cells[at]!;
    if (isEmpty(cell)) return Number.NaN;
    const value = readNumber(cell, format);
    if (Number.isFinite(Math.fround(value))) return value;
    const row = rowNumber(table, at);
    throw new DataError(
      "csv-not-a-number",
      `${table.name}: row ${row}, column ${JSON.stringify(name)}: expected a number, got ${JSON.stringify(cell.slice(0, 60))}; mend it, or leave the cell empty.`,
      { file: table.name, row, column: name },
    );
  });
  const known = Float64Array.from(values);
  for (let at = 1; at < known.length; at++) if (Number.isNaN(known[at]!)) known[at] = known[at - 1]!;
  const first = known.findIndex((value) => !Number.isNaN(value));
  return { name, values, known, first: first < 0 ? known.length : first };
}

/** Moments of which one differs from another by less than this, 0.1 seconds, are one: days are counted in fractions. */
export const SAME = 1e-6;

/**
 * The value at a moment, of what is known by then: between two rows on the straight line between them. NaN before the first. `from` is a row at
 * or after the moment, from which rows are looked at backwards.
 */
export function valueAt(days: Float64Array, known: Float64Array, moment: number, from: number): number {
  const at = rowBefore(days, moment, from);
  if (at < 0) return Number.NaN;
  const rest = moment - days[at]!;
  if (rest <= SAME || at + 1 >= days.length) return known[at]!;
  return known[at]! + ((known[at + 1]! - known[at]!) * rest) / (days[at + 1]! - days[at]!);
}

/** The last row, at most `from`, that is not after a moment; −1 where there is none. It is looked for in strides that double: mostly it is near. */
export function rowBefore(days: Float64Array, moment: number, from: number): number {
  let high = Math.min(from, days.length - 1);
  let low = high;
  for (let stride = 1; low >= 0 && days[low]! > moment + SAME; stride *= 2) {
    high = low - 1;
    low -= stride;
  }
  low = Math.max(-1, low);
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (days[middle]! <= moment + SAME) low = middle;
    else high = middle - 1;
  }
  return low;
}
