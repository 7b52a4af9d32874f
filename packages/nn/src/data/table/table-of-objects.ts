import { DataError, FormatError, showValue } from "../../errors.js";
import { distinctNames } from "./header.js";
import type { Table } from "./table.js";

/**
 * Rows as objects: a column for every key that one of them has, in the order in which keys are first met, named as a file's header would be: without
 * blanks around it, and with a number where that makes it the name of another. What is null, undefined or not there is an empty cell.
 * @throws {DataError} `row-not-an-object`, `no-samples`; `cell-not-a-value` for a list or an object in a cell.
 */
export function tableOfObjects(rows: readonly unknown[], name: string): Table {
  if (rows.length === 0) throw new DataError("no-samples", `${name}: has no rows.`, { file: name });
  const cells = new Map<string, string[]>();
  rows.forEach((row, i) => {
    if (typeof row !== "object" || row === null || Array.isArray(row)) {
      throw new DataError(
        "row-not-an-object",
        `${name}: expected rows like { "age": 22, "sex": "male" }, got ${showValue(row)} as row ${i + 1}.`,
        { file: name, row: i + 1 },
      );
    }
    for (const [key, value] of Object.entries(row)) {
      const column = cells.get(key) ?? new Array<string>(i).fill("");
      cells.set(key, column);
      column[i] = cellOf(value, name, i + 1, key);
    }
    for (const column of cells.values()) if (column.length <= i) column.push("");
  });
  const notes: string[] = [];
  const names = distinctNames(
    [...cells.keys()].map((key) => key.trim()),
    notes,
  );
  const columns = [...cells.values()].map((values, i) => ({ name: names[i]!, cells: values }));
  return { name, rows: rows.length, columns, header: true, notes };
}

function cellOf(value: unknown, name: string, row: number, key: string): string {
  if (value === null || value === undefined || Number.isNaN(value)) return "";
  if (typeof value === "string") return value.trim();
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint")
    return String(value);
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
  throw new DataError(
    "cell-not-a-value",
    `${name}: row ${row} has ${showValue(value)} as ${JSON.stringify(key)}; expected a number, a text, true or false, or null.`,
    { file: name, row, column: key },
  );
}

/** Objects of a JSON list, or one a line. @throws {FormatError} `json-lines-invalid` */
export function parseJsonLines(text: string, name: string): unknown[] {
  if (text.trimStart().startsWith("[")) {
    const list = parse(text, name, 1);
    if (Array.isArray(list)) return list;
  }
  const rows: unknown[] = [];
  text.split("\n").forEach((line, i) => {
    if (line.trim() !== "") rows.push(parse(line, name, i + 1));
  });
  return rows;
}

function parse(text: string, name: string, row: number): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new FormatError(
      "json-lines-invalid",
      `${name}: line ${row} is not JSON: ${(cause as Error).message.replace(/\s+/g, " ").slice(0, 100)}; expected one object a line.`,
      { file: name, row, cause },
    );
  }
}
