import { ConfigError } from "../errors.js";
import { reachable, type Tensor } from "../graph/tensor.js";
import type { GraphProto, NodeProto, ValueInfo } from "../io/onnx/messages.js";
import { ELEMENT_TYPES, tensorOf } from "../io/onnx/tensor-data.js";
import { constantOf } from "../ops/fill.js";
import { isParameter } from "../ops/leaves.js";
import type { LoopAttributes } from "../ops/loop-body.js";
import { writeNodes } from "./export-nodes.js";
import { filled, GraphWriter, type Side } from "./graph-writer.js";
import { type RecurrentCalls, reachableAround } from "./recurrent-layers.js";

/** The same graph at two sizes of the batch, whose differences say which sides of a shape follow it. */
export interface TracedGraph {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly batch: number;
  readonly recurrent: RecurrentCalls;
}

export interface ExportNames {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** What a parameter is called, and its numbers. */
  readonly weight: (leaf: Tensor) => { readonly name: string; readonly values: Float32Array };
}

/** @throws {ConfigError} `onnx-export` for an op that has no form in ONNX, or a graph that is another one for another batch. */
export function exportGraph(one: TracedGraph, other: TracedGraph, names: ExportNames): GraphProto {
  const sides = sidesBetween(one, other);
  const writer = new GraphWriter((x) => sides.get(x) ?? x.shape.map((fixed) => ({ fixed })));
  one.inputs.forEach((x, i) => {
    writer.bind(x, writer.fresh(names.inputs[i]!));
  });
  const wanted = names.outputs.map((name) => writer.fresh(name));
  const [first] = one.inputs;
  const whole = writer.emit("Shape", [writer.name(first!)], {}, "sides");
  writer.setBatch(writer.emit("Slice", [whole, writer.whole([0]), writer.whole([1])], {}, "batch"));
  for (const leaf of reachableAround(one.outputs, one.recurrent).filter(isParameter)) {
    const { name, values } = names.weight(leaf);
    const unique = writer.fresh(name);
    writer.initializers.push(tensorOf(unique, "float", leaf.shape, values));
    writer.bind(leaf, unique);
  }
  writeNodes(writer, one.outputs, one.recurrent);
  one.outputs.forEach((x, i) => {
    const value = constantOf(x) === undefined ? writer.numbers(x) : filled(writer, x);
    writer.node("Identity", [value], [wanted[i]!]);
  });
  const info = (x: Tensor, name: string): ValueInfo => ({
    name,
    type: {
      tensorType: {
        elemType: ELEMENT_TYPES.float,
        shape: {
          dim: writer.sides(x).map((side) => ("fixed" in side ? { value: side.fixed } : { param: "batch" })),
        },
      },
    },
  });
  const { nodes, needed } = withoutUnused(writer.nodes, wanted);
  return {
    name: "loam",
    node: nodes,
    initializer: writer.initializers.filter(({ name = "" }) => needed.has(name)),
    input: one.inputs.map((x) => info(x, writer.name(x))),
    output: one.outputs.map((x, i) => info(x, wanted[i]!)),
  };
}

/** Nodes that an output needs, and all that these read: the batch's size, for one, is not always asked for. */
function withoutUnused(nodes: readonly NodeProto[], outputs: readonly string[]) {
  const needed = new Set(outputs);
  const read = ({ input = [], attribute = [] }: NodeProto): string[] => [
    ...input,
    ...attribute.flatMap(({ g }) => (g?.node ?? []).flatMap(read)),
    ...attribute.flatMap(({ g }) => (g?.output ?? []).map(({ name = "" }) => name)),
  ];
  const kept: NodeProto[] = [];
  for (const node of nodes.toReversed()) {
    if (!node.output!.some((name) => needed.has(name))) continue;
    kept.unshift(node);
    for (const name of read(node)) needed.add(name);
  }
  return { nodes: kept, needed };
}

/** Each tensor's sides, from two traces of one graph that run side by side. */
function sidesBetween(one: TracedGraph, other: TracedGraph): ReadonlyMap<Tensor, readonly Side[]> {
  const sides = new Map<Tensor, readonly Side[]>();
  const pair = (as: readonly Tensor[], bs: readonly Tensor[]) => {
    if (as.length !== bs.length) throw differs();
    as.forEach((a, i) => {
      const b = bs[i]!;
      if (a.op.name !== b.op.name || a.shape.length !== b.shape.length) throw differs();
      sides.set(
        a,
        a.shape.map((size, axis) => sideOf(size, b.shape[axis]!)),
      );
      // A loop's body has the batch too.
      if (a.op.name === "scan" && a.index === 0) {
        const [x, y] = [a.attributes, b.attributes] as unknown as [LoopAttributes, LoopAttributes];
        const all = ({ next, made, carry, parts, shared }: LoopAttributes) => [
          ...new Set([...carry, ...parts, ...shared, ...reachable([...next, ...made])]),
        ];
        pair(all(x), all(y));
      }
    });
  };
  const differs = () =>
    new ConfigError(
      "onnx-export",
      "onnx: expected a graph that is the same for every batch, got one that its size changes.",
    );
  const sideOf = (a: number, b: number): Side => {
    if (a === b) return { fixed: a };
    if (a % one.batch === 0 && a / one.batch === b / other.batch) return { times: a / one.batch };
    throw differs();
  };
  pair(reachable(one.outputs), reachable(other.outputs));
  return sides;
}
