import {
  type Dataset,
  lossFromConfig,
  type Model,
  meanSquaredError,
  SGD,
  softmaxCrossEntropy,
} from "@loam/nn";
import { type Command, Option } from "commander";
import { alignClasses } from "../align-classes.js";
import type { Config } from "../config.js";
import { type DataSource, findDataSource } from "../data-source.js";
import { figuresLine, flatFigures, measure } from "../figures.js";
import { flagReader } from "../flags.js";
import { loadEvaluationData } from "../load-data.js";
import { picturesToMeasure } from "../load-pictures.js";
import { tableToMeasure } from "../load-table.js";
import { openModel } from "../open-model.js";
import { fitted } from "../read-inputs.js";
import type { Terminal } from "../terminal.js";

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
    .option("--json", "print one JSON object")
    .action(async (path: string, flags: Config & { json?: boolean }) => {
      const { data = "digits", dataDir, labelColumn, batchSize, threads, precision, json } = flags;
      const source = await findDataSource(data, { dataDir });
      const model = await openModel(path, { ...(threads && { threads }), ...(precision && { precision }) });
      try {
        const { dataset, notes } = await datasetFor(model, source, labelColumn);
        for (const note of notes) terminal.note(note);
        compileAsTrained(model);
        const measured = await measure(model, dataset, {
          what: `${path}: the loss on ${dataset.name}`,
          cure: "look at the data, or take another model",
          ...(batchSize !== undefined && { batchSize }),
        });
        if (json)
          terminal.json({ ...flatFigures(measured), samples: measured.evaluation.samples, model: path });
        else {
          const isClasses = measured.figures.kind === "classes";
          terminal.result(`${isClasses ? "accuracy  " : ""}${figuresLine(measured)}`);
        }
      } finally {
        await model.close();
      }
    });
}

/** What the model is measured on: a table by the names of its columns, where the model knows them. */
async function datasetFor(
  model: Model,
  source: DataSource,
  labelColumn: Config["labelColumn"],
): Promise<{ dataset: Dataset; notes: readonly string[] }> {
  const isTable = source.kind === "table" || source.kind === "pixels";
  if (isTable && model.schema && model.schema.input.kind !== "image") {
    return tableToMeasure(source, model);
  }
  if (source.kind === "pictures") {
    const { dataset, notes } = await picturesToMeasure(source, model);
    return { dataset: alignClasses({ ...dataset, scaling: model.scaling }, model.classNames), notes };
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

/** Evaluating takes no step; an optimizer is named because compiling asks for one. */
function compileAsTrained(model: Model): void {
  const isNumbers = model.schema?.task.kind === "regression";
  const loss = model.loss
    ? lossFromConfig(model.loss.name, model.loss.config)
    : isNumbers
      ? meanSquaredError()
      : softmaxCrossEntropy();
  model.compile({ optimizer: new SGD(), loss, metrics: isNumbers ? [] : ["accuracy"] });
}
