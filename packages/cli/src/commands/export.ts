import { basename, dirname, extname, join } from "node:path";
import { encodeSafetensors, type Model } from "@loam/nn";
import { type Command, Option } from "commander";
import { UsageError } from "../failure.js";
import { openModel } from "../open-model.js";
import type { Terminal } from "../terminal.js";
import { writeFileWhole } from "../write-file.js";

interface ExportFlags {
  readonly format: "onnx" | "npz" | "safetensors" | "tfjs" | "c";
  readonly layout?: "pytorch";
  readonly out?: string;
  readonly withPreprocessing?: boolean;
  readonly int8?: boolean;
  readonly calibrate?: string;
  readonly json?: boolean;
}

/** `loam export`. */
export function exportCommand(loam: Command, terminal: Terminal): Command {
  return loam
    .command("export <model>")
    .description(
      "Write a model as ONNX, which ONNX Runtime and many others read, for TensorFlow.js, as C for a microcontroller, or its weights for NumPy or PyTorch.",
    )
    .addOption(
      new Option("--format <name>", "what to write")
        .choices(["onnx", "npz", "safetensors", "tfjs", "c"])
        .default("onnx"),
    )
    .addOption(new Option("--layout <name>", "whose names and layouts safetensors have").choices(["pytorch"]))
    .option("--out <file>", "the file to write (default: beside the model, such as model.onnx)")
    .option("--with-preprocessing", "have the scaling of raw inputs in the graph")
    .option("--int8", "C in whole numbers, a quarter of the size")
    .option("--calibrate <source>", "data that says what ranges int8 has, as --data of evaluate")
    .option("--json", "print one JSON object")
    .action(async (path: string, flags: ExportFlags) => {
      const { format, layout, withPreprocessing: preprocessing = false } = flags;
      // Not over the model itself, which is called .safetensors too.
      const end = { safetensors: "pytorch.safetensors", c: "h", onnx: "onnx", npz: "npz", tfjs: "json" }[
        format
      ];
      const out = flags.out ?? join(dirname(path), `${basename(path, extname(path))}.${end}`);
      if (format !== "onnx" && preprocessing)
        throw new UsageError("--with-preprocessing is for --format onnx.");
      if ((format === "safetensors") !== (layout !== undefined))
        throw new UsageError("--format safetensors and --layout pytorch go together.");
      requireForC(flags);
      const model = await openModel(path, { threads: 1 });
      try {
        if (format === "c") {
          await writeHeader(model, out, flags, terminal);
          return;
        }
        if (format === "tfjs") {
          await writeTfjs(model, out, flags, terminal);
          return;
        }
        const bytes = await written(model, format, preprocessing, terminal);
        await writeFileWhole(out, bytes);
        if (flags.json) terminal.json({ out, bytes: bytes.length });
        else terminal.result(out);
      } finally {
        await model.close();
      }
    });
}

/** @throws {UsageError} for flags that do not go together */
function requireForC({ format, int8 = false, calibrate }: ExportFlags): void {
  if (format !== "c" && (int8 || calibrate !== undefined))
    throw new UsageError("--int8 and --calibrate are for --format c.");
  if (int8 !== (calibrate !== undefined)) {
    throw new UsageError(
      int8
        ? "--int8 needs --calibrate, data that says what ranges the values have."
        : "--calibrate is for --int8.",
    );
  }
}

/** Writes C whose functions are called as the file is, where that is a name. */
async function writeHeader(
  model: Model,
  out: string,
  { calibrate, json }: ExportFlags,
  terminal: Terminal,
): Promise<void> {
  const stem = basename(out, extname(out)).replace(/[^A-Za-z0-9]+/g, "_");
  const name = /^[A-Za-z]\w{0,30}$/.test(stem) ? stem : "model";
  const { floatHeader, int8Header, lossLine } = await import("../c-header.js");
  const { header, loss } =
    calibrate === undefined
      ? { header: await floatHeader(model, name), loss: undefined }
      : await int8Header(model, name, calibrate, terminal);
  const bytes = new TextEncoder().encode(header);
  await writeFileWhole(out, bytes);
  if (json) terminal.json({ out, bytes: bytes.length, name, ...(loss && { int8: loss }) });
  else terminal.result(out);
  if (loss && !json) terminal.result(lossLine(loss));
}

/** Writes model.json, and its shards beside it. */
async function writeTfjs(model: Model, out: string, flags: ExportFlags, terminal: Terminal): Promise<void> {
  const { exportTfjs } = await import("@loam/nn/io/tfjs");
  const { json, shards } = await exportTfjs(model, { shardName: basename(out, extname(out)) });
  const beside = [...shards].map(([name, bytes]) => [join(dirname(out), name), bytes] as const);
  // What says that they are there comes last.
  for (const [path, bytes] of beside) await writeFileWhole(path, bytes);
  const text = new TextEncoder().encode(json);
  await writeFileWhole(out, text);
  noteScaling(model, "the model", terminal);
  const bytes = beside.reduce((sum, [, { length }]) => sum + length, text.length);
  if (flags.json) terminal.json({ out, bytes, shards: beside.map(([path]) => path) });
  else for (const path of [out, ...beside.map(([one]) => one)]) terminal.result(path);
}

/** Says what of the way from raw data to the network the file does not have. */
function noteScaling(model: Model, what: string, terminal: Terminal, remedy = ""): void {
  if (model.scaling.kind !== "none")
    terminal.note(`noticed   ${what} takes inputs that are scaled already${remedy}`);
  noteColumns(model, what, terminal);
}

function noteColumns(model: Model, what: string, terminal: Terminal): void {
  if (model.schema?.input.kind === "table") {
    terminal.note(
      `noticed   ${what} takes the numbers that columns become; words and empty cells are not its business`,
    );
  }
}

function written(
  model: Model,
  format: Exclude<ExportFlags["format"], "c" | "tfjs">,
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
  if (preprocessing) noteColumns(model, "the graph", terminal);
  else noteScaling(model, "the graph", terminal, "; --with-preprocessing puts the scaling in");
  return bytes;
}
