import { type Node, reachable, type Tensor } from "../graph/tensor.js";
import { tensorOf } from "../io/onnx/tensor-data.js";
import { GRU } from "../layers/gru.js";
import type { Layer } from "../layers/layer.js";
import { LSTM } from "../layers/lstm.js";
import { SimpleRNN } from "../layers/simple-rnn.js";
import type { GraphWriter } from "./graph-writer.js";

/** A recurrent layer where it is applied: it is written as ONNX's operator of its name, and not as what it computes. */
export interface RecurrentCall {
  readonly layer: LSTM | GRU | SimpleRNN;
  readonly x: Tensor;
  /** What a parameter is called, and its numbers. */
  readonly weight: (leaf: Tensor) => { readonly name: string; readonly values: Float32Array };
}

/** Recurrent layers by what they made. */
export type RecurrentCalls = ReadonlyMap<Tensor, RecurrentCall>;

/** Which of our gates is ONNX's first, second and so on; of an LSTM it has input, output, forget, cell. */
const KINDS = [
  { Class: LSTM, operator: "LSTM", gates: [0, 3, 1, 2] },
  { Class: GRU, operator: "GRU", gates: [0, 1, 2] },
  { Class: SimpleRNN, operator: "RNN", gates: [0] },
] as const;
/** Where ONNX has an LSTM's forget gate. */
const FORGET = 2;

/** Whether a layer is one of these, and none that computes something else and extends it. */
export function isRecurrent(layer: Layer): layer is RecurrentCall["layer"] {
  return KINDS.some(({ Class }) => layer.constructor === Class);
}

/** As `reachable`, without what lies inside of recurrent layers. */
export function reachableAround(outputs: readonly Tensor[], calls: RecurrentCalls): Tensor[] {
  if (calls.size === 0) return reachable(outputs);
  const seen = new Set<Node>();
  const open = outputs.map(({ node }) => node);
  for (let node = open.pop(); node; node = open.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    for (const x of inputsAround(node, calls)) open.push(x.node);
  }
  return [...seen].sort((a, b) => a.id - b.id).flatMap((node) => node.outputs);
}

/** What is read for a node: for a recurrent layer's last one, what the layer is applied to. */
export function inputsAround(node: Node, calls: RecurrentCalls): readonly Tensor[] {
  const call = node.outputs.map((output) => calls.get(output)).find((one) => one !== undefined);
  return call ? [call.x] : node.inputs;
}

/** Writes a layer's node, its weights in ONNX's order under their names here, and what brings the output into the layer's shape. */
export function writeRecurrent(writer: GraphWriter, y: Tensor, { layer, x, weight }: RecurrentCall): string {
  const { operator, gates } = KINDS.find(({ Class }) => layer.constructor === Class)!;
  const { units, bidirectional, returnSequences } = layer;
  const forgetBias = layer instanceof LSTM ? layer.forgetBias : 0;
  const directions = bidirectional ? ["", "backward"] : [""];
  const width = gates.length * units;
  const find = (direction: string, name: string) => {
    const full = direction ? `${direction}${name[0]!.toUpperCase()}${name.slice(1)}` : name;
    const variable = layer.variables.find((one) => one.name.endsWith(`/${full}`));
    return variable && weight(variable.tensor);
  };
  const initializer = (shape: readonly number[], name: string, parts: readonly Float32Array[]) => {
    const values = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of parts) {
      values.set(part, at);
      at += part.length;
    }
    const unique = writer.fresh(find("", name)?.name ?? `${layer.name}/${name}`);
    writer.initializers.push(tensorOf(unique, "float", [directions.length, ...shape], values));
    return unique;
  };
  /** [rows, gates·units] as [gates·units, rows], the gates in ONNX's order. */
  const turned = (values: Float32Array) => {
    const rows = values.length / width;
    return Float32Array.from({ length: values.length }, (_, i) => {
      const [row, gate] = [Math.floor(i / rows), gates[Math.floor(i / rows / units)]!];
      return values[(i % rows) * width + gate * units + (row % units)]!;
    });
  };
  const matrices = (name: string) => {
    const parts = directions.map((direction) => turned(find(direction, name)!.values));
    return initializer([width, parts[0]!.length / width], name, parts);
  };
  const inputs = [matrices("kernel"), matrices("recurrentKernel")];
  if (layer.useBias || forgetBias !== 0) {
    const none = new Float32Array(width);
    // What is always added to a forget gate is a bias of the recurrence, so that the layer's own bias is the same bits.
    const constant = new Float32Array(width).fill(forgetBias, FORGET * units, (FORGET + 1) * units);
    const parts = directions.flatMap((direction) => {
      const [own, loop] = [find(direction, "bias"), find(direction, "recurrentBias")];
      return [
        own ? turned(own.values) : none,
        loop ? turned(loop.values) : forgetBias === 0 ? none : constant,
      ];
    });
    inputs.push(initializer([2 * width], "bias", parts));
  }
  const stem = (part: string) => writer.fresh(`${layer.name}/${part}`);
  const byTime = writer.emit("Transpose", [writer.numbers(x)], { perm: [1, 0, 2] }, `${layer.name}/byTime`);
  const [all, last] = [stem("all"), stem("last")];
  writer.node(operator, [byTime, ...inputs], [all, last], {
    hidden_size: units,
    ...(bidirectional && { direction: "bidirectional" }),
    ...(operator === "GRU" && { linear_before_reset: 1 }),
  });
  // all is [steps, directions, batch, units], last [directions, batch, units].
  const [from, axis, perm] = returnSequences
    ? ([all, 1, bidirectional ? [2, 0, 1, 3] : [1, 0, 2]] as const)
    : ([last, 0, [1, 0, 2]] as const);
  if (!bidirectional) {
    const flat = writer.emit("Squeeze", [from, writer.whole([axis])], {}, `${layer.name}/output`);
    return returnSequences ? writer.emit("Transpose", [flat], { perm }, `${layer.name}/output`) : flat;
  }
  const beside = writer.emit("Transpose", [from], { perm }, `${layer.name}/output`);
  const shape = writer.whole([-1, ...y.shape.slice(1)]);
  return writer.emit("Reshape", [beside, shape], {}, `${layer.name}/output`);
}
