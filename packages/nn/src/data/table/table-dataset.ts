import { DataError } from "../../errors.js";
import type { DataSchema, NumberTarget, RegressionTask, TableInput, Task } from "../../schema/data-schema.js";
import { type Dataset, type DatasetInputs, type DatasetLabels, gather } from "../dataset.js";
import { byteScaling } from "../scaling.js";
import { encodeColumns, featuresOf } from "./encode-columns.js";
import type { FoundTask } from "./find-task.js";
import { fitColumns, momentsOf, type NumberScaling } from "./fit-columns.js";
import { type ReadTableOptions, readTable, type TableSource } from "./read-table.js";
import type { TextColumn } from "./table.js";
import { type UnderstandOptions, type UnderstoodTable, understandTable } from "./understand-table.js";

export interface TableDatasetOptions extends UnderstandOptions, ReadTableOptions {
  /** How numbers become inputs: `auto` (default) takes quantiles of what is skewed and standardises the rest. */
  readonly scaling?: NumberScaling;
}

/** A dataset that knows what its columns were. */
export interface TableDataset extends Dataset {
  readonly schema: DataSchema;
}

/**
 * Makes a dataset of a table: words, dates and empty cells become inputs, the target becomes classes, labels, or numbers, scaled. What was found out
 * about the columns is the dataset's `schema`; a model that is fitted to it keeps it, so that `predictRows` takes rows as they are.
 *
 * ```ts
 * const passengers = await tableDataset(csv, { target: "Survived", drop: ["Name"] });
 * await model.fit(passengers, { epochs: 50 });
 * await predictRows(model, [{ Pclass: 1, Sex: "female", Age: 38 }]);
 * ```
 *
 * @throws {DataError}, {ConfigError} or {FormatError} as `readTable` does, and where a column is not what it has to be; see docs/errors.md.
 */
export async function tableDataset(
  source: TableSource,
  options: TableDatasetOptions = {},
): Promise<TableDataset> {
  const { name, header, scaling = "auto", ...how } = options;
  const table = await readTable(source, {
    ...(name !== undefined && { name }),
    ...(header !== undefined && { header }),
  });
  const understood = understandTable(table, how);
  const all = Uint32Array.from(understood.task.rows, (_, i) => i);
  return fitTable(understood, all, scaling).dataset(all);
}

/** A table whose columns have been looked at on the rows that are trained on. */
export interface FittedTable {
  readonly schema: DataSchema;
  /** The dataset of some of the rows that have a target, by their place among these. */
  dataset(rows: Uint32Array): TableDataset;
}

/** Takes means, deviations, words and the like from the rows `training`, places among those that have a target. */
export function fitTable(
  understood: UnderstoodTable,
  training: Uint32Array,
  scaling: NumberScaling,
): FittedTable {
  const { table, task, weights } = understood;
  const schema = schemaOf(understood, training, scaling);
  const inputs = inputsOf(understood, schema);
  const labels = labelsOf(understood, schema);
  return {
    schema,
    dataset: (rows) => ({
      name: table.name,
      inputs: inputs(rows.map((row) => task.rows[row]!)),
      labels: labels(rows),
      scaling: schema.input.kind === "pixels" ? byteScaling : { kind: "none" },
      ...(weights && { weights: Float32Array.from(rows, (row) => weights.values[task.rows[row]!]!) }),
      ...(task.classNames && { classNames: task.classNames }),
      schema,
    }),
  };
}

