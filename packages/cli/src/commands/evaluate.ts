import { SGD, softmaxCrossEntropy } from "@loam/nn";
import { type Command, Option } from "commander";
import { alignClasses } from "../align-classes.js";
import type { Config } from "../config.js";
import { findDataSource } from "../data-source.js";
import { requireFinite } from "../finite.js";
import { flagReader } from "../flags.js";
import { showCount, showLoss, showPercent } from "../format.js";
import { loadEvaluationData } from "../load-data.js";
import { openModel } from "../open-model.js";
import { fitted } from "../read-inputs.js";
import type { Terminal } from "../terminal.js";

/** `loam evaluate`. */
export function evaluateCommand(loam: Command, terminal: Terminal): Command {
  return loam
    .command("evaluate <model>")
    .description("Measure a model's loss and accuracy on data that it was not trained on.")
    .addOption(
      new Option(
        "--data <source>",
        "digits (default), mnist, a folder of IDX files, or a table (.csv)",
      ).argParser(flagReader("data")),
    )
    .addOption(new Option("--data-dir <folder>", "where mnist lies").argParser(flagReader("dataDir")))
    .addOption(
      new Option("--label-column <column>", "a table's column of labels").argParser(
        flagReader("labelColumn"),
      ),
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
        const read = await loadEvaluationData(source, labelColumn === undefined ? {} : { labelColumn });
        const inputs = fitted(read.name, read.inputs, model.inputShape);
        const dataset = alignClasses({ ...read, inputs, scaling: model.scaling }, model.classNames);
        // Evaluating takes no step; an optimizer is named because compiling asks for one.
        model.compile({ optimizer: new SGD(), loss: softmaxCrossEntropy(), metrics: ["accuracy"] });
        const {
          loss,
          accuracy = 0,
          samples,
        } = await model.evaluate(dataset, batchSize === undefined ? {} : { batchSize });
        requireFinite(`${path}: the loss on ${read.name}`, [loss], "look at the data, or take another model");
        if (json) terminal.json({ loss, accuracy, samples, model: path });
        else
          terminal.result(
            `accuracy  ${showPercent(accuracy)} of ${showCount(samples)} samples, loss ${showLoss(loss)}`,
          );
      } finally {
        await model.close();
      }
    });
}
