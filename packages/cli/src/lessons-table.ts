import { readFile } from "node:fs/promises";
import { ConfigError, type Dataset } from "@loam/nn";
import { readCsv } from "@loam/nn/data/csv";
import type { TableSource } from "./data-source.js";
import { UsageError } from "./failure.js";
import type { TableSettings } from "./load-table.js";
import { naming } from "./naming.js";
import { PICTURE } from "./synthetic-digits.js";

/** A label and numbers, as the lessons have them and runs of before this version had: by default the first column is the label. */
export async function readLessonsTable(
  { path, bytes }: TableSource,
  target: string | undefined,
  scaling: TableSettings["scaling"],
): Promise<Dataset> {
  const labelColumn = target !== undefined && /^\d+$/.test(target) ? Number(target) : target;
  try {
    const table = readCsv(bytes ?? (await naming(path, readFile(path))), {
      name: path,
      ...(labelColumn !== undefined && { labelColumn }),
      ...(scaling === "standard" && { scaling }),
    });
    return asPictures(table);
  } catch (error) {
    // The library counts from the end as well, and calls its option otherwise.
    const beyond = error instanceof ConfigError && error.code === "label-column-unknown";
    if (!beyond || typeof labelColumn !== "number") throw error;
    throw new UsageError(
      `${path}: has no column ${labelColumn} for --label-column; give a position from 0, or a name from its header.`,
    );
  }
}

/** A table with 784 values a row holds pictures of 28x28, as the lessons' mnist_train.csv does. */
function asPictures(table: Dataset): Dataset {
  const [rows = 0, values] = table.inputs.shape;
  if (values !== PICTURE.values) return table;
  return { ...table, inputs: { ...table.inputs, shape: [rows, ...PICTURE.shape] } };
}
