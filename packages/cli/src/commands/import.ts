import { readFile } from "node:fs/promises";
import { basename, extname } from "node:path";
import { decodeSafetensors, type Model, saveModel } from "@loam/nn";
import type { Command } from "commander";
import { UsageError } from "../failure.js";
import { naming } from "../naming.js";
import { openModel } from "../open-model.js";
import type { Terminal } from "../terminal.js";
import { writeFileWhole } from "../write-file.js";

interface ImportFlags {
  readonly like?: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** `loam import`. */
export function importCommand(loam: Command, terminal: Terminal): Command {
  return loam
    .command("import <file>")
    .description(
      "Make a model of an ONNX file, of Keras' .keras, of TensorFlow.js' model.json, or of weights from PyTorch or NumPy, to predict with, or to go on training in code.",
    )
    .option(
      "--like <model>",
      "the model whose layers weights are for: PyTorch's, a .safetensors file, or an .npz with names as loam export has them",
    )
    .option(
      "--out <file>",
      "the model to write (default: the file's name, with .safetensors, in this folder)",
    )
    .option("--json", "print one JSON object")
    .action(async (path: string, { like, json, ...flags }: ImportFlags) => {
      const out = flags.out ?? `${basename(path, extname(path))}.safetensors`;
      requireUsable(path, like, flags.out);
      const model = await openModel(like ?? path, { threads: 1 });
      try {
        if (like !== undefined) await takeWeights(model, path);
        await writeFileWhole(out, await saveModel(model));
        if (json) terminal.json({ out, parameters: model.parameters });
        else terminal.result(out);
      } finally {
        await model.close();
      }
    });
}

/** How files of weights alone end. */
const WEIGHTS: ReadonlySet<string> = new Set([".safetensors", ".npz"]);

function requireUsable(path: string, like: string | undefined, out: string | undefined): void {
  const end = extname(path).toLowerCase();
  if (like === undefined) {
    if ([".onnx", ".keras", ".json"].includes(end)) return;
    const remedy = WEIGHTS.has(end) ? "; --like says whose layers weights are for" : "";
    throw new UsageError(`${path}: expected a file that ends in .onnx or .keras, or a model.json${remedy}.`);
  }
  if (!WEIGHTS.has(end))
    throw new UsageError(`${path}: --like goes with a file that ends in .safetensors or .npz.`);
  if (out === undefined) throw new UsageError("--like needs --out, the model to write.");
}

/** Gives a model the weights of a file that PyTorch's side wrote, or NumPy's. */
async function takeWeights(model: Model, path: string): Promise<void> {
  const bytes = await naming(path, readFile(path));
  if (extname(path).toLowerCase() === ".npz") {
    const { decodeNpz } = await import("@loam/nn/io/npz");
    const arrays = [...decodeNpz(bytes, path)];
    await model.setWeights(
      arrays.map(([name, { data, shape }]) => ({ name, shape, data: Float32Array.from(data) })),
    );
    return;
  }
  const { loadStateDict } = await import("@loam/nn/io/pytorch");
  await loadStateDict(model, decodeSafetensors(bytes, path).tensors);
}