function schemaOf(
  { table, task, findings, pixels, weights }: UnderstoodTable,
  training: Uint32Array,
  scaling: NumberScaling,
): DataSchema {
  const rows = Uint32Array.from(training, (row) => task.rows[row]!);
  const columns = fitColumns(findings, rows, scaling);
  if (!pixels && columns.length === 0) {
    throw new DataError(
      "no-inputs",
      `${table.name}: no column has anything to learn from in the rows that are trained on.`,
      {
        file: table.name,
      },
    );
  }
  const seen = new Set(columns.map(({ name }) => name));
  const names = findings.map(({ column }) => column.name);
  const identifiers = findings.filter(({ kind }) => kind === "identifier").map(({ column }) => column.name);
  const apart = weights ? [weights.column] : [];
  const common = {
    ...{ identifiers, ...(weights && { weight: weights.column }) },
    ...(table.header ? {} : { unnamed: table.columns.length }),
  };
  return {
    task: taskOf(task, training),
    input: pixels
      ? {
          kind: "pixels",
          columns: names.filter((name) => !identifiers.includes(name)),
          leftOut: [...identifiers, ...apart],
          ...common,
        }
      : {
          kind: "table",
          columns,
          leftOut: [...names.filter((name) => !seen.has(name)), ...apart],
          ...common,
        },
  };
}

function taskOf({ kind, targets, values, labels }: FoundTask, training: Uint32Array): Task {
  if (kind === "classification") return { kind, target: targets[0]! };
  if (kind === "multilabel") return { kind, ...labels! };
  return { kind, targets: scaledTargets(targets, values!, training) };
}

/** Targets are learnt as numbers of mean 0 and deviation 1. */
function scaledTargets(
  names: readonly string[],
  values: Float64Array,
  training: Uint32Array,
): NumberTarget[] {
  return names.map((name, i) => {
    const { mean, deviation } = momentsOf(
      Float64Array.from(training, (row) => values[row * names.length + i]!),
    );
    return { name, shift: mean, scale: deviation > 0 ? deviation : 1 };
  });
}

/** Inputs of more bytes are not kept beside the parts that are taken of them, but made for each part. */
const MOST_KEPT = 2 ** 28;

/** The inputs of some rows of the table. */
function inputsOf({ table }: UnderstoodTable, { input }: DataSchema): (rows: Uint32Array) => DatasetInputs {
  const byName = new Map(table.columns.map((column) => [column.name, column]));
  if (input.kind === "pixels") {
    const pixels = pixelsOf(input.columns.map((name) => byName.get(name)!));
    return (rows) => gather(pixels, rows);
  }
  const { columns } = input as TableInput;
  const cells = columns.map(({ name }) => byName.get(name)!);
  const features = featuresOf(columns);
  if (4 * features * table.rows > MOST_KEPT) {
    return (rows) => ({
      data: encodeColumns(table, columns, cells, undefined, rows).data,
      shape: [rows.length, features],
    });
  }
  const { data } = encodeColumns(table, columns, cells);
  return (rows) => gather({ data, shape: [table.rows, features] }, rows);
}

/** Pictures [rows, 1, 28, 28] of cells that are whole numbers from 0 to 255. */
export function pixelsOf(columns: readonly TextColumn[]): DatasetInputs {
  const rows = columns[0]!.cells.length;
  const data = new Uint8Array(rows * columns.length);
  columns.forEach(({ cells }, column) => {
    for (let row = 0; row < rows; row++) data[row * columns.length + column] = Number(cells[row]);
  });
  return { data, shape: [rows, 1, 28, 28] };
}

function labelsOf({ task }: UnderstoodTable, schema: DataSchema): (rows: Uint32Array) => DatasetLabels {
  const { classes, values, labels, holding } = task;
  if (classes)
    return (rows) => ({ data: Uint32Array.from(rows, (row) => classes[row]!), shape: [rows.length] });
  if (labels) {
    const width = labels.labels.length;
    return (rows) => gather({ data: holding!, shape: [task.rows.length, width] }, rows);
  }
  const { targets } = schema.task as RegressionTask;
  return (rows) => ({
    data: scaleTargets(targets, values!, rows),
    shape: [rows.length, targets.length],
  });
}

/** (value − shift) / scale of the targets of some rows, [rows, targets]. */
export function scaleTargets(
  targets: readonly NumberTarget[],
  values: Float64Array,
  rows: Uint32Array,
): Float32Array {
  const data = new Float32Array(rows.length * targets.length);
  rows.forEach((row, at) => {
    targets.forEach(({ shift, scale }, i) => {
      data[at * targets.length + i] = (values[row * targets.length + i]! - shift) / scale;
    });
  });
  return data;
}
