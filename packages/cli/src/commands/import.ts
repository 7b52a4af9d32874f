import { basename, extname } from "node:path";
import { saveModel } from "@loam/nn";
import type { Command } from "commander";
import { UsageError } from "../failure.js";
import { openModel } from "../open-model.js";
import type { Terminal } from "../terminal.js";
import { writeFileWhole } from "../write-file.js";

/** `loam import`. */
export function importCommand(loam: Command, terminal: Terminal): Command {
  return loam
    .command("import <file>")
    .description("Make a model of an ONNX file, to predict with, or to go on training in code.")
    .option(
      "--out <file>",
      "the model to write (default: the file's name, with .safetensors, in this folder)",
    )
    .option("--json", "print one JSON object")
    .action(
      async (
        path: string,
        { out = `${basename(path, extname(path))}.safetensors`, json }: { out?: string; json?: boolean },
      ) => {
        if (extname(path).toLowerCase() !== ".onnx") {
          throw new UsageError(`${path}: expected a file that ends in .onnx.`);
        }
        const model = await openModel(path, { threads: 1 });
        try {
          await writeFileWhole(out, await saveModel(model));
          if (json) terminal.json({ out, parameters: model.parameters });
          else terminal.result(out);
        } finally {
          await model.close();
        }
      },
    );
}
