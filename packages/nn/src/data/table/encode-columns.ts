import { cos, log, sin } from "@loam/kernels-as";
import { DataError } from "../../errors.js";
import type {
  CalendarPart,
  DatePart,
  NumberEncoding,
  NumberFormat,
  PiecewiseEncoding,
  TableColumn,
} from "../../schema/data-schema.js";
import { readDate } from "./date-cells.js";
import { bestFormat, readNumber } from "./number-format.js";
import { isEmpty, rowNumber, type Table, type TextColumn } from "./table.js";

/** Inputs of rows, and what about them was not as in training. */
export interface EncodedColumns {
  /** [rows, features], scaled. */
  readonly data: Float32Array;
  readonly features: number;
  /** By column, how many cells had a word that training had not. */
  readonly unseen: ReadonlyMap<string, number>;
  /** Columns of which most numbers are none that training had. */
  readonly far: readonly FarColumn[];
}

/** A column whose numbers may be in another unit than those of training. */
export interface FarColumn {
  readonly name: string;
  /** How many of the cells that are not empty. */
  readonly count: number;
  readonly filled: number;
  readonly encoding: NumberEncoding;
}

/** How many inputs a column makes. */
export function widthOf(column: TableColumn): number {
  const flag = column.flag ? 1 : 0;
  switch (column.kind) {
    case "number":
      return 1 + (column.encoding.kind === "pieces" ? column.encoding.at.length - 1 : 0) + flag;
    case "boolean":
      return 1 + flag;
    case "word":
      return column.words.length + flag;
    case "date":
      return column.parts.reduce((sum, { kind }) => sum + (kind === "time" ? 1 : 2), 0) + flag;
  }
}

/** How many inputs columns make together. */
export function featuresOf(columns: readonly TableColumn[]): number {
  return columns.reduce((sum, column) => sum + widthOf(column), 0);
}

/**
 * Makes inputs of a table's columns, given in the order of `columns`. An empty cell counts as the median, or as none of the words; where empty
 * cells were met in training, an input says so. With `rows`, of these alone, in their order.
 * @throws {DataError} `csv-not-a-number` and `csv-not-a-date` naming the cell.
 */
export function encodeColumns(
  table: Table,
  columns: readonly TableColumn[],
  cells: readonly TextColumn[],
  preferred?: NumberFormat,
  rows?: Uint32Array,
): EncodedColumns {
  const features = featuresOf(columns);
  const count = rows?.length ?? table.rows;
  const data = new Float32Array(count * features);
  const unseen = new Map<string, number>();
  const far: FarColumn[] = [];
  let at = 0;
  columns.forEach((column, i) => {
    const text = column.kind === "number" && column.lenient ? withoutWords(cells[i]!, preferred) : cells[i]!;
    const put = writerOf(table, column, text, preferred);
    const width = widthOf(column);
    const met = { "as before": 0, unseen: 0, far: 0 };
    let filled = 0;
    const list = text.cells;
    for (let place = 0; place < count; place++) {
      const row = rows ? rows[place]! : place;
      const cell = list[row]!;
      const start = place * features + at;
      const none = isEmpty(cell);
      if (column.flag) data[start + width - 1] = none ? 1 : 0;
      if (!none) filled++;
      met[put(none ? undefined : cell, row, data, start)]++;
    }
    if (met.unseen > 0) unseen.set(column.name, met.unseen);
    if (column.kind === "number" && met.far > filled / 2)
      far.push({ name: column.name, count: met.far, filled, encoding: column.encoding });
    at += width;
  });
  return { data, features, unseen, far };
}

/** The column with empty cells in place of what is no number. */
function withoutWords(column: TextColumn, preferred: NumberFormat | undefined): TextColumn {
  const filled = column.cells.filter((cell) => !isEmpty(cell));
  const { format } = bestFormat(filled, preferred);
  const cells = column.cells.map((cell) => (Number.isFinite(readNumber(cell, format)) ? cell : ""));
  return { name: column.name, cells };
}

/** Writes a cell's inputs from a place on; says whether it was as in training. */
type Writer = (cell: string | undefined, row: number, data: Float32Array, at: number) => Met;
/** `far`: a number that training had at most one of sixteen of (Chebyshev), or none. */
type Met = "as before" | "unseen" | "far";

/** So many standard deviations from the mean. */
const FAR = 4;

function isFar(value: number, encoding: NumberEncoding): boolean {
  if (encoding.kind !== "linear") return value < encoding.at[0]! || value > encoding.at.at(-1)!;
  return Math.abs(value * encoding.scale + encoding.shift) > FAR;
}

