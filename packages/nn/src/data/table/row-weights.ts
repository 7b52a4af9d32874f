import { DataError } from "../../errors.js";
import { preferredFormat } from "./find-columns.js";
import { bestFormat, readNumber } from "./number-format.js";
import { isEmpty, rowNumber, type Table } from "./table.js";

/** A column of weights, and what it says. */
export interface RowWeights {
  readonly column: string;
  /** One number a row of the table; only those of rows with a target mean anything. */
  readonly values: Float32Array;
}

/** How much each of `rows` counts. @throws {DataError} `weights-invalid` naming a row whose cell is no number of at least 0. */
export function rowWeights(table: Table, column: string, rows: Uint32Array): RowWeights {
  const { cells } = table.columns.find(({ name }) => name === column)!;
  const { format } = bestFormat(
    cells.filter((cell) => !isEmpty(cell)),
    preferredFormat(table),
  );
  const values = new Float32Array(table.rows);
  for (const at of rows) {
    const value = isEmpty(cells[at]!) ? Number.NaN : Math.fround(readNumber(cells[at]!, format));
    if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) {
      const row = rowNumber(table, at);
      throw new DataError(
        "weights-invalid",
        `${table.name}: row ${row}, column ${JSON.stringify(column)}: expected a weight of at least 0, got ${JSON.stringify(cells[at]!.slice(0, 60))}.`,
        { file: table.name, row, column },
      );
    }
    values[at] = value;
  }
  return { column, values };
}
