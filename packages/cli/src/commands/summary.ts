import { type Model, Sequential } from "@loam/nn";
import { type Command, Option } from "commander";
import { UsageError } from "../failure.js";
import { flagReader } from "../flags.js";
import { isTextModel, MODEL_NAMES, type ModelName } from "../names.js";
import { makeLayers, withTrainingDefaults } from "../network.js";
import { openModel } from "../open-model.js";
import { resolveSettings } from "../settings.js";
import type { Terminal } from "../terminal.js";
import { makeTextModel } from "../text-network.js";

/** `loam summary`. */
export function summaryCommand(loam: Command, terminal: Terminal): Command {
  return loam
    .command("summary [model]")
    .description("Show a network's layers, shapes and parameters.")
    .addOption(
      new Option(
        "--model <name>",
        `one of ${MODEL_NAMES.join(", ")}, for 28x28 pictures of ten classes, texts of 10,000 words, or text of 65 characters`,
      ).argParser(flagReader("model")),
    )
    .option("--json", "print one JSON object")
    .action(
      async (path: string | undefined, { model: name, json }: { model?: ModelName; json?: boolean }) => {
        if ((path === undefined) === (name === undefined)) {
          throw new UsageError("expected a model file or --model <name>, one of the two.");
        }
        const model = path === undefined ? await standard(name!) : await openModel(path, { threads: 1 });
        try {
          if (json) terminal.json(model.summary());
          else terminal.result(model.summaryText());
        } finally {
          await model.close();
        }
      },
    );
}

async function standard(name: ModelName): Promise<Model> {
  if (isTextModel(name)) {
    const sizes = name === "text" ? { vocabulary: 10_002, length: 256 } : { vocabulary: 65, length: 64 };
    const how = { seed: 0, threads: 1, precision: "standard" } as const;
    return makeTextModel(name, how, { ...sizes, classes: 2 });
  }
  const inputShape = [1, 28, 28];
  const settings = withTrainingDefaults(resolveSettings({ model: name }));
  return new Sequential([...makeLayers(settings, inputShape, 10)], { inputShape, name });
}
