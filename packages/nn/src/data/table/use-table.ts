import { ConfigError, DataError, FormatError } from "../../errors.js";
import type {
  DataSchema,
  PixelsInput,
  RegressionTask,
  TableColumn,
  TableInput,
  Task,
} from "../../schema/data-schema.js";
import { recordOf } from "../../schema/parse-schema.js";
import { type Dataset, type DatasetInputs, type DatasetLabels, gather } from "../dataset.js";
import type { Scaling } from "../scaling.js";
import { plainWord, wordFinder, yesNoClasses, yesNoReader } from "./cell-words.js";
import { encodeColumns } from "./encode-columns.js";
import { farNote, farSentence } from "./far-numbers.js";
import { preferredFormat, rowNames } from "./find-columns.js";
import { readLabels, saysNoLabels } from "./labels.js";
import { matchColumns } from "./match-columns.js";
import { bestFormat, readNumber } from "./number-format.js";
import { findColumn, isEmpty, listNames, rowNumber, type Table, type TextColumn } from "./table.js";
import { pixelsOf, scaleTargets } from "./table-dataset.js";

/** What a model says of itself that its tables are read by. */
export interface KnowsTables {
  readonly name: string;
  readonly schema: DataSchema | undefined;
  readonly classNames: readonly string[] | undefined;
}

/** A table as a model's inputs, in the order of its rows. */
export interface TableInputs {
  /** [rows, …] of one sample. */
  readonly inputs: DatasetInputs;
  /** Columns that name rows: those of training, or where the table has none of these, others that do. */
  readonly identifiers: readonly TextColumn[];
  /** What was not as in training, in sentences: columns that are ignored, words never seen. */
  readonly notes: readonly string[];
}

/** The names of what a task predicts. */
export function targetNames(task: Task): readonly string[] {
  if (task.kind === "regression") return task.targets.map(({ name }) => name);
  if (task.kind === "multilabel" && task.target === undefined) return task.labels.map(({ name }) => name);
  return task.kind === "next" || task.target === undefined ? [] : [task.target];
}

/** The names of the columns that a model's inputs are made of, by which the header of a table is told from a row. */
export function knownColumns({ schema }: Pick<KnowsTables, "schema">): readonly string[] {
  if (schema === undefined || !("columns" in schema.input)) return [];
  // Of a damaged file what there is: who reads the rows says what is wrong with it.
  const { columns, time } = recordOf(schema.input);
  const names = (Array.isArray(columns) ? columns : []).map((one) =>
    typeof one === "string" ? one : recordOf(one).name,
  );
  return [recordOf(time).name, ...names].filter((name) => typeof name === "string");
}

/**
 * Makes a model's inputs of a table, by the names of its columns.
 * @throws {ConfigError} `not-for-tables` for a model that was trained on something else. @throws {DataError} `columns-missing`, `header-missing`,
 * `header-surplus`, and those of cells that cannot be read. @throws {FormatError} `schema-invalid` for columns that no version knows.
 */
export function tableInputs(model: KnowsTables, table: Table): TableInputs {
  const { task, input } = requireTableSchema(model);
  const matched = matchColumns(table, input, targetNames(task));
  const notes: string[] = [];
  const identifiers =
    matched.identifiers.length > 0
      ? matched.identifiers
      : rowNames(
          table,
          matched.unknown.flatMap((name) => findColumn(table, name) ?? []),
        );
  if (matched.unknown.length > 0)
    notes.push(`${table.name}: not known to the network, and ignored: ${listNames(matched.unknown)}`);
  if (input.kind === "pixels") {
    requirePixels(table, matched.inputs);
    const inputs = pixelsOf(matched.inputs);
    return { inputs, identifiers, notes };
  }
  const { data, features, unseen, lacking, far } = encodeColumns(
    table,
    input.columns,
    matched.inputs,
    preferredFormat(table),
  );
  for (const { name, count, filled, example, words } of unseen) {
    const all = count === filled && count > 1 ? "all " : "";
    const rows = count === 1 ? "1 row has a word" : `${all}${count} rows have words`;
    const known = words.length > 0 ? ` (${listNames(words, 3)})` : "";
    notes.push(
      `${table.name}: ${rows} in ${JSON.stringify(name)} that training had not, such as ${JSON.stringify(example.slice(0, 60))}; taken as none of its words${known}`,
    );
  }
  for (const { name, count, kind } of lacking) {
    const rows =
      count === table.rows && count > 1
        ? `all ${count} rows lack`
        : `${count} ${count === 1 ? "row lacks" : "rows lack"}`;
    const taken = kind === "number" ? "its median" : "none of what training had";
    notes.push(`${table.name}: ${rows} ${JSON.stringify(name)}, unlike those of training; taken as ${taken}`);
  }
  for (const { name, ...how } of far) notes.push(farSentence(table.name, name, how));
  return { inputs: { data, shape: [table.rows, features] }, identifiers, notes };
}

