import { basename, dirname, extname, join } from "node:path";
import { type Command, Option } from "commander";
import { openModel } from "../open-model.js";
import type { Terminal } from "../terminal.js";
import { writeFileWhole } from "../write-file.js";

interface ExportFlags {
  readonly out?: string;
  readonly withPreprocessing?: boolean;
  readonly json?: boolean;
}

/** `loam export`. */
export function exportCommand(loam: Command, terminal: Terminal): Command {
  return loam
    .command("export <model>")
    .description("Write a model as ONNX, which ONNX Runtime and many others read.")
    .addOption(new Option("--format <name>", "onnx").choices(["onnx"]).default("onnx"))
    .option("--out <file>", "the file to write (default: beside the model, model.onnx)")
    .option("--with-preprocessing", "have the scaling of raw inputs in the graph")
    .option("--json", "print one JSON object")
    .action(async (path: string, flags: ExportFlags) => {
      const out = flags.out ?? join(dirname(path), `${basename(path, extname(path))}.onnx`);
      const model = await openModel(path, { threads: 1 });
      try {
        const { exportOnnx } = await import("@loam/nn/io/onnx");
        const preprocessing = flags.withPreprocessing ?? false;
        const bytes = await exportOnnx(model, { preprocessing });
        await writeFileWhole(out, bytes);
        if (!preprocessing && model.scaling.kind !== "none") {
          terminal.note(
            "noticed   the graph takes inputs that are scaled already; --with-preprocessing puts the scaling in",
          );
        }
        if (model.schema?.input.kind === "table") {
          terminal.note(
            "noticed   the graph takes the numbers that columns become; words and empty cells are not its business",
          );
        }
        if (flags.json) terminal.json({ out, bytes: bytes.length });
        else terminal.result(out);
      } finally {
        await model.close();
      }
    });
}
