import type { Dataset, Model } from "@loam/nn";
import { knownColumns, labelledTable, listNames, type Table } from "@loam/nn/data/table";
import { alignClasses } from "./align-classes.js";
import type { Config } from "./config.js";
import type { DataSource, TextSource, TextsSource } from "./data-source.js";
import { UsageError } from "./failure.js";
import type { Grouping } from "./figures-by.js";
import { loadEvaluationData } from "./load-data.js";
import { picturesToMeasure } from "./load-pictures.js";
import { recordingsToMeasure } from "./load-recordings.js";
import { seriesToMeasure } from "./load-series.js";
import { readTableSource } from "./load-table.js";
import { textsToMeasure, textToMeasure } from "./load-text.js";
import { didYouMean } from "./names.js";
import { className } from "./predictions.js";
import { fitted } from "./read-inputs.js";
import { readsColumns } from "./reads-columns.js";
import { isStream, labelsOf, type Samples } from "./samples.js";
import { trainedOn } from "./trained-on.js";

export interface ToMeasure {
  readonly dataset: Samples;
  readonly notes: readonly string[];
  /** Present with `--by`. */
  readonly grouping?: Grouping | undefined;
}

/** @throws {UsageError} for a model that was trained on something else. */
async function textFor(model: Model, source: TextSource | TextsSource): Promise<Dataset> {
  if (model.schema?.input.kind !== "text")
    throw new UsageError(`${source.path}: this is text, and the model was trained on something else.`);
  return source.kind === "text" ? textToMeasure(source, model) : textsToMeasure(source, model);
}

/** @throws {UsageError} for data of another kind than the model was trained on. */
function requireLike(model: Model, source: DataSource, isTable: boolean): void {
  const input = model.schema?.input.kind;
  const isLike =
    input === "table" || input === "series"
      ? isTable
      : input === "recording"
        ? isTable || source.kind === "recordings"
        : input === "text"
          ? isTable || source.kind === "text" || source.kind === "texts"
          : true;
  if (isLike) return;
  const name = "path" in source ? source.path : source.kind;
  throw new UsageError(`${name}: the model was trained on ${trainedOn(model)}, and this is something else.`);
}

/** What the model is measured on: a table by the names of its columns, where the model knows them. */
export async function datasetToMeasure(
  model: Model,
  source: DataSource,
  labelColumn: Config["labelColumn"],
  { by, since }: { readonly by?: string; readonly since?: string },
): Promise<ToMeasure> {
  const isTable = source.kind === "table" || source.kind === "pixels";
  requireLike(model, source, isTable);
  if (isTable && model.schema?.input.kind === "series") {
    const table = await readTableSource(source, knownColumns(model));
    const { dataset, notes } = seriesToMeasure(table, model, since);
    const { series, origins } = dataset;
    return {
      dataset,
      notes,
      ...groupedBy(
        table,
        by,
        origins.map((at) => series.rows[at]!),
      ),
    };
  }
  if (since !== undefined) {
    throw new UsageError(
      "--since is for models that forecast a series; this one was trained on something else.",
    );
  }
  if (isTable && readsColumns(model)) {
    const table = await readTableSource(source, knownColumns(model));
    const { dataset, notes, rows } = labelledTable(model, table);
    return { dataset, notes, ...groupedBy(table, by, rows) };
  }
  if (source.kind === "recordings" || (isTable && model.schema?.input.kind === "recording")) {
    if (by !== undefined) throw new UsageError("--by is for tables and for folders of pictures.");
    return recordingsToMeasure(source, model);
  }
  if (isTable && model.schema?.input.kind === "text") {
    const { path } = source;
    return { dataset: await textFor(model, { kind: "texts", path, table: source }), notes: [] };
  }
  if (source.kind === "text" || source.kind === "texts") {
    if (by !== undefined) throw new UsageError("--by is for tables and for folders of pictures.");
    return { dataset: await textFor(model, source), notes: [] };
  }
  if (source.kind === "pictures") {
    const { dataset: read, notes } = await picturesToMeasure(source, model);
    const { scaling, classNames } = model;
    const dataset = isStream(read)
      ? alignClasses(read.scaled(scaling), classNames)
      : alignClasses({ ...read, scaling }, classNames);
    if (by !== undefined && by !== "folder")
      throw new UsageError("--by: pictures have no columns; --by folder takes their folders.");
    const values = Array.from(labelsOf(dataset).data, (label) => className(model, label));
    return { dataset, notes, ...(by !== undefined && { grouping: { by, values } }) };
  }
  if (by !== undefined) {
    throw new UsageError(
      "--by is for tables, of which the model knows the columns, and for folders of pictures; this data has neither.",
    );
  }
  const target = labelColumn === undefined ? {} : { target: [String(labelColumn)] };
  const read = await loadEvaluationData(source, target);
  const inputs = fitted(read.name, read.inputs, model.inputShape);
  const dataset = alignClasses({ ...read, inputs, scaling: model.scaling }, model.classNames);
  return {
    dataset,
    notes: isTable
      ? [
          `noticed   this model knows no names of columns: the label is column ${labelColumn ?? 0}, and all others are inputs in their order`,
        ]
      : [],
  };
}

/** The cells of the column `by` in some rows. @throws {UsageError} for a column that the table does not have. */
function groupedBy(
  table: Table,
  by: string | undefined,
  rows: ArrayLike<number>,
): { readonly grouping?: Grouping } {
  if (by === undefined) return {};
  const column = table.columns.find(({ name }) => name === by);
  if (column) return { grouping: { by, values: Array.from(rows, (row) => column.cells[row]!) } };
  const names = table.columns.map(({ name }) => name);
  throw new UsageError(
    `--by: ${table.name} has no column ${JSON.stringify(by)}${didYouMean(by, names)}; it has ${listNames(names)}.`,
  );
}