/** A table to measure a model on, and what was not as in training. */
export interface LabelledTable {
  readonly dataset: Dataset;
  /** The rows that are in it, from 0. */
  readonly rows: Uint32Array;
  readonly notes: readonly string[];
}

/**
 * The rows of a table that say what a model predicts, as a dataset for its `evaluate`.
 * @throws as `tableInputs`; and {DataError} `target-column-missing` where the table does not have the target, `label-out-of-range` for a class that
 * the model has never heard of, or a label, `csv-label` for what is no number or neither yes nor no, `no-samples` where no row says it.
 */
export function labelledTable(
  model: KnowsTables & { readonly scaling: Scaling },
  table: Table,
): LabelledTable {
  const { inputs, notes } = tableInputs(model, table);
  const { rows, labels } = tableLabels(model, table);
  const { scaling, classNames } = model;
  const dataset = { name: table.name, inputs: gather(inputs, rows), labels, scaling };
  const { task } = requireTableSchema(model);
  return {
    dataset: classNames ? { ...dataset, classNames } : dataset,
    rows,
    notes: [...notes, ...(task.kind === "regression" ? farTargets(table.name, task, labels) : [])],
  };
}

/** A sentence for each target of which most values are none that training had. */
function farTargets(file: string, { targets }: RegressionTask, { data }: DatasetLabels): string[] {
  return targets.flatMap(({ name, shift, scale }, i) => {
    const values = Array.from(
      { length: data.length / targets.length },
      (_, row) => data[row * targets.length + i]! * scale + shift,
    );
    return farNote(file, name, values, { shift: -shift / scale, scale: 1 / scale }) ?? [];
  });
}

/** The rows of a table whose target is known, and that target as the model's labels. */
export interface TableLabels {
  readonly rows: Uint32Array;
  readonly labels: DatasetLabels;
}

/** Reads the target of a table as a model knows it. */
function tableLabels(model: KnowsTables, table: Table): TableLabels {
  const { task, input } = requireTableSchema(model);
  const names = targetNames(task);
  const { targets, missing } = matchColumns(table, input, names);
  requireTargets(table, missing);
  return readTargets(table, targets, task, model.classNames);
}

/**
 * The rows of a table that say what a task tells, by the names of its targets alone, and what they say.
 * @throws {DataError} as `labelledTable`.
 */
export function rowLabels(table: Table, task: Task, classNames?: readonly string[]): TableLabels {
  const names = targetNames(task);
  const targets = names.flatMap((name) => findColumn(table, name) ?? []);
  requireTargets(
    table,
    names.filter((name) => !targets.some((column) => column.name === name)),
  );
  return readTargets(table, targets, task, classNames);
}

/** @throws {DataError} `target-column-missing` */
function requireTargets(table: Table, missing: readonly string[]): void {
  if (missing.length === 0) return;
  throw new DataError(
    "target-column-missing",
    `${table.name}: has no column ${listNames(missing)}, which is what the network predicts; without it nothing can be measured.`,
    { file: table.name },
  );
}

function readTargets(
  table: Table,
  targets: readonly TextColumn[],
  task: Task,
  classNames: readonly string[] = [],
): TableLabels {
  const names = targetNames(task);
  const rows: number[] = [];
  const answers = targets.map(({ cells }) => cells);
  const saysNothing = (cell: string) =>
    task.kind === "multilabel" ? saysNoLabels(cell, task.target) : isEmpty(cell);
  for (let row = 0; row < table.rows; row++) {
    if (!answers.some((cells) => saysNothing(cells[row]!))) rows.push(row);
  }
  if (rows.length === 0) {
    throw new DataError("no-samples", `${table.name}: no row says what ${listNames(names)} is.`, {
      file: table.name,
    });
  }
  const places = Uint32Array.from(rows);
  if (task.kind === "multilabel") {
    const shape = [places.length, task.labels.length];
    return { rows: places, labels: { data: readLabels(table, targets, places, task), shape } };
  }
  return {
    rows: places,
    labels:
      task.kind === "regression"
        ? numberLabels(table, targets, places, task)
        : classLabels(table, targets[0]!, places, classNames),
  };
}

function classLabels(
  table: Table,
  column: TextColumn,
  rows: Uint32Array,
  classNames: readonly string[],
): DatasetLabels {
  const labelOf = classFinder(classNames);
  const data = new Uint32Array(rows.length);
  const unknown = new Set<string>();
  const { cells } = column;
  rows.forEach((row, at) => {
    const label = labelOf(cells[row]!);
    if (label < 0) unknown.add(plainWord(cells[row]!));
    else data[at] = label;
  });
  if (unknown.size === 0) return { data, shape: [rows.length] };
  throw new DataError(
    "label-out-of-range",
    `${table.name}: has the class ${listNames([...unknown])}, but the network was trained on ${classNames.slice(0, 20).join(", ")}${classNames.length > 20 ? ", …" : ""}.`,
    { file: table.name, column: column.name },
  );
}

