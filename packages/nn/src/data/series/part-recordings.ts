import { DataError } from "../../errors.js";
import { columnMeant } from "../table/find-columns.js";
import { findColumn, listNames, type Table } from "../table/table.js";
import type { Recording } from "./understand-recordings.js";

/** Parts a table by the column that names each row's recording, in the order in which they begin. @throws {DataError} `columns-missing` */
export function partRecordings(table: Table, recording: string): Map<string, Table> {
  const names = findColumn(table, recording);
  if (names === undefined) {
    const known = table.columns.map(({ name }) => name);
    throw new DataError(
      "columns-missing",
      `${table.name}: has no column ${JSON.stringify(recording)}${columnMeant(recording, known)}, which names the recordings; it has ${listNames(known)}.`,
      { file: table.name },
    );
  }
  const rows = new Map<string, number[]>();
  names.cells.forEach((cell, row) => {
    const there = rows.get(cell);
    if (there) there.push(row);
    else rows.set(cell, [row]);
  });
  const others = table.columns.filter(({ name }) => name !== recording);
  return new Map(
    [...rows].map(([name, some]) => [
      name,
      {
        ...table,
        name: `${table.name}, ${name}`,
        rows: some.length,
        columns: others.map((column) => ({
          name: column.name,
          cells: some.map((row) => column.cells[row]!),
        })),
        notes: [],
      },
    ]),
  );
}

/**
 * Recordings of one table: the column `recording` names each row's, the column `target` says its class.
 * @throws {DataError} `columns-missing`, and `csv-label` for a recording whose rows say different classes, or none.
 */
export function labelledRecordings(table: Table, recording: string, target: string): Recording[] {
  return [...partRecordings(table, recording)].map(([name, part]) => {
    const labels = new Set(findColumn(part, target)?.cells);
    const [label] = labels;
    if (labels.size !== 1 || label === undefined || label === "") {
      throw new DataError(
        "csv-label",
        labels.size === 0
          ? `${table.name}: has no column ${JSON.stringify(target)}, which says what a recording is.`
          : `${table.name}: the rows of the recording ${JSON.stringify(name)} have ${listNames([...labels])} as ${JSON.stringify(target)}; all rows of one must say the same class.`,
        { file: table.name, column: target },
      );
    }
    return { label, table: { ...part, columns: part.columns.filter((column) => column.name !== target) } };
  });
}
