import { FormatError } from "../../errors.js";
import { type Shape, sizeOf } from "../../graph/shape.js";
import { floatFromHalf } from "../../io/half.js";
import type { Model } from "../model.js";
import { type ImportKerasOptions, type KerasTensor, kerasModel } from "./keras-model.js";
import { Fields } from "./read-json.js";

export type { ImportKerasOptions } from "./keras-model.js";
export { type ExportTfjsOptions, exportTfjs, type TfjsExport } from "./tfjs-export.js";

/** A model's files: the text or object of model.json, and its weights, all shards one behind the other or by their paths. */
export interface TfjsFiles {
  readonly json: string | object;
  readonly weights: Uint8Array | ((path: string) => Promise<Uint8Array> | Uint8Array);
}

/**
 * A LayersModel of TensorFlow.js, as `model.save` and Teachable Machine write it, as a model: it predicts, goes on training, and is saved as any other.
 *
 * ```ts
 * const net = await importTfjs({
 *   json: await readFile("model.json", "utf8"),
 *   weights: (path) => readFile(path),
 * });
 * ```
 *
 * Pictures go in as everywhere here, [channels, height, width], where TensorFlow.js has channels last. Models in models are taken apart. A layer that
 * is not trained there is not here. Weights are float32, float16, or quantized.
 * @throws {ConfigError} `keras-unsupported` with all layers that there are none of here, before anything is made; `keras-input-shape`.
 * @throws {FormatError} `keras-config`, `keras-weights`.
 */
export async function importTfjs(
  { json, weights }: TfjsFiles,
  options: ImportKerasOptions = {},
): Promise<Model> {
  const file = Fields.of("model.json", typeof json === "string" ? parsed(json) : json);
  const topology = file.object("modelTopology");
  // Written by Python, the model stands a level deeper.
  const config =
    topology.value("model_config") ?? (topology.value("class_name") && file.value("modelTopology"));
  if (config === undefined) {
    throw new FormatError(
      "keras-config",
      "model.json: expected layers, got a graph of operations; save it as a LayersModel, from Keras with output format tfjs_layers_model.",
    );
  }
  const specs: { path: readonly string[]; tensor: KerasTensor }[] = [];
  let before = 0;
  for (const group of file.list("weightsManifest")) {
    const fields = Fields.of("weightsManifest", group);
    const bytes = await bytesOf(fields, weights, before);
    let at = 0;
    for (const spec of fields.list("weights")) {
      const read = tensorOf(Fields.of("weightsManifest", spec), bytes, at);
      specs.push({ path: read.name.split("/"), tensor: read.tensor });
      at += read.bytes;
    }
    if (weights instanceof Uint8Array) before += at;
  }
  return kerasModel(
    config,
    ({ name, inside }, theirs, { direction }) => {
      const fits = specs.filter(({ path }) => {
        const last = path.at(-1)!.replace(/(:0)?(_\d+)?$/, "");
        const own = path.slice(0, -1);
        const way = direction ? own.some((part) => part.startsWith(`${direction}_`)) : true;
        return (
          last === theirs && way && own.some((part) => part === name || (direction && part.includes(name)))
        );
      });
      // Models in models may have layers of one name: those whose way there is named win.
      const near = (path: readonly string[]) => inside.filter((model) => path.includes(model)).length;
      return fits.sort((a, b) => near(b.path) - near(a.path))[0]?.tensor;
    },
    options,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new FormatError("keras-config", "model.json: this is no JSON; save the model again.", { cause });
  }
}

/** The bytes of a group of weights. */
async function bytesOf(group: Fields, weights: TfjsFiles["weights"], before: number): Promise<Uint8Array> {
  if (weights instanceof Uint8Array) return weights.subarray(before);
  const shards = await Promise.all(
    group.list("paths").map(async (path) => {
      // A path from outside leads nowhere but beside the file.
      if (typeof path === "string" && /^[^/\\:]+$/.test(path) && path !== "..") return weights(path);
      throw new FormatError("keras-config", "model.json: expected paths to be names of files beside it.");
    }),
  );
  const all = new Uint8Array(shards.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const shard of shards) {
    all.set(shard, at);
    at += shard.length;
  }
  return all;
}

const BYTES: Readonly<Record<string, number>> = {
  float32: 4,
  int32: 4,
  bool: 1,
  uint8: 1,
  uint16: 2,
  float16: 2,
};

function tensorOf(spec: Fields, bytes: Uint8Array, at: number) {
  const name = spec.string("name");
  const shape = spec.list("shape") as Shape;
  const isShape = shape.every((side) => Number.isSafeInteger(side) && side >= 0);
  const quantization = spec.value("quantization") === undefined ? undefined : spec.object("quantization");
  const type = quantization?.string("dtype") ?? spec.string("dtype");
  const each = Object.hasOwn(BYTES, type) ? BYTES[type]! : undefined;
  const size = isShape ? sizeOf(shape) : 0;
  if (!isShape || each === undefined || at + size * each > bytes.length) {
    const why = !isShape
      ? "its shape is none"
      : each === undefined
        ? `its type is ${type}`
        : "the shards end before it";
    throw new FormatError(
      "keras-weights",
      `The weight "${name}" cannot be read: ${why}; save the model again.`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, size * each);
  const read: Readonly<Record<string, (i: number) => number>> = {
    float32: (i) => view.getFloat32(4 * i, true),
    int32: (i) => view.getInt32(4 * i, true),
    bool: (i) => view.getUint8(i),
    uint8: (i) => view.getUint8(i),
    uint16: (i) => view.getUint16(2 * i, true),
    float16: (i) => floatFromHalf(view.getUint16(2 * i, true)),
  };
  const [scale, least] =
    quantization && type !== "float16" ? [quantization.number("scale"), quantization.number("min")] : [1, 0];
  const number = read[type]!;
  const data = Float32Array.from({ length: size }, (_, i) => number(i) * scale + least);
  return { name, bytes: size * each, tensor: { shape, data } };
}
