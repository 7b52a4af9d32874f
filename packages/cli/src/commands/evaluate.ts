import type { Dataset, Model } from "@loam/nn";
import { labelledTable, listNames, type Table } from "@loam/nn/data/table";
import { type Command, Option } from "commander";
import { alignClasses } from "../align-classes.js";
import { compileToMeasure } from "../answers.js";
import { classLines, classTables } from "../class-report.js";
import type { Config } from "../config.js";
import { type DataSource, findDataSource, type TextSource, type TextsSource } from "../data-source.js";
import { UsageError } from "../failure.js";
import { measure } from "../figures.js";
import { figuresBy, type Grouping, groupLines, groupsJson } from "../figures-by.js";
import { flagReader } from "../flags.js";
import { loadEvaluationData } from "../load-data.js";
import { picturesToMeasure } from "../load-pictures.js";
import { recordingsToMeasure } from "../load-recordings.js";
import { seriesToMeasure } from "../load-series.js";
import { knownNames, readTableSource } from "../load-table.js";
import { textsToMeasure, textToMeasure } from "../load-text.js";
import { didYouMean } from "../names.js";
import { openModel } from "../open-model.js";
import { className } from "../predictions.js";
import { fitted } from "../read-inputs.js";
import { readsColumns } from "../reads-columns.js";
import { baselineLines, figuresLine, flatFigures } from "../say-figures.js";
import type { Terminal } from "../terminal.js";
import { useWide, wideOption } from "../wide.js";

type EvaluateFlags = Config & { json?: boolean; by?: string; since?: string; wide?: string };

/** `loam evaluate`. */
export function evaluateCommand(loam: Command, terminal: Terminal): Command {
  return loam
    .command("evaluate <model>")
    .description("Measure how good a model is on data that it was not trained on.")
    .addOption(
      new Option(
        "--data <source>",
        "digits (default), mnist, a folder of IDX files, a table (.csv and the like), or - for stdin",
      ).argParser(flagReader("data")),
    )
    .addOption(new Option("--data-dir <folder>", "where mnist lies").argParser(flagReader("dataDir")))
    .addOption(
      new Option(
        "--label-column <column>",
        "a table's column of labels, for a model that knows no names of columns",
      ).argParser(flagReader("labelColumn")),
    )
    .addOption(
      new Option("--batch-size <n>", "samples at once (default: 256)").argParser(flagReader("batchSize")),
    )
    .addOption(new Option("--threads <n>", "auto (default) or a number").argParser(flagReader("threads")))
    .addOption(
      new Option("--precision <kind>", "standard (default), high, fast").argParser(flagReader("precision")),
    )
    .addOption(wideOption())
    .option(
      "--by <column>",
      "figures for each value of a table's column as well, or of pictures by their folder: --by folder",
    )
    .option("--since <moment>", "a series: measure forecasts made from this date, or row, on")
    .option("--json", "print one JSON object")
    .action(async (path: string, flags: EvaluateFlags) => {
      useWide(flags.wide);
      const { data = "digits", dataDir, labelColumn, batchSize, threads, precision, json } = flags;
      const model = await openModel(path, { ...(threads && { threads }), ...(precision && { precision }) });
      try {
        const source = await findDataSource(data, { dataDir, asText: model.schema?.task.kind === "next" });
        const { dataset, notes, grouping } = await datasetFor(model, source, labelColumn, flags);
        for (const note of notes) terminal.note(note);
        compileToMeasure(model);
        const measured = await measure(model, dataset, {
          what: `${path}: the loss on ${dataset.name}`,
          cure: "look at the data, or take another model",
          ...(batchSize !== undefined && { batchSize }),
        });
        const { figures, evaluation, answers } = measured;
        const tells = figures.kind === "classes" || figures.kind === "labels";
        const groups = grouping && figuresBy(model, dataset, answers, grouping);
        if (json) {
          terminal.json({
            ...flatFigures(measured),
            samples: evaluation.samples,
            model: path,
            ...(tells && { classes: classLines(model, figures) }),
            ...(groups && { by: { column: grouping.by, groups: groupsJson(groups) } }),
          });
          return;
        }
        terminal.result(`${tells ? "accuracy  " : ""}${figuresLine(measured)}`);
        for (const line of baselineLines(measured)) terminal.result(`beside  ${line}`);
        const tables = [
          ...(tells ? [classTables(model, figures, terminal.columns)] : []),
          ...(groups ? [groupLines(grouping.by, groups)] : []),
        ];
        for (const table of tables) for (const line of ["", ...table]) terminal.result(line);
      } finally {
        await model.close();
      }
    });
}

interface ToMeasure {
  readonly dataset: Dataset;
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

/** What the model is measured on: a table by the names of its columns, where the model knows them. */
async function datasetFor(
  model: Model,
  source: DataSource,
  labelColumn: Config["labelColumn"],
  { by, since }: { readonly by?: string; readonly since?: string },
): Promise<ToMeasure> {
  const isTable = source.kind === "table" || source.kind === "pixels";
  if (isTable && model.schema?.input.kind === "series") {
    const table = await readTableSource(source, knownNames(model));
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
    const table = await readTableSource(source, knownNames(model));
    const { dataset, notes, rows } = labelledTable(model, table);
    return { dataset, notes, ...groupedBy(table, by, rows) };
  }
  if (source.kind === "recordings" || (isTable && model.schema?.input.kind === "recording")) {
    if (by !== undefined) throw new UsageError("--by is for tables and for folders of pictures.");
    return { dataset: await recordingsToMeasure(source, model), notes: [] };
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
    const dataset = alignClasses({ ...read, scaling: model.scaling }, model.classNames);
    if (by !== undefined && by !== "folder")
      throw new UsageError("--by: pictures have no columns; --by folder takes their folders.");
    const values = Array.from(dataset.labels.data, (label) => className(model, label));
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
