import { ConfigError, DataError } from "../../errors.js";
import { nearest } from "../../known-name.js";
import type { DateOrder, NumberFormat } from "../../schema/data-schema.js";
import { foldedWord, YES_NO } from "./cell-words.js";
import { dateOrderOf, isAmbiguous, readDate } from "./date-cells.js";
import { bestFormat, decimalShownBy, readNumber } from "./number-format.js";
import { isEmpty, listNames, rowNumber, type Table, type TextColumn } from "./table.js";

/** What a column may be said to be. `date:dmy` and the like say the order of day, month and year. */
export type ColumnType = "number" | "word" | "boolean" | "date" | `date:${DateOrder}`;

/** What a column of a table can be taken for. */
export const COLUMN_TYPES: readonly ColumnType[] = [
  "number",
  "word",
  "boolean",
  "date",
  "date:ymd",
  "date:dmy",
  "date:mdy",
];

export interface FindColumnsOptions {
  /** Columns to leave out, by name. */
  readonly drop?: readonly string[];
  /** What columns are, by name, in place of what would be found. */
  readonly types?: Readonly<Record<string, ColumnType>>;
}

/** What a column turned out to be. */
export type ColumnFinding = {
  readonly column: TextColumn;
  /** Rows with nothing in the cell, or nothing that counts. */
  readonly empty: number;
} & (
  | {
      readonly kind: "number";
      /** Whether words among the numbers count as empty cells. */
      readonly lenient?: boolean;
      readonly format: NumberFormat;
      readonly whole: boolean;
      readonly distinct: number;
    }
  | { readonly kind: "boolean"; readonly yes: string; readonly no: string }
  | { readonly kind: "word"; readonly distinct: number }
  | { readonly kind: "date"; readonly order: DateOrder; readonly ambiguous: boolean }
  | { readonly kind: "identifier"; readonly why: string }
  | { readonly kind: "left out"; readonly why: string }
);

