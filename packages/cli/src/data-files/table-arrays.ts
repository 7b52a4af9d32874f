import type { Dataset } from "@loam/nn";
import { isEmpty, listNames, readNumber, type Table, understandTable } from "@loam/nn/data/table";
import { UsageError } from "../failure.js";

/**
 * A table of numbers as inputs, with one column as labels: bytes where all are whole numbers from 0 to 255, pictures where there are 784 of them.
 * @throws {UsageError} without a target, and for columns of words or empty cells.
 */
export function tableArrays(table: Table, target: string | undefined): Dataset {
  if (target === undefined)
    throw new UsageError(`${table.name}: which column holds the labels? Name it with --target.`);
  const { task, findings } = understandTable(table, { target });
  const used = findings.map((finding) => {
    const cells =
      task.rows.length === table.rows
        ? finding.column.cells
        : Array.from(task.rows, (row) => finding.column.cells[row]!);
    const format = finding.kind === "number" ? finding.format : ({ decimal: ".", group: "" } as const);
    return {
      name: finding.column.name,
      values: cells.map((cell) => (isEmpty(cell) ? Number.NaN : readNumber(cell, format))),
    };
  });
  const words = used.filter(({ values }) => values.some((value) => !Number.isFinite(value)));
  if (words.length > 0) {
    throw new UsageError(
      `${table.name}: arrays hold numbers, and there are words or empty cells in ${listNames(words.map(({ name }) => name))}; loam train reads them as they are.`,
    );
  }
  const [rows, width] = [task.rows.length, used.length];
  const areBytes = used.every(({ values }) =>
    values.every((value) => Number.isInteger(value) && value >= 0 && value < 256),
  );
  const data = areBytes ? new Uint8Array(rows * width) : new Float32Array(rows * width);
  used.forEach(({ values }, i) => {
    values.forEach((value, row) => {
      data[row * width + i] = value;
    });
  });
  return {
    name: table.name,
    inputs: { data, shape: areBytes && width === 784 ? [rows, 1, 28, 28] : [rows, width] },
    labels: task.classes
      ? { data: Uint32Array.from(task.classes), shape: [rows] }
      : { data: Float32Array.from(task.values!), shape: [rows] },
    scaling: { kind: "none" },
    ...(task.classNames && { classNames: task.classNames }),
  };
}
