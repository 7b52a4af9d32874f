import { ConfigError, DataError } from "../../errors.js";
import { foldedWord, plainWord } from "./cell-words.js";
import type { ColumnFinding } from "./find-columns.js";
import { findLabels, hasParts, type Labels, readLabels, saysNoLabels, yesNoOf } from "./labels.js";
import { readNumber } from "./number-format.js";
import { isEmpty, listNames, rowNumber, type Table } from "./table.js";

/** What kind of answer is wanted. */
export type TaskKind = "classification" | "regression" | "multilabel";

/** What is to be told of each row that says it. */
export interface FoundTask {
  readonly kind: TaskKind;
  readonly targets: readonly string[];
  /** The rows whose target is not empty, in order. */
  readonly rows: Uint32Array;
  /** For classification: the classes' names, and of each of these rows the class's number. */
  readonly classNames?: readonly string[];
  readonly classes?: Uint32Array;
  /** For regression: the targets of each of these rows, [rows, targets]. */
  readonly values?: Float64Array;
  /** For several labels: what they are, and which hold in each of these rows, 1 or 0, [rows, labels]. */
  readonly labels?: Labels;
  readonly holding?: Float32Array;
}

/** Whole numbers of at most so many different values are classes, where each has five rows on average, or there are but two. */
const MOST_CLASSES = 20;
const ROWS_A_CLASS = 5;

/** How many outputs tell it: one a class, a number or a label. */
export function outputsOf({ classNames, labels, targets }: FoundTask): number {
  return classNames?.length ?? labels?.labels.length ?? targets.length;
}

/** Names that a column to be predicted often has. */
const USUAL = new Set(["label", "target", "class", "y"]);

/** The column that is to be predicted where nobody said: called label, target, class or y. Undefined where there is none, or more than one. */
export function usualTarget(table: Pick<Table, "columns" | "header">): string | undefined {
  if (!table.header) return undefined;
  const named = table.columns.filter(({ name }) => USUAL.has(name.toLowerCase()));
  return named.length === 1 ? named[0]!.name : undefined;
}

/** How many pixels a picture of 28x28 has, which a row of the lessons' tables holds behind its label. */
export const PIXELS = 784;

/** Whether a table is as wide as a label and the pixels of a picture of 28x28. */
export function hasLabelAndPixels({ columns }: Pick<Table, "columns">): boolean {
  return columns.length === PIXELS + 1;
}

/**
 * Decides whether targets are classes or numbers, and reads them. Words are classes, and so are a few whole numbers; decimals, and many whole
 * numbers, are numbers; several columns of yes and no are labels, of which any may hold. Rows without a target are passed over.
 * @throws {DataError} `csv-label` where a target cannot be what it is said to be, `one-class`, `no-samples`. @throws {ConfigError} `two-classes`
 * for several targets of which one is a class, `not-labels` for what are to be labels and are none.
 */
export function findTask(table: Table, findings: readonly ColumnFinding[], task?: TaskKind): FoundTask {
  const targets = findings.map(({ column }) => column.name);
  const areLabels = task === undefined && findings.length > 1 && findings.every(isYesNo);
  if (task === "multilabel" || areLabels) return { ...labelsTask(table, findings), targets };
  const rows = rowsWith(table, findings);
  const kinds = findings.map((finding) => task ?? kindOf(finding));
  if (kinds.every((kind) => kind === "regression")) {
    return { kind: "regression", targets, rows, values: valuesOf(table, findings, rows) };
  }
  const [finding, other] = findings;
  if (other) {
    const areClasses = listNames(targets.filter((_, i) => kinds[i] === "classification"));
    const areNumbers = findings.every(({ kind }) => kind === "number");
    throw new ConfigError(
      "two-classes",
      `${table.name}: several targets must all be numbers, or all be 0 and 1 or yes and no, but ${areClasses} has classes; train a network for each${areNumbers ? ", or say that the task is regression" : ""}.`,
    );
  }
  return { kind: "classification", targets, rows, ...classesOf(table, finding!, rows) };
}

function isYesNo(finding: ColumnFinding): boolean {
  return yesNoOf(finding) !== undefined && (finding.kind !== "number" || finding.whole);
}

