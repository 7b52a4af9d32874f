import type { Tensor } from "../graph/tensor.js";
import { decodeModel } from "../io/onnx/codec.js";
import { Input } from "../layers/symbolic.js";
import { type DescribeOptions, describeModel } from "../onnx/describe-model.js";
import { OnnxGraph } from "../onnx/onnx-graph.js";
import { add } from "../ops/add.js";
import { parameterTensor } from "../ops/leaves.js";
import { mul } from "../ops/mul.js";
import { scale } from "../ops/scale.js";
import { sub } from "../ops/sub.js";
import { model as functionalModel } from "./functional.js";
import type { Model } from "./model.js";
import { type NamedNumbers, onnxBytes } from "./onnx-bytes.js";
import type { ModelOptions } from "./options.js";

export { OnnxGraph, type OnnxGraphOptions } from "../onnx/onnx-graph.js";

export interface ImportOnnxOptions extends ModelOptions, DescribeOptions {}

/**
 * A model from a file of ONNX: its graph as one layer, `OnnxGraph`, whose variables are the file's weights by their names. It predicts, goes on
 * training, and is saved as any other model; a batch normalisation keeps its averages, and `trainable = false` on the layer freezes all.
 *
 * ```ts
 * const net = await importOnnx(await readFile("resnet.onnx"), { output: "flatten_1" });
 * ```
 *
 * Inputs have the batch as their first side. `output` names another value than the graph's first output, and cuts off what is behind it: so a
 * trained body gets another head. Numbers are float32 here, whatever the file has.
 * @throws {FormatError} `onnx-damaged`, `onnx-opset`, `onnx-tensor-type`, `onnx-tensor-size`, `onnx-external-data`. @throws {ConfigError}
 * `onnx-unsupported`, with the names of all operators that Loam does not know; `onnx-input-shape`, `onnx-graph`, `onnx-output`. @throws {ShapeError}
 * of a graph whose batch is fixed.
 */
export async function importOnnx(bytes: Uint8Array, options: ImportOnnxOptions = {}): Promise<Model> {
  const { output, shapes, ...rest } = options;
  const described = describeModel(decodeModel(bytes), {
    ...(output !== undefined && { output }),
    ...(shapes && { shapes }),
  });
  const layer = new OnnxGraph({ graph: described.description }, described.weights);
  const inputs = described.inputShapes.map(
    (shape, i) => new Input({ name: described.description.inputs[i]!.name.replaceAll("/", "_"), shape }),
  );
  return functionalModel({ ...rest, inputs, outputs: layer.apply(inputs) });
}

export interface ExportOnnxOptions {
  /** True to have the model's own scaling in the graph, which then takes raw inputs as `predict` does; false unless given. */
  readonly preprocessing?: boolean;
}

/**
 * A model as a file of ONNX (operators of version 17): what `predict` computes, with the batch free, and weights by their names here. Dropout and
 * the like are left out, as in inference.
 *
 * Inputs and outputs are float32; those of an embedding, which are indices, too. The graph takes inputs that are scaled already, unless
 * `preprocessing` is asked for; what a schema makes of words and empty cells is not part of it.
 * @throws {ConfigError} `onnx-export` for an op that has no form in ONNX.
 */
export async function exportOnnx(
  model: Model,
  { preprocessing = false }: ExportOnnxOptions = {},
): Promise<Uint8Array> {
  const { network } = model;
  const values = new Map((await model.getWeights()).map((one) => [one.name, one.data]));
  const numbers = new Map<Tensor, NamedNumbers>();
  for (const { name, tensor } of network.variables) numbers.set(tensor, { name, values: values.get(name)! });
  const scaled = preprocessing ? scalingOps(model, numbers) : (x: Tensor) => x;
  const properties = model.classNames && [
    { key: "loam.classNames", value: JSON.stringify(model.classNames) },
  ];
  return onnxBytes(network, numbers, { scaled, ...(properties && { properties }) });
}

/** A model's scaling as ops; `numbers` gets those of its constants. */
function scalingOps(
  { scaling, inputShape }: Model,
  numbers: Map<Tensor, NamedNumbers>,
): (x: Tensor) => Tensor {
  if (scaling.kind === "none") return (x) => x;
  if (scaling.kind === "divide") return (x) => scale(x, 1 / scaling.by);
  const constant = (name: string, values: readonly number[]) => {
    const leaf = parameterTensor(name, inputShape);
    numbers.set(leaf, { name: `scaling/${name}`, values: Float32Array.from(values) });
    return leaf;
  };
  const [factor, shift] = [constant("scale", scaling.scale), constant("shift", scaling.shift)];
  const center = scaling.kind === "standard" ? constant("center", scaling.center) : undefined;
  return (x) => add(mul(center ? sub(x, center) : x, factor), shift);
}
