import { basename, dirname, extname, join } from "node:path";
import { encodeSafetensors, type Model } from "@loam/nn";
import { type Command, Option } from "commander";
import { UsageError } from "../failure.js";
import { openModel } from "../open-model.js";
import type { Terminal } from "../terminal.js";
import { writeFileWhole } from "../write-file.js";

interface ExportFlags {
  readonly format: "onnx" | "npz" | "safetensors";
  readonly layout?: "pytorch";
  readonly out?: string;
  readonly withPreprocessing?: boolean;
  readonly json?: boolean;
}

/** `loam export`. */
export function exportCommand(loam: Command, terminal: Terminal): Command {
  return loam
    .command("export <model>")
    .description(
      "Write a model as ONNX, which ONNX Runtime and many others read, or its weights for NumPy or PyTorch.",
    )
    .addOption(
      new Option("--format <name>", "what to write").choices(["onnx", "npz", "safetensors"]).default("onnx"),
    )
    .addOption(new Option("--layout <name>", "whose names and layouts safetensors have").choices(["pytorch"]))
    .option("--out <file>", "the file to write (default: beside the model, such as model.onnx)")
    .option("--with-preprocessing", "have the scaling of raw inputs in the graph")
    .option("--json", "print one JSON object")
    .action(async (path: string, flags: ExportFlags) => {
      const { format, layout, withPreprocessing: preprocessing = false } = flags;
      // Not over the model itself, which is called .safetensors too.
      const end = format === "safetensors" ? "pytorch.safetensors" : format;
      const out = flags.out ?? join(dirname(path), `${basename(path, extname(path))}.${end}`);
      if (format !== "onnx" && preprocessing)
        throw new UsageError("--with-preprocessing is for --format onnx.");
      if ((format === "safetensors") !== (layout !== undefined))
        throw new UsageError("--format safetensors and --layout pytorch go together.");
      const model = await openModel(path, { threads: 1 });
      try {
        const bytes = await written(model, format, preprocessing, terminal);
        await writeFileWhole(out, bytes);
        if (flags.json) terminal.json({ out, bytes: bytes.length });
        else terminal.result(out);
      } finally {
        await model.close();
      }
    });
}

function written(
  model: Model,
  format: ExportFlags["format"],
  preprocessing: boolean,
  terminal: Terminal,
): Promise<Uint8Array> {
  if (format === "npz") return weightsOf(model);
  return format === "safetensors" ? stateDictOf(model) : graphOf(model, preprocessing, terminal);
}

async function stateDictOf(model: Model): Promise<Uint8Array> {
  const { toStateDict } = await import("@loam/nn/io/pytorch");
  return encodeSafetensors({ tensors: await toStateDict(model), metadata: { format: "pt" } });
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