/** The function that finds the class that a cell names: by its word, or by another word for yes or no where these are the classes; −1 for none of them. */
function classFinder(classNames: readonly string[]): (cell: string) => number {
  const find = wordFinder(classNames);
  const meant = yesNoClasses(classNames);
  if (meant === undefined) return find;
  const read = yesNoReader(classNames[meant.yes]!, classNames[meant.no]!);
  return (cell) => {
    const said = read(cell);
    return said < 0 ? -1 : said === 1 ? meant.yes : meant.no;
  };
}

function numberLabels(
  table: Table,
  columns: readonly TextColumn[],
  rows: Uint32Array,
  task: Task & { kind: "regression" },
): DatasetLabels {
  const values = new Float64Array(table.rows * columns.length);
  columns.forEach(({ name, cells }, i) => {
    const { format } = bestFormat(
      cells.filter((cell) => !isEmpty(cell)),
      preferredFormat(table),
    );
    for (const row of rows) {
      const value = readNumber(cells[row]!, format);
      if (!Number.isFinite(value)) {
        const line = rowNumber(table, row);
        throw new DataError(
          "csv-label",
          `${table.name}: row ${line}, column ${JSON.stringify(name)}: expected a number, got ${JSON.stringify(cells[row]!.slice(0, 60))}.`,
          { file: table.name, row: line, column: name },
        );
      }
      values[row * columns.length + i] = value;
    }
  });
  return { data: scaleTargets(task.targets, values, rows), shape: [rows.length, columns.length] };
}

/** @throws {DataError} `csv-not-a-number` */
function requirePixels(table: Table, columns: readonly TextColumn[]): void {
  for (const { name, cells } of columns) {
    const row = cells.findIndex((cell) => !(/^\d{1,3}$/.test(cell) && Number(cell) < 256));
    if (row < 0) continue;
    throw new DataError(
      "csv-not-a-number",
      `${table.name}: row ${rowNumber(table, row)}, column ${JSON.stringify(name)}: expected a pixel, a whole number from 0 to 255, got ${JSON.stringify(cells[row]!.slice(0, 60))}.`,
      { file: table.name, row: rowNumber(table, row), column: name },
    );
  }
}

/** A schema whose inputs come from a table. @throws {ConfigError} `not-for-tables` @throws {FormatError} `schema-invalid` */
function requireTableSchema({ name, schema }: KnowsTables): { task: Task; input: TableInput | PixelsInput } {
  if (schema?.input.kind !== "table" && schema?.input.kind !== "pixels") {
    const trainedOn = { image: "pictures", text: "texts", series: "a series", recording: "recordings" };
    throw new ConfigError(
      "not-for-tables",
      schema === undefined
        ? `The model "${name}" does not know the columns of the table that it was trained on, if it was one: it was saved by an earlier version of Loam, or trained on a dataset without a schema.`
        : `The model "${name}" was trained on ${trainedOn[schema.input.kind as keyof typeof trainedOn]}, and reads no rows of tables.`,
    );
  }
  const { task, input } = schema;
  const { columns, identifiers, leftOut } = recordOf(input);
  const areNames = (list: unknown) => Array.isArray(list) && list.every((one) => typeof one === "string");
  const areColumns =
    input.kind === "pixels"
      ? areNames(columns)
      : Array.isArray(columns) && columns.length > 0 && columns.every(isColumn);
  if (areColumns && areNames(identifiers) && areNames(leftOut)) return { task, input };
  throw new FormatError(
    "schema-invalid",
    `model "${name}": what it says of its table's columns cannot be read; the file is damaged or from a later version of Loam.`,
  );
}

function isColumn(value: unknown): value is TableColumn {
  const { kind, name, flag, format, encoding, empty, words, yes, no, order, parts } = recordOf(value);
  if (typeof name !== "string" || typeof flag !== "boolean") return false;
  const isText = (one: unknown) => typeof one === "string";
  const isNumber = (one: unknown) => Number.isFinite(one);
  switch (kind) {
    case "number": {
      const { decimal, group } = recordOf(format);
      return isText(decimal) && isText(group) && isNumber(empty) && isEncoding(encoding);
    }
    case "boolean":
      return isText(yes) && isText(no);
    case "word":
      return Array.isArray(words) && words.every(isText);
    case "date":
      return (
        ["ymd", "dmy", "mdy"].includes(order as string) && Array.isArray(parts) && parts.every(isDatePart)
      );
    default:
      return false;
  }
}

function isEncoding(value: unknown): boolean {
  const { kind, shift, scale, at, whole } = recordOf(value);
  if (kind === "linear") return Number.isFinite(shift) && Number.isFinite(scale);
  const areNumbers = Array.isArray(at) && at.length > 0 && at.every((one) => Number.isFinite(one));
  if (kind === "quantile") return areNumbers;
  return kind === "pieces" && areNumbers && recordOf(whole).kind !== "pieces" && isEncoding(whole);
}

function isDatePart(value: unknown): boolean {
  const { kind, shift, scale } = recordOf(value);
  if (kind === "time") return Number.isFinite(shift) && Number.isFinite(scale);
  return kind === "year" || kind === "week" || kind === "day";
}
