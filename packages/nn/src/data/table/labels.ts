import { ConfigError, DataError } from "../../errors.js";
import type { LabelTarget, MultilabelTask } from "../../schema/data-schema.js";
import { wordFinder, yesNoReader } from "./cell-words.js";
import type { ColumnFinding } from "./find-columns.js";
import { readNumber } from "./number-format.js";
import { isEmpty, listNames, rowNumber, type Table, type TextColumn } from "./table.js";

/** What parts the labels in a cell that holds several. */
const MARK = "|";

/** The labels of a task, and the one column that they share, if they do. */
export type Labels = Pick<MultilabelTask, "target" | "labels">;

/** What a column says where its label holds and where it does not; undefined for one that does not answer a question with yes or no. */
export function yesNoOf(finding: ColumnFinding): LabelTarget | undefined {
  const { column } = finding;
  const { name } = column;
  if (finding.kind === "boolean") return { name, yes: finding.yes, no: finding.no };
  if (finding.kind !== "number" || finding.distinct !== 2) return undefined;
  const { format } = finding;
  const areBits = column.cells.every((cell) => isEmpty(cell) || [0, 1].includes(readNumber(cell, format)));
  return areBits ? { name, yes: "1", no: "0" } : undefined;
}

/**
 * The labels that columns tell: one a column that says yes or no, or those that stand in the cells of one, parted by `|`.
 * @throws {ConfigError} `not-labels` for columns that tell neither.
 */
export function findLabels(table: Table, findings: readonly ColumnFinding[]): Labels {
  const labels = findings.map(yesNoOf);
  if (labels.every((label) => label !== undefined)) return { labels };
  const [{ column }] = findings as readonly [ColumnFinding, ...ColumnFinding[]];
  if (findings.length === 1 && column.cells.some((cell) => cell.includes(MARK))) {
    const words = [...new Set(column.cells.flatMap((cell) => (isUnknown(cell) ? [] : partsOf(cell))))];
    const named = words.sort().map((name) => ({ name, yes: name, no: "" }));
    return { target: column.name, labels: named };
  }
  const others = findings.filter((_, i) => labels[i] === undefined).map((one) => one.column.name);
  throw new ConfigError(
    "not-labels",
    findings.length === 1
      ? `${table.name}: expected labels parted by "|" in ${listNames(others)}, but no cell has two; where each row has one, they are classes.`
      : `${table.name}: expected a column of 0 and 1, or of yes and no, for each label, but ${listNames(others)} has other cells.`,
  );
}

/** Whether a row says nothing of its labels. In a column that they share, an empty cell says that there are none. */
export function saysNoLabels(cell: string, target: string | undefined): boolean {
  return target === undefined ? isEmpty(cell) : isUnknown(cell);
}

function isUnknown(cell: string): boolean {
  return cell !== "" && isEmpty(cell);
}

function partsOf(cell: string): string[] {
  return cell
    .split(MARK)
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

/**
 * Which labels hold in some rows, 1 or 0, [rows, labels], from the one column that they share or from one for each, in their order.
 * @throws {DataError} `csv-label` for a cell that says neither yes nor no, `label-out-of-range` for a label that is not among them.
 */
export function readLabels(
  table: Table,
  columns: readonly TextColumn[],
  rows: Uint32Array,
  { target, labels }: Labels,
): Float32Array {
  const width = labels.length;
  const data = new Float32Array(rows.length * width);
  if (target !== undefined) {
    const placeOf = wordFinder(labels.map(({ name }) => name));
    const unknown = new Set<string>();
    const { cells } = columns[0]!;
    rows.forEach((row, at) => {
      for (const part of partsOf(cells[row]!)) {
        const place = placeOf(part);
        if (place < 0) unknown.add(part);
        else data[at * width + place] = 1;
      }
    });
    if (unknown.size === 0) return data;
    throw new DataError(
      "label-out-of-range",
      `${table.name}: has the label ${listNames([...unknown])}, but the network was trained on ${listNames(
        labels.map(({ name }) => name),
        20,
      )}.`,
      { file: table.name, column: target },
    );
  }
  labels.forEach(({ name, yes, no }, i) => {
    const { cells } = columns[i]!;
    const read = yesNoReader(yes, no);
    rows.forEach((row, at) => {
      const holds = read(cells[row]!);
      if (holds < 0) throw neither(table, row, { name, yes, no }, cells[row]!);
      data[at * width + i] = holds;
    });
  });
  return data;
}

function neither(table: Table, at: number, { name, yes, no }: LabelTarget, cell: string): DataError {
  const row = rowNumber(table, at);
  return new DataError(
    "csv-label",
    `${table.name}: row ${row}, column ${JSON.stringify(name)}: expected ${yes} or ${no}, got ${JSON.stringify(cell.slice(0, 60))}.`,
    { file: table.name, row, column: name },
  );
}

/** What is told of a row, by its columns' names and in their own words: `{ toxic: "1", insult: "0" }` or `{ genres: "comedy|drama" }`. */
export function labelAnswer({ target, labels }: Labels, told: ArrayLike<number>): Record<string, string> {
  const holds = (_: LabelTarget, i: number) => told[i] === 1;
  if (target !== undefined)
    return {
      [target]: labels
        .filter(holds)
        .map(({ name }) => name)
        .join(MARK),
    };
  return Object.fromEntries(labels.map((label, i) => [label.name, holds(label, i) ? label.yes : label.no]));
}

/** Whether a word is several, parted by `|`. */
export function hasParts(word: string): boolean {
  return partsOf(word).length > 1;
}
