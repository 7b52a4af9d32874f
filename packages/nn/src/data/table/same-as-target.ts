import type { ColumnFinding } from "./find-columns.js";
import { readNumber } from "./number-format.js";
import { isEmpty } from "./table.js";
import type { UnderstoodTable } from "./understand-table.js";

/** In fewer rows two columns may say the same by chance. */
const FEWEST_ROWS = 20;

/**
 * Columns that say what is to be predicted in other words: of classes, those that have a word of their own for each; of a number, those that it is a
 * linear function of. What such a network learns is nothing, where they are not known before their row's target is.
 */
export function sameAsTarget({ task, findings }: UnderstoodTable): string[] {
  const { rows, classes, classNames, values, targets } = task;
  if (rows.length < FEWEST_ROWS) return [];
  const inputs = findings.filter(({ kind }) => kind !== "identifier" && kind !== "left out");
  const isSame = classes
    ? (finding: ColumnFinding) => namesClasses(finding, rows, classes, classNames!.length)
    : values && targets.length === 1
      ? (finding: ColumnFinding) => isLinear(finding, rows, values)
      : () => false;
  return inputs.filter(isSame).map(({ column }) => column.name);
}

/** Whether a column has one cell for each class, which no other has. */
function namesClasses(
  { column: { cells } }: ColumnFinding,
  rows: Uint32Array,
  classes: Uint32Array,
  count: number,
): boolean {
  const byCell = new Map<string, number>();
  const seen = new Set<number>();
  for (const [at, row] of rows.entries()) {
    const cell = cells[row]!;
    if (isEmpty(cell)) return false;
    const label = classes[at]!;
    const before = byCell.get(cell);
    if (before === label) continue;
    // A second class of a cell, or a second cell of a class.
    if (before !== undefined || seen.has(label)) return false;
    byCell.set(cell, label);
    seen.add(label);
  }
  return seen.size === count;
}

/** Whether the target is a · x + b in every row, but for rounding. */
function isLinear(finding: ColumnFinding, rows: Uint32Array, values: Float64Array): boolean {
  if (finding.kind !== "number") return false;
  const { format, column } = finding;
  const x = (at: number) => readNumber(column.cells[rows[at]!]!, format);
  const first = x(0);
  const other = rows.findIndex((_, at) => x(at) !== first);
  if (other < 0) return false;
  const slope = (values[other]! - values[0]!) / (x(other) - first);
  if (slope === 0) return false;
  return rows.every((_, at) => {
    const wanted = values[0]! + slope * (x(at) - first);
    return (
      Math.abs(values[at]! - wanted) <=
      1e-9 * Math.max(Math.abs(values[at]!), Math.abs(values[0]!), Math.abs(wanted))
    );
  });
}
