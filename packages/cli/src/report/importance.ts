import type { Model } from "@loam/nn";
import { labelledTable, type Table } from "@loam/nn/data/table";
import { answersOf } from "../answers.js";
import { figuresOf } from "../figures.js";
import { seededOrder } from "../seeded-order.js";

/** How much worse a network does when a column's cells are exchanged among the rows. */
export interface Importance {
  readonly column: string;
  /** The mean over the repeats: of the accuracy lost, a share of 1, or of the RMSE gained, over its targets' deviations. */
  readonly loss: number;
  /** Of a sample, over the repeats. */
  readonly deviation: number;
}

const REPEATS = 5;
/** More rows change the figures little, more columns nobody reads. */
const MOST_ROWS = 2000;
const MOST_COLUMNS = 60;

/**
 * Permutation importance: Breiman, 2001, "Random Forests", section 10; for any model Fisher, Rudin & Dominici, 2019, arXiv:1801.01489. The greatest first; empty for
 * models that read no columns or too many. Columns that say the same stand in for each other, and each then looks less important than it is.
 */
export async function importances(model: Model, table: Table): Promise<Importance[]> {
  const { schema } = model;
  if (schema?.input.kind !== "table" || schema.input.columns.length > MOST_COLUMNS) return [];
  const rows = Math.min(MOST_ROWS, table.rows);
  const some =
    rows === table.rows ? table : pickRows(table, seededOrder(table.rows, "rows").slice(0, rows).sort());
  const before = await errorOf(model, some);
  const found: Importance[] = [];
  for (const { name } of schema.input.columns) {
    const worse: number[] = [];
    for (let repeat = 0; repeat < REPEATS; repeat++) {
      const order = seededOrder(rows, `importance ${name} ${repeat}`);
      const columns = some.columns.map((column) =>
        column.name === name ? { name, cells: Array.from(order, (row) => column.cells[row]!) } : column,
      );
      worse.push((await errorOf(model, { ...some, columns })) - before);
    }
    const loss = worse.reduce((sum, one) => sum + one, 0) / REPEATS;
    const squares = worse.reduce((sum, one) => sum + (one - loss) ** 2, 0);
    found.push({ column: name, loss, deviation: Math.sqrt(squares / (REPEATS - 1)) });
  }
  return found.sort((a, b) => b.loss - a.loss);
}

/** The rows at `places` of a table. */
export function pickRows(table: Table, places: ArrayLike<number>): Table {
  const rows = Array.from(places);
  const columns = table.columns.map(({ name, cells }) => ({ name, cells: rows.map((row) => cells[row]!) }));
  return { ...table, rows: rows.length, columns };
}

/** The share told wrong, or the mean over the targets of RMSE by deviation in training. */
async function errorOf(model: Model, table: Table): Promise<number> {
  const { dataset } = labelledTable(model, table);
  const answers = await answersOf(model, dataset);
  const figures = figuresOf(model, dataset, answers);
  if (figures.kind === "classes") {
    const right = figures.confusion.reduce((sum, row, label) => sum + row[label]!, 0);
    return 1 - right / answers.evaluation.samples;
  }
  if (figures.kind === "labels") return 1 - figures.accuracy;
  const { task } = model.schema!;
  const targets = task.kind === "regression" ? task.targets : [];
  const { rmse } = figures;
  const errors = targets.map(({ name, scale }) => (typeof rmse === "number" ? rmse : rmse[name]!) / scale);
  return errors.reduce((sum, error) => sum + error, 0) / errors.length;
}
