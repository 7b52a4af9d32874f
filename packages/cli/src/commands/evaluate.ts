import type { Model } from "@loam/nn";
import { type Command, Option } from "commander";
import { compileToMeasure } from "../answers.js";
import { classLines, classTables } from "../class-report.js";
import type { Config } from "../config.js";
import { findDataSource } from "../data-source.js";
import { datasetToMeasure } from "../data-to-measure.js";
import { UsageError } from "../failure.js";
import { measure } from "../figures.js";
import { figuresBy, groupLines, groupsJson } from "../figures-by.js";
import { flagReader } from "../flags.js";
import { openModel } from "../open-model.js";
import { baselineLines, figuresLine, flatFigures } from "../say-figures.js";
import type { Terminal } from "../terminal.js";
import { trainedOn } from "../trained-on.js";
import { useWide, wideOption } from "../wide.js";

/** What a model is measured on where nobody says it. @throws {UsageError} for one that was trained on people's own data. */
function usualData(model: Model): string {
  const what = trainedOn(model);
  if (what === undefined) return "digits";
  throw new UsageError(`--data: the model was trained on ${what}; name what it is to be measured on.`);
}

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
      const { dataDir, labelColumn, batchSize, threads, precision, json } = flags;
      const model = await openModel(path, { ...(threads && { threads }), ...(precision && { precision }) });
      try {
        const data = flags.data ?? usualData(model);
        const source = await findDataSource(data, { dataDir, asText: model.schema?.task.kind === "next" });
        const { dataset, notes, grouping } = await datasetToMeasure(model, source, labelColumn, flags);
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