/** @throws {DataError} `one-class` for a label that holds everywhere or nowhere, and as `findLabels`. */
function labelsTask(table: Table, findings: readonly ColumnFinding[]): Omit<FoundTask, "targets"> {
  for (const { column } of findings)
    requireTwo(table, column.name, new Set(column.cells.filter((cell) => !isEmpty(cell))));
  const labels = findLabels(table, findings);
  const rows = rowsWith(table, findings, (cell) => saysNoLabels(cell, labels.target));
  const columns = findings.map(({ column }) => column);
  return { kind: "multilabel", rows, labels, holding: readLabels(table, columns, rows, labels) };
}

function kindOf(finding: ColumnFinding): TaskKind {
  if (finding.kind !== "number" || !finding.whole)
    return finding.kind === "number" ? "regression" : "classification";
  const { distinct, column, empty } = finding;
  const rows = column.cells.length - empty;
  const isFew = distinct <= MOST_CLASSES && distinct * ROWS_A_CLASS <= rows;
  return isFew || distinct <= 2 ? "classification" : "regression";
}

function rowsWith(
  table: Table,
  findings: readonly ColumnFinding[],
  saysNothing: (cell: string) => boolean = isEmpty,
): Uint32Array {
  const rows: number[] = [];
  const targets = findings.map(({ column }) => column.cells);
  for (let row = 0; row < table.rows; row++) {
    if (!targets.some((cells) => saysNothing(cells[row]!))) rows.push(row);
  }
  if (rows.length > 0) return Uint32Array.from(rows);
  throw new DataError(
    "no-samples",
    `${table.name}: no row has ${findings.map(({ column }) => JSON.stringify(column.name)).join(" and ")}, which is to be learnt.`,
    { file: table.name },
  );
}

function valuesOf(table: Table, findings: readonly ColumnFinding[], rows: Uint32Array): Float64Array {
  const values = new Float64Array(rows.length * findings.length);
  findings.forEach((finding, i) => {
    const { name, cells } = finding.column;
    const format = finding.kind === "number" ? finding.format : undefined;
    rows.forEach((row, at) => {
      const value = format ? readNumber(cells[row]!, format) : Number.NaN;
      if (!Number.isFinite(Math.fround(value))) throw notANumber(table, name, row, cells[row]!);
      values[at * findings.length + i] = value;
    });
  });
  return values;
}

function notANumber(table: Table, name: string, at: number, cell: string): DataError {
  const row = rowNumber(table, at);
  return new DataError(
    "csv-label",
    `${table.name}: row ${row}, column ${JSON.stringify(name)}: expected a number to be predicted, got ${JSON.stringify(cell.slice(0, 60))}.`,
    { file: table.name, row, column: name },
  );
}

function classesOf(table: Table, finding: ColumnFinding, rows: Uint32Array) {
  const { cells, name } = finding.column;
  const words = Array.from(rows, (row) => wordOf(finding, cells[row]!));
  const classNames = sortedClasses(new Set(words));
  requireTwo(table, name, new Set(classNames));
  if (classNames.length > 2 && classNames.length > rows.length / 2) {
    throw new DataError(
      "csv-label",
      `${table.name}: the column ${JSON.stringify(name)} has ${classNames.length} different words in ${rows.length} rows, too many to be classes; ${classNames.some(hasParts) ? 'say that the task is multilabel, to tell each of the words that "|" parts, or ' : ""}name another column as the target.`,
      { file: table.name, column: name },
    );
  }
  const numbers = new Map(classNames.map((word, i) => [word, i]));
  return { classNames, classes: Uint32Array.from(words, (word) => numbers.get(word)!) };
}

/** The class that a cell names; `Yes` and `yes` are one where a column says yes and no. */
function wordOf(finding: ColumnFinding, cell: string): string {
  if (finding.kind !== "boolean") return plainWord(cell);
  const { yes, no } = finding;
  return foldedWord(cell) === foldedWord(yes) ? yes : no;
}

/** @throws {DataError} `one-class` */
function requireTwo(table: Table, name: string, words: ReadonlySet<string>): void {
  if (words.size > 1) return;
  throw new DataError(
    "one-class",
    `${table.name}: every row has ${JSON.stringify([...words][0])} as ${JSON.stringify(name)}, and there is nothing to tell it from; give data of two classes or more.`,
    { file: table.name, column: name },
  );
}

/** Numbers by size and words by their letters. */
function sortedClasses(words: ReadonlySet<string>): string[] {
  const list = [...words];
  const areNumbers = list.every((word) => Number.isFinite(Number(word)));
  return areNumbers ? list.sort((a, b) => Number(a) - Number(b)) : list.sort();
}
