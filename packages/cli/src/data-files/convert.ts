import { mkdir } from "node:fs/promises";
import { extname, join, resolve } from "node:path";
import type { Dataset } from "@loam/nn";
import { isEmpty, type Table } from "@loam/nn/data/table";
import Papa from "papaparse";
import type { DataSource } from "../data-source.js";
import { UsageError } from "../failure.js";
import { showCount } from "../format.js";
import { readTableSource } from "../load-table.js";
import { writeFileWhole } from "../write-file.js";
import { readArrays } from "./arrays.js";
import { idxFiles } from "./idx-files.js";
import { encodeNpz } from "./npz-file.js";
import { tableArrays } from "./table-arrays.js";

export interface Converted {
  readonly notes: readonly string[];
  /** One line of what was written. */
  readonly written: string;
}

type Format = "csv" | "jsonl" | "npz" | "idx";

/**
 * Writes data in another format, which the name says: .csv, .jsonl, .npz, or a folder of IDX files.
 * @throws {UsageError} for a name that says none, or data that the format cannot hold.
 */
export async function convertData(
  source: DataSource,
  to: string,
  target: string | undefined,
): Promise<Converted> {
  const format = formatOf(to);
  if ("path" in source && resolve(source.path) === resolve(to))
    throw new UsageError(`${to}: is what is read; name another file to write.`);
  const isTable = source.kind === "table" || source.kind === "pixels";
  if (isTable && (format === "csv" || format === "jsonl")) {
    const table = await readTableSource(source);
    await write(
      to,
      format === "csv"
        ? csvOf(
            table.columns.map(({ name }) => name),
            rowsOf(table),
          )
        : jsonLines(table),
    );
    return { notes: table.notes, written: `${to}, ${showCount(table.rows)} rows` };
  }
  if (source.kind === "text" || source.kind === "texts" || source.kind === "recordings")
    throw new UsageError(
      `${source.path}: ${source.kind === "recordings" ? "recordings are" : "texts are"} trained on as they lie; only tables, and samples of numbers with labels, have other formats.`,
    );
  const { dataset, test } = isTable
    ? { dataset: tableArrays(await readTableSource(source), target), test: undefined }
    : await readArrays(source);
  if (!isTable && target !== undefined)
    throw new UsageError("--target is for tables; this data has its labels apart.");
  const notes = format === "csv" || format === "jsonl" ? [] : numbered(dataset);
  const samples = (part: Dataset) => part.inputs.shape[0]!;
  if (format === "npz") {
    const arrays = test
      ? { x_train: dataset.inputs, y_train: dataset.labels, x_test: test.inputs, y_test: test.labels }
      : { x: dataset.inputs, y: dataset.labels };
    await writeFileWhole(to, encodeNpz(arrays));
    return {
      notes,
      written: `${to}, ${Object.entries(arrays)
        .map(([name, { shape }]) => `${name} [${shape.join(", ")}]`)
        .join(", ")}`,
    };
  }
  if (format === "idx") {
    await mkdir(to, { recursive: true });
    const files = [...idxFiles("train", dataset), ...(test ? idxFiles("t10k", test) : [])];
    for (const [name, bytes] of files) await writeFileWhole(join(to, name), bytes);
    return { notes, written: `${to}, ${files.map(([name]) => name).join(", ")}` };
  }
  const table = samplesTable(dataset);
  await write(
    to,
    format === "csv"
      ? csvOf(
          table.columns.map(({ name }) => name),
          rowsOf(table),
        )
      : jsonLines(table),
  );
  const left = test
    ? [`noticed   the ${showCount(samples(test))} samples of the test set are not in it`]
    : [];
  return { notes: left, written: `${to}, ${showCount(table.rows)} rows` };
}

function formatOf(to: string): Format {
  const ending = extname(to).toLowerCase();
  if (to.endsWith("/") || to.endsWith("\\")) return "idx";
  if (ending === ".csv" || ending === ".npz") return ending.slice(1) as Format;
  if (ending === ".jsonl" || ending === ".ndjson") return "jsonl";
  throw new UsageError(
    `${to}: expected a name that ends in .csv, .jsonl or .npz, or in / for a folder of IDX files.`,
  );
}

function write(to: string, text: string): Promise<void> {
  return writeFileWhole(to, new TextEncoder().encode(text));
}

function rowsOf({ columns, rows }: Pick<Table, "columns" | "rows">): string[][] {
  return Array.from({ length: rows }, (_, row) => columns.map(({ cells }) => cells[row]!));
}

function csvOf(names: readonly string[], rows: string[][]): string {
  return `${Papa.unparse({ fields: [...names], data: rows }, { newline: "\n" })}\n`;
}

/** A number as JSON writes it: such cells become numbers, digit for digit. */
const JSON_NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

function jsonLines(table: Pick<Table, "columns" | "rows">): string {
  const cellOf = (cell: string) =>
    isEmpty(cell) ? "null" : JSON_NUMBER.test(cell) ? cell : JSON.stringify(cell);
  const lines = rowsOf(table).map(
    (row) =>
      `{${row.map((cell, i) => `${JSON.stringify(table.columns[i]!.name)}:${cellOf(cell)}`).join(",")}}`,
  );
  return `${lines.join("\n")}\n`;
}

/** Labels by name, then the values of each sample, named from 0: what `loam train` reads as pictures where there are 784. */
function samplesTable({ inputs, labels, classNames }: Dataset): Pick<Table, "columns" | "rows"> {
  const rows = inputs.shape[0]!;
  const size = inputs.data.length / rows;
  const width = labels.data.length / rows;
  const column = (name: string, cellOf: (row: number) => string) => ({
    name,
    cells: Array.from({ length: rows }, (_, row) => cellOf(row)),
  });
  return {
    rows,
    columns: [
      ...Array.from({ length: width }, (_, i) =>
        column(width === 1 ? "label" : `label${i}`, (row) => {
          const label = labels.data[row * width + i]!;
          return classNames?.[label] ?? String(label);
        }),
      ),
      ...Array.from({ length: size }, (_, i) =>
        column(String(i), (row) => String(inputs.data[row * size + i]!)),
      ),
    ],
  };
}

/** What becomes of the classes' names, where a format has numbers alone. */
function numbered({ classNames }: Dataset): string[] {
  if (!classNames || classNames.every((name, i) => name === String(i))) return [];
  const shown = classNames.slice(0, 20).map((name, i) => `${i} ${name}`);
  return [`noticed   classes have numbers in it: ${shown.join(", ")}${classNames.length > 20 ? ", …" : ""}`];
}