/** Of so many cells in a column of numbers, this share may be words before the column is one of words that look like numbers. */
const STRAY = 0.1;
/** What programs and people write among numbers where there is none; elsewhere it may be a word like others, as `none` is of garages. */
const NO_NUMBER = /^(none|nil|<na>|n\.a\.|-+|\u2013|\u2014|\.+|missing|unknown|#div\/0!|#value!)$/i;
/** Words in a column, beyond which it must have each of them twice on average to be worth learning from. */
const FEW_WORDS = 16;

/**
 * Finds out what each column of a table holds: numbers, dates, two words for yes and no, words; or nothing that a network could learn from.
 * Left out are columns that are empty or always the same, row numbers, and words or counted numbers that all differ.
 * @throws {ConfigError} `column-unknown` for a name in the options that the table does not have. @throws {DataError} `csv-not-a-number` naming a
 * cell that is a word among numbers, `column-type` for a cell that is not of the type that was said.
 */
export function findColumns(
  table: Table,
  { drop = [], types = {} }: FindColumnsOptions = {},
): ColumnFinding[] {
  const said = new Map(Object.entries(types));
  requireColumns(table, [...drop, ...said.keys()]);
  const preferred = preferredFormat(table);
  return table.columns.map((column, at) => {
    const filled = column.cells.filter((cell) => !isEmpty(cell));
    const base = { column, empty: column.cells.length - filled.length };
    if (drop.includes(column.name)) {
      // What names the rows goes on naming them in what is predicted.
      const names = filled.length > 0 && namesRows(table, column, at, filled, preferred);
      return { ...base, kind: names ? "identifier" : "left out", why: "as asked" };
    }
    const type = said.get(column.name);
    if (type === undefined && filled.length === 0) return { ...base, kind: "left out", why: "empty" };
    const found =
      type === undefined
        ? kindOfColumn(table, column, filled, preferred)
        : ofType(table, column, filled, type, preferred);
    const words = found.kind === "number" && found.lenient ? wordsAmong(filled, found.format) : 0;
    const own = type === undefined ? (identity(column, at, filled, found) ?? found) : found;
    return { column, empty: base.empty + words, ...own };
  });
}

type Kind = ColumnFinding extends infer F
  ? F extends { kind: string }
    ? Omit<F, "column" | "empty">
    : never
  : never;

/** @throws {ConfigError} `column-unknown` */
export function requireColumns(table: Table, names: readonly string[]): void {
  const known = new Set(table.columns.map(({ name }) => name));
  const missing = [...new Set(names)].filter((name) => !known.has(name));
  if (missing.length === 0) return;
  const hint = missing.length === 1 ? columnMeant(missing[0]!, [...known]) : "";
  throw new ConfigError(
    "column-unknown",
    `${table.name}: has no column ${listNames(missing)}${hint}; it has ${listNames([...known], 20)}${table.header ? "" : ", as it has no header"}.`,
  );
}

/** ` (did you mean "Age"?)`, where a column's name is like the one that was given; names of two letters are all alike. */
export function columnMeant(given: string, columns: readonly string[]): string {
  const near = nearestColumn(given, columns);
  return near === undefined ? "" : ` (did you mean ${JSON.stringify(near)}?)`;
}

/** The name that a column may have been meant by; names of two letters are all alike. */
export function nearestColumn(given: string, columns: readonly string[]): string | undefined {
  const isComparable = ({ length }: string) => length > 2 && length < 100;
  return isComparable(given) ? nearest(given, columns.filter(isComparable)) : undefined;
}

/** How this table writes numbers, where it shows that; a table parted by `;` is one from where the comma is the decimal mark. */
export function preferredFormat({ columns, delimiter }: Table): NumberFormat | undefined {
  const shown = decimalShownBy(cellsOf(columns)) ?? (delimiter === ";" ? "," : undefined);
  if (shown === undefined) return undefined;
  return shown === "," ? { decimal: ",", group: "." } : { decimal: ".", group: "," };
}

/** How many of a column's cells show how numbers are written. */
export const HEAD = 1000;

function* cellsOf(columns: readonly TextColumn[]): Iterable<string> {
  for (const column of columns) {
    const cells = column.head ?? column.cells;
    for (let i = 0; i < Math.min(cells.length, HEAD); i++) yield cells[i]!;
  }
}

function kindOfColumn(
  table: Table,
  column: TextColumn,
  filled: readonly string[],
  preferred: NumberFormat | undefined,
): Kind {
  if (filled.every((cell) => cell === filled[0]))
    return { kind: "left out", why: `always ${JSON.stringify(filled[0])}` };
  const { format, numbers } = bestFormat(filled, preferred);
  if (numbers === filled.length) return numberKind(filled, format);
  if (2 * numbers >= filled.length && areNoNumbers(filled, format)) return lenientKind(filled, format);
  if (numbers >= (1 - STRAY) * filled.length && filled.length >= 10) throw strayWord(table, column, format);
  const order = dateOrderOf(filled);
  if (order) return { kind: "date", order, ambiguous: isAmbiguous(filled, order) };
  const distinct = distinctWords(filled);
  const boolean = distinct <= MOST_SPELLINGS ? booleanOf(new Set(filled)) : undefined;
  if (boolean) return { kind: "boolean", ...boolean };
  return { kind: "word", distinct };
}

/** Whether all that is no number among these cells says that there is none. */
function areNoNumbers(filled: readonly string[], format: NumberFormat): boolean {
  return filled.every((cell) => NO_NUMBER.test(cell) || Number.isFinite(readNumber(cell, format)));
}

/** Numbers, with words among them that count as empty cells. */
function lenientKind(filled: readonly string[], format: NumberFormat): Kind & { kind: "number" } {
  const values = filled.filter((cell) => Number.isFinite(readNumber(cell, format)));
  return { ...numberKind(values, format), lenient: true };
}

function wordsAmong(filled: readonly string[], format: NumberFormat): number {
  return filled.filter((cell) => !Number.isFinite(readNumber(cell, format))).length;
}

function numberKind(filled: readonly string[], format: NumberFormat): Kind & { kind: "number" } {
  const values = new Float64Array(filled.length);
  filled.forEach((cell, i) => {
    values[i] = readNumber(cell, format);
  });
  const whole = values.every(Number.isInteger) && !filled.some((cell) => cell.includes(format.decimal));
  return { kind: "number", format, whole, distinct: distinctNumbers(values.sort()) };
}

/** How many different words are remembered at once. */
export const MOST_DISTINCT = 2 ** 22;

/** How many different words there are: above four million, as many as there would be if it went on as up to there. */
export function distinctWords(cells: readonly string[]): number {
  const seen = new Set<string>();
  for (let i = 0; i < cells.length; i++) {
    seen.add(cells[i]!);
    if (seen.size === MOST_DISTINCT) return Math.floor((MOST_DISTINCT * cells.length) / (i + 1));
  }
  return seen.size;
}

/** How many different numbers there are among sorted ones; counting ends above `most`. */
export function distinctNumbers(sorted: Float64Array, most = Number.POSITIVE_INFINITY): number {
  let distinct = 0;
  for (let i = 0; i < sorted.length && distinct <= most; i++)
    if (i === 0 || sorted[i] !== sorted[i - 1]) distinct++;
  return distinct;
}

/** Two words may be written in so many ways, `true`, `True` and `TRUE`. */
const MOST_SPELLINGS = 6;

function booleanOf(distinct: ReadonlySet<string>): { readonly yes: string; readonly no: string } | undefined {
  const words = [...distinct];
  const folded = words.map(foldedWord);
  const pair = YES_NO.find(([yes, no]) => folded.includes(yes) && folded.includes(no));
  if (pair === undefined || !folded.every((word) => pair.includes(word))) return undefined;
  const [yes, no] = pair.map((word) => words[folded.indexOf(word)]!) as [string, string];
  return { yes, no };
}

/** Whether a column that is left out as asked would have been left out as one that names rows. */
function namesRows(
  table: Table,
  column: TextColumn,
  at: number,
  filled: readonly string[],
  preferred: NumberFormat | undefined,
): boolean {
  const isNumber = bestFormat(filled, preferred).numbers === filled.length;
  const found = isNumber
    ? kindOfColumn(table, column, filled, preferred)
    : ({ kind: "word", distinct: distinctWords(filled) } as const);
  return identity(column, at, filled, found) !== undefined;
}

/** What only tells rows apart: row numbers, keys, names, texts. Never decimals. */
function identity(column: TextColumn, at: number, filled: readonly string[], found: Kind): Kind | undefined {
  const { cells, name } = column;
  if (found.kind === "word") {
    const { distinct } = found;
    if (distinct === filled.length && distinct > 2) return { kind: "identifier", why: "all different" };
    if (distinct > FEW_WORDS && distinct > filled.length / 2)
      return { kind: "identifier", why: `${distinct} different words in ${filled.length} rows` };
  }
  if (found.kind !== "number" || !found.whole || found.distinct !== cells.length || cells.length < 3)
    return undefined;
  const isNameless = at === 0 && (name === "" || /^Unnamed: 0$/.test(name));
  if (isNameless) return { kind: "identifier", why: "row numbers" };
  const values = cells.map((cell) => readNumber(cell, found.format));
  const step = values[1]! - values[0]!;
  const counts = values.every((value, i) => i === 0 || value - values[i - 1]! === step);
  if (counts || areRowNumbers(values)) return { kind: "identifier", why: "counts the rows" };
  if (isKeyName(name)) return { kind: "identifier", why: "all different" };
  return undefined;
}

/** Whether numbers that all differ are 0 … n−1 or 1 … n in any order, as those of a shuffled table are. */
function areRowNumbers(values: readonly number[]): boolean {
  const least = values.reduce((a, b) => Math.min(a, b));
  const most = values.reduce((a, b) => Math.max(a, b));
  return values.length >= MANY_ROWS && (least === 0 || least === 1) && most - least === values.length - 1;
}

/** In so many rows, different numbers from 1 to their count do not come about by chance. */
const MANY_ROWS = 10;

/** Whether a name is one of a column of keys: `id`, `user_id`, `imageId`, `userid`, but not `paid`. */
function isKeyName(name: string): boolean {
  return (
    /(^|[ _-])(id|key|index|uuid|guid)$/i.test(name) ||
    /[a-z]I[dD]$/.test(name) ||
    /(user|row|image|case|record|item|order|client|customer|session|device|sample|subject|patient|student)id$/i.test(
      name,
    )
  );
}

/** Those of a table's columns whose cells name its rows: whole numbers or words that all differ, which count or are called as keys are, or are words of many rows. */
export function rowNames(table: Table, columns: readonly TextColumn[]): readonly TextColumn[] {
  const preferred = preferredFormat(table);
  return columns.filter((column) => {
    const { cells, name } = column;
    if (cells.some(isEmpty) || distinctWords(cells) < cells.length) return false;
    const { numbers, format } = bestFormat(cells, preferred);
    const whole =
      numbers === cells.length && cells.every((cell) => Number.isInteger(readNumber(cell, format)));
    if (isKeyName(name)) return numbers < cells.length || whole;
    return namesRows(table, column, table.columns.indexOf(column), cells, preferred);
  });
}

function strayWord(table: Table, column: TextColumn, format: NumberFormat): DataError {
  const at = column.cells.findIndex((cell) => !isEmpty(cell) && !Number.isFinite(readNumber(cell, format)));
  const row = rowNumber(table, at);
  const cell = JSON.stringify(column.cells[at]!.slice(0, 60));
  return new DataError(
    "csv-not-a-number",
    `${table.name}: row ${row}, column ${JSON.stringify(column.name)}: expected a number, as in the rows around it, got ${cell}; mend it, leave the cell empty, or say what the column is with types (${column.name}=word, or ${column.name}=number to take such cells for empty).`,
    { file: table.name, row, column: column.name },
  );
}

/** What was said a column is; a cell that cannot be read so counts as empty where it is a number, and is an error else. */
function ofType(
  table: Table,
  column: TextColumn,
  filled: readonly string[],
  type: ColumnType,
  preferred: NumberFormat | undefined,
): Kind {
  if (type === "word") return { kind: "word", distinct: distinctWords(filled) };
  if (type === "number") {
    const { format, numbers } = bestFormat(filled, preferred);
    return numbers < filled.length ? lenientKind(filled, format) : numberKind(filled, format);
  }
  if (type === "boolean") {
    const distinct = [...new Set(filled)].sort();
    const found = booleanOf(new Set(distinct));
    if (found) return { kind: "boolean", ...found };
    if (distinct.length === 2) return { kind: "boolean", no: distinct[0]!, yes: distinct[1]! };
    throw wrongType(table, column, type, `it has ${distinct.length} different words`);
  }
  const order = type === "date" ? dateOrderOf(filled) : (type.slice(5) as DateOrder);
  if (!order) throw wrongType(table, column, type, "no order of day, month and year reads all cells");
  const wrong = filled.find((cell) => !Number.isFinite(readDate(cell, order)));
  if (wrong !== undefined)
    throw wrongType(table, column, type, `${JSON.stringify(wrong.slice(0, 60))} is none`);
  return { kind: "date", order, ambiguous: false };
}

function wrongType(table: Table, column: TextColumn, type: ColumnType, why: string): DataError {
  return new DataError(
    "column-type",
    `${table.name}: the column ${JSON.stringify(column.name)} cannot be read as ${type}: ${why}.`,
    { file: table.name, column: column.name },
  );
}
