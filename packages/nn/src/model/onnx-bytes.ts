import type { Tensor } from "../graph/tensor.js";
import { encodeModel } from "../io/onnx/codec.js";
import type { Property } from "../io/onnx/messages.js";
import { exportGraph } from "../onnx/export-graph.js";
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
  const { inputs, outputs } = network.graph;
  const traced = (batch: number) => {
    const xs = inputs.map(({ name, shape }) => input(name, [batch, ...shape]));
    return { batch, inputs: xs, outputs: network.forward(xs.map(scaled), false).outputs };
  };
  const graph = exportGraph(traced(BATCHES[0]), traced(BATCHES[1]), {
    inputs: inputs.map(({ name }) => name),
    outputs: outputs.map((_, i) => (outputs.length === 1 ? "output" : `output${i + 1}`)),
    weight: (leaf) => numbers.get(leaf)!,
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
