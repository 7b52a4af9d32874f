import type { Tensor } from "../graph/tensor.js";
import { encodeModel } from "../io/onnx/codec.js";
import type { Property } from "../io/onnx/messages.js";
import { exportGraph, type TracedGraph } from "../onnx/export-graph.js";
import { isRecurrent, type RecurrentCall } from "../onnx/recurrent-layers.js";
import { input } from "../ops/leaves.js";
import { VERSION } from "../version.js";
import type { Network } from "./network.js";

/** The version of ONNX's operators that is written: the newest that older runtimes know too. */
const OPSET = 17;
/** What the version of the format was when these operators came. */
const IR_VERSION = 8;
/** Two sizes of the batch that no side of a network has by chance. */
const BATCHES = [1031, 2053] as const;

export interface NamedNumbers {
  readonly name: string;
  readonly values: Float32Array;
}

/** A network in inference as a file of ONNX; `numbers` has those of its variables, and of what else `scaled` reads. @throws {ConfigError} `onnx-export` */
export function onnxBytes(
  network: Network,
  numbers: ReadonlyMap<Tensor, NamedNumbers>,
  {
    scaled = (x) => x,
    properties,
  }: { readonly scaled?: (x: Tensor) => Tensor; readonly properties?: readonly Property[] } = {},
): Uint8Array {
  const { inputs, outputs, calls } = network.graph;
  const weight = (leaf: Tensor) => numbers.get(leaf)!;
  const traced = (batch: number): TracedGraph => {
    const xs = inputs.map(({ name, shape }) => input(name, [batch, ...shape]));
    const given = xs.map(scaled);
    const made = network.forward(given, false);
    const values = [...given, ...made.layers];
    const recurrent = calls.flatMap(({ layer, inputs: [from] }, i): (readonly [Tensor, RecurrentCall])[] =>
      isRecurrent(layer) ? [[made.layers[i]!, { layer, x: values[from!]!, weight }]] : [],
    );
    return { batch, inputs: xs, outputs: made.outputs, recurrent: new Map(recurrent) };
  };
  const graph = exportGraph(traced(BATCHES[0]), traced(BATCHES[1]), {
    inputs: inputs.map(({ name }) => name),
    outputs: outputs.map((_, i) => (outputs.length === 1 ? "output" : `output${i + 1}`)),
    weight,
  });
  return encodeModel({
    irVersion: IR_VERSION,
    producerName: "loam",
    producerVersion: VERSION,
    opsetImport: [{ domain: "", version: OPSET }],
    graph,
    ...(properties && { metadataProps: properties }),
  });
}
