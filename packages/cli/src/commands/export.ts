import { basename, dirname, extname, join } from "node:path";
import type { Model } from "@loam/nn";
import { type Command, Option } from "commander";
import { UsageError } from "../failure.js";
import { openModel } from "../open-model.js";
import type { Terminal } from "../terminal.js";
import { writeFileWhole } from "../write-file.js";

interface ExportFlags {
  readonly format: "onnx" | "npz";
  readonly out?: string;
  readonly withPreprocessing?: boolean;
  readonly json?: boolean;
}

/** `loam export`. */
export function exportCommand(loam: Command, terminal: Terminal): Command {
  return loam
    .command("export <model>")
    .description("Write a model as ONNX, which ONNX Runtime and many others read, or its weights for NumPy.")
    .addOption(new Option("--format <name>", "what to write").choices(["onnx", "npz"]).default("onnx"))
    .option("--out <file>", "the file to write (default: beside the model, such as model.onnx)")
    .option("--with-preprocessing", "have the scaling of raw inputs in the graph")
    .option("--json", "print one JSON object")
    .action(async (path: string, flags: ExportFlags) => {
      const { format, withPreprocessing: preprocessing = false } = flags;
      const out = flags.out ?? join(dirname(path), `${basename(path, extname(path))}.${format}`);
      if (format === "npz" && preprocessing)
        throw new UsageError("--with-preprocessing is for --format onnx.");
      const model = await openModel(path, { threads: 1 });
      try {
        const bytes = await (format === "npz" ? weightsOf(model) : graphOf(model, preprocessing, terminal));
        await writeFileWhole(out, bytes);
        if (flags.json) terminal.json({ out, bytes: bytes.length });
        else terminal.result(out);
      } finally {
        await model.close();
      }
    });
}

async function weightsOf(model: Model): Promise<Uint8Array> {
  const { encodeNpz } = await import("@loam/nn/io/npz");
  return encodeNpz(new Map((await model.getWeights()).map((weight) => [weight.name, weight])));
}

async function graphOf(model: Model, preprocessing: boolean, terminal: Terminal): Promise<Uint8Array> {
  const { exportOnnx } = await import("@loam/nn/io/onnx");
  const bytes = await exportOnnx(model, { preprocessing });
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
  return bytes;
}