function writerOf(
  table: Table,
  column: TableColumn,
  text: TextColumn,
  preferred: NumberFormat | undefined,
): Writer {
  switch (column.kind) {
    case "number": {
      const filled = text.cells.filter((cell) => !isEmpty(cell));
      const { format } = bestFormat(filled, preferred ?? column.format);
      const put = numberWriter(column.encoding);
      return (cell, row, data, at) => {
        const value = cell === undefined ? column.empty : readNumber(cell, format);
        if (!Number.isFinite(value)) throw notANumber(table, column.name, row, cell!);
        put(value, data, at);
        return cell !== undefined && isFar(value, column.encoding) ? "far" : "as before";
      };
    }
    case "boolean": {
      const [yes, no] = [column.yes.toLowerCase(), column.no.toLowerCase()];
      return (cell, _row, data, at) => {
        const word = cell?.toLowerCase();
        data[at] = word === yes ? 1 : word === no ? -1 : 0;
        return word === undefined || word === yes || word === no ? "as before" : "unseen";
      };
    }
    case "word": {
      const places = new Map(column.words.map((word, place) => [word, place]));
      return (cell, _row, data, at) => {
        if (cell === undefined) return "as before";
        const place = places.get(cell);
        if (place !== undefined) data[at + place] = 1;
        return place === undefined ? "unseen" : "as before";
      };
    }
    case "date":
      return (cell, row, data, at) => {
        if (cell === undefined) return "as before";
        const day = readDate(cell, column.order);
        if (!Number.isFinite(day)) throw notADate(table, column.name, row, cell);
        let to = at;
        for (const part of column.parts) for (const value of datePart(part, day)) data[to++] = value;
        return "as before";
      };
  }
}

function notANumber(table: Table, column: string, at: number, cell: string): DataError {
  const row = rowNumber(table, at);
  return new DataError("csv-not-a-number", wrongCell(table, column, row, cell, "a number"), {
    file: table.name,
    row,
    column,
  });
}

function notADate(table: Table, column: string, at: number, cell: string): DataError {
  const row = rowNumber(table, at);
  return new DataError("csv-not-a-date", wrongCell(table, column, row, cell, "a date"), {
    file: table.name,
    row,
    column,
  });
}

function wrongCell(table: Table, column: string, row: number, cell: string, wanted: string): string {
  return `${table.name}: row ${row}, column ${JSON.stringify(column)}: expected ${wanted}, got ${JSON.stringify(cell.slice(0, 60))}; mend it, or leave the cell empty.`;
}

/** The function that writes a number's inputs from a place on, where zeros are. */
function numberWriter(encoding: NumberEncoding): (value: number, data: Float32Array, at: number) => void {
  if (encoding.kind !== "pieces") {
    const encode = numberEncoder(encoding);
    return (value, data, at) => {
      data[at] = encode(value);
    };
  }
  const { at: bounds } = encoding;
  const encode = numberEncoder(encoding.whole);
  return (value, data, at) => {
    data[at] = encode(value);
    let piece = 1;
    for (; piece < bounds.length && value >= bounds[piece]!; piece++) data[at + piece] = 1;
    if (piece === bounds.length) return;
    const [low, high] = [bounds[piece - 1]!, bounds[piece]!];
    if (value > low) data[at + piece] = (value - low) / (high - low);
  };
}

/** The function that makes a number one input. */
function numberEncoder(encoding: Exclude<NumberEncoding, PiecewiseEncoding>): (value: number) => number {
  if (encoding.kind === "linear") {
    const { shift, scale } = encoding;
    return (value) => value * scale + shift;
  }
  const { at } = encoding;
  return (value) => normalOf(shareBelow(value, at));
}

/** Where a value lies between the boundaries: from 0 at the first to 1 at the last, in the middle of those that are equal. */
function shareBelow(value: number, at: readonly number[]): number {
  const last = at.length - 1;
  if (last < 1) return 0.5;
  let low = 0;
  while (low <= last && at[low]! < value) low++;
  let high = low;
  while (high <= last && at[high]! === value) high++;
  if (high > low) return (low + high - 1) / 2 / last;
  if (low === 0) return 0;
  if (low > last) return 1;
  return (low - 1 + (value - at[low - 1]!) / (at[low]! - at[low - 1]!)) / last;
}

/** Shares beyond these are taken for these: 2.2 deviations. */
const [LEAST, MOST] = [0.015, 0.985];

/**
 * The value below which a share of the normal distribution lies, by the logistic approximation x = ln(p / (1 − p)) / 1.702, which is within 0.1
 * of it here: as an input one shape is as good as the other.
 */
function normalOf(share: number): number {
  const p = Math.min(MOST, Math.max(LEAST, share));
  return log(p / (1 - p)) / 1.702;
}

/** Days of a year on average. */
export const YEAR = 365.2425;

function datePart(part: DatePart, day: number): readonly number[] {
  if (part.kind === "time") return [day * part.scale + part.shift];
  return calendarAngle(part.kind, day);
}

/** Sine and cosine of where in the year, the week or the day a moment lies. */
export function calendarAngle(part: CalendarPart, day: number): readonly [number, number] {
  const period = part === "year" ? YEAR : part === "week" ? 7 : 1;
  const angle = (2 * Math.PI * (day % period)) / period;
  return [sin(angle), cos(angle)];
}
