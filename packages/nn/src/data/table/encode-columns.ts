import { cos, log, sin } from "@loam/kernels-as";
import { DataError } from "../../errors.js";
import type {
  BooleanColumn,
  CalendarPart,
  DateColumn,
  DatePart,
  NumberEncoding,
  NumberFormat,
  PiecewiseEncoding,
  TableColumn,
} from "../../schema/data-schema.js";
import { wordFinder, yesNoReader } from "./cell-words.js";
import { dateExample, readDate } from "./date-cells.js";
import { FAR } from "./far-numbers.js";
import { bestFormat, PLAIN_FORMAT, readNumber } from "./number-format.js";
import { isEmpty, listNames, rowNumber, type Table, type TextColumn } from "./table.js";

/** Inputs of rows, and what about them was not as in training. */
export interface EncodedColumns {
  /** [rows, features], scaled. */
  readonly data: Float32Array;
  readonly features: number;
  /** Columns with words that training had not. */
  readonly unseen: readonly UnseenWords[];
  /** Columns with empty cells, where no row that was trained on had one, or with no others in many rows. */
  readonly lacking: readonly LackingColumn[];
  /** Columns of which most numbers are none that training had. */
  readonly far: readonly FarColumn[];
}

/** A column with words that training had not. */
export interface UnseenWords {
  readonly name: string;
  /** How many of the cells that are not empty. */
  readonly count: number;
  readonly filled: number;
  /** One of them. */
  readonly example: string;
  /** The words of training. */
  readonly words: readonly string[];
}

/** A column with empty cells, where training had none, or of which nothing is there. */
export interface LackingColumn {
  readonly name: string;
  readonly count: number;
  readonly kind: TableColumn["kind"];
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
 * @throws {DataError} `csv-not-a-number`, `csv-not-a-date` and `csv-not-yes-or-no` naming the cell, `csv-not-a-word` where a column has numbers in place of words.
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
  const unseen: UnseenWords[] = [];
  const lacking: LackingColumn[] = [];
  const far: FarColumn[] = [];
  let at = 0;
  columns.forEach((column, i) => {
    const text = column.kind === "number" && column.lenient ? withoutWords(cells[i]!, preferred) : cells[i]!;
    const put = writerOf(table, column, text, preferred);
    const width = widthOf(column);
    const met = { "as before": 0, unseen: 0, far: 0 };
    let filled = 0;
    let example = "";
    const list = text.cells;
    for (let place = 0; place < count; place++) {
      const row = rows ? rows[place]! : place;
      const cell = list[row]!;
      const start = place * features + at;
      const none = isEmpty(cell);
      if (column.flag) data[start + width - 1] = none ? 1 : 0;
      if (!none) filled++;
      const one = put(none ? undefined : cell, row, data, start);
      if (one === "unseen" && met.unseen === 0) example = cell;
      met[one]++;
    }
    const { name } = column;
    if (column.kind === "word" && met.unseen > 0) {
      const { words } = column;
      if (met.unseen === filled) requireLikeWords(table, name, list, words);
      unseen.push({ name, count: met.unseen, filled, example, words });
    }
    const isNew = !column.flag || (filled === 0 && count >= MANY);
    if (isNew && filled < count) lacking.push({ name, count: count - filled, kind: column.kind });
    if (column.kind === "number" && met.far > filled / 2)
      far.push({ name, count: met.far, filled, encoding: column.encoding });
    at += width;
  });
  return { data, features, unseen, lacking, far };
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

/** Of so many rows it is no accident that all are alike. */
const MANY = 10;

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
        if (column.percent && cell !== undefined && !cell.endsWith("%"))
          throw notANumber(table, column.name, row, cell, 'a number with "%", as in training');
        put(value, data, at);
        return cell !== undefined && isFar(value, column.encoding) ? "far" : "as before";
      };
    }
    case "boolean": {
      const { yes, no } = column;
      const read = yesNoReader(yes, no);
      return (cell, row, data, at) => {
        if (cell === undefined) return "as before";
        const said = read(cell);
        if (said < 0) throw notYesOrNo(table, column, row, cell);
        data[at] = said === 1 ? 1 : -1;
        return "as before";
      };
    }
    case "word": {
      const placeOf = wordFinder(column.words);
      return (cell, _row, data, at) => {
        if (cell === undefined) return "as before";
        const place = placeOf(cell);
        if (place < 0) return "unseen";
        data[at + place] = 1;
        return "as before";
      };
    }
    case "date":
      return (cell, row, data, at) => {
        if (cell === undefined) return "as before";
        const day = readDate(cell, column.order);
        if (!Number.isFinite(day)) throw notADate(table, column, row, cell);
        let to = at;
        for (const part of column.parts) for (const value of datePart(part, day)) data[to++] = value;
        return "as before";
      };
  }
}

function notANumber(table: Table, column: string, at: number, cell: string, wanted = "a number"): DataError {
  return new DataError("csv-not-a-number", ...wrongCell(table, column, at, cell, wanted));
}

function notADate(table: Table, { name, order }: DateColumn, at: number, cell: string): DataError {
  return new DataError(
    "csv-not-a-date",
    ...wrongCell(table, name, at, cell, `a date with ${dateExample(order)}`),
  );
}

function notYesOrNo(table: Table, { name, yes, no }: BooleanColumn, at: number, cell: string): DataError {
  return new DataError("csv-not-yes-or-no", ...wrongCell(table, name, at, cell, `${yes} or ${no}`));
}

/** The sentence and the details of an error about a cell. */
function wrongCell(
  table: Table,
  column: string,
  at: number,
  cell: string,
  wanted: string,
): [string, { file: string; row: number; column: string }] {
  const row = rowNumber(table, at);
  return [
    `${table.name}: row ${row}, column ${JSON.stringify(column)}: expected ${wanted}, got ${JSON.stringify(cell.slice(0, 60))}; mend it, or leave the cell empty.`,
    { file: table.name, row, column },
  ];
}

/**
 * Refuses a column of numbers where training had words, or the other way round: what was written out is now a code, or a code has got a name.
 * @throws {DataError} `csv-not-a-word`
 */
function requireLikeWords(
  table: Table,
  column: string,
  cells: readonly string[],
  words: readonly string[],
): void {
  const filled = cells.filter((cell) => !isEmpty(cell));
  // Of many words, or house numbers with letters behind, a few may well be numbers.
  if (words.length === 0 || (words.length > MANY && filled.length < MANY)) return;
  const [before, now] = [words, filled].map((list) => list.filter(isNumber).length);
  const areCodes = before === 0 && now === filled.length;
  if (!areCodes && !(before === words.length && now === 0)) return;
  throw new DataError(
    "csv-not-a-word",
    `${table.name}: column ${JSON.stringify(column)}: expected ${areCodes ? "words" : "codes"} as in training, such as ${listNames(words.slice(0, 3))}, got ${areCodes ? "only numbers" : "only words"}, such as ${JSON.stringify(filled[0]!.slice(0, 60))}; write them as they were in training.`,
    { file: table.name, column },
  );
}

function isNumber(word: string): boolean {
  return Number.isFinite(readNumber(word, PLAIN_FORMAT));
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
