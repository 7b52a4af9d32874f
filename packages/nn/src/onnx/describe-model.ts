import { ConfigError, FormatError } from "../errors.js";
import type { AttributeProto, GraphProto, ModelProto, NodeProto } from "../io/onnx/messages.js";
import { elementType, type OnnxTensor, tensorData } from "../io/onnx/tensor-data.js";
import { fill } from "../ops/fill.js";
import { input } from "../ops/leaves.js";
import {
  type AttributeDescription,
  type BodyDescription,
  type ConstantDescription,
  type NodeDescription,
  type OnnxDescription,
  readsOf,
} from "./description.js";
import { evaluateGraph, requireOperators } from "./evaluate-graph.js";
import { isWhole, type Value } from "./value.js";

/** Versions of ONNX's operators whose meanings are known. */
const OPSETS = { least: 7, most: 21 };

export interface DescribeOptions {
  /** Which value comes out; the graph's first output unless given. Nodes that it does not need are left out. */
  readonly output?: string;
  /** One sample's shape by input, where the file leaves sides free. */
  readonly shapes?: Readonly<Record<string, readonly number[]>>;
}

/** What is in a file, with the weights' numbers apart. */
export interface DescribedModel {
  readonly description: OnnxDescription;
  /** One sample's shape for each input. */
  readonly inputShapes: readonly (readonly number[])[];
  readonly weights: ReadonlyMap<string, Float32Array>;
}

/**
 * @throws {ConfigError} `onnx-unsupported`, `onnx-graph`, `onnx-input-shape` where sides are free that have to be known, `onnx-output` for an output
 * that the graph does not have. @throws {FormatError} of its tensors; `onnx-opset` for versions that are too old or too new.
 */
export function describeModel(model: ModelProto, options: DescribeOptions = {}): DescribedModel {
  const opset = opsetOf(model);
  const graph = model.graph!;
  const all = (graph.node ?? []).map(describeNode);
  const output = options.output ?? graph.output?.[0]?.name ?? "";
  const nodes = neededFor(output, all);
  requireOperators(nodes);
  const used = new Set(nodes.flatMap(readsOf));
  const initializers = new Map(
    (graph.initializer ?? [])
      .filter(({ name = "" }) => used.has(name))
      .map((one) => [one.name ?? "", tensorData(one)]),
  );
  const { inputs, inputShapes } = inputsOf(graph, used, initializers, options.shapes ?? {});
  const { read, kept } = fixedWeights({ nodes, opset }, initializers, inputs, inputShapes);
  const isWeight = (name: string, { type, shape }: OnnxTensor) =>
    !isWhole(type) && type !== "bool" && shape.length > 0 && !read.has(name);
  const weights = [...initializers].filter(([name, tensor]) => isWeight(name, tensor));
  const constants = [...initializers].filter(([name, tensor]) => !isWeight(name, tensor));
  return {
    description: {
      opset,
      inputs,
      output,
      nodes,
      constants: Object.fromEntries(constants.map(([name, tensor]) => [name, asConstant(tensor)])),
      weights: weights.map(([name, { shape }]) => ({ name, shape, trained: !kept.has(name) })),
    },
    inputShapes,
    weights: new Map(weights.map(([name, { values }]) => [name, Float32Array.from(values)])),
  };
}

function opsetOf({ opsetImport = [] }: ModelProto): number {
  const own = opsetImport.find(({ domain = "" }) => domain === "" || domain === "ai.onnx");
  const version = own?.version ?? 0;
  if (version >= OPSETS.least && version <= OPSETS.most) return version;
  throw new FormatError(
    "onnx-opset",
    `onnx: expected operators of version ${OPSETS.least} to ${OPSETS.most}, got ${version}; export the model with such a version.`,
  );
}

export function describeNode(node: NodeProto): NodeDescription {
  const domain = node.domain && node.domain !== "ai.onnx" ? `${node.domain}.` : "";
  const label = `${node.opType ?? ""} "${node.name ?? ""}"`;
  return {
    operator: `${domain}${node.opType ?? ""}`,
    name: node.name ?? "",
    inputs: node.input ?? [],
    outputs: node.output ?? [],
    attributes: Object.fromEntries(
      (node.attribute ?? []).map((one) => [one.name ?? "", describeAttribute(one, label)]),
    ),
  };
}

const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** An attribute's value. Writers leave out what is zero or empty, and its type tells what it is then. */
function describeAttribute(attribute: AttributeProto, label: string): AttributeDescription {
  const { type, f, i, s, t, g, floats, ints, strings } = attribute;
  if (g) return describeBody(g);
  if (t) return asConstant(tensorData(t, `${attribute.name} of ${label}`));
  if (floats ?? ints) return (floats ?? ints)!;
  if (strings) return strings.map(textOf);
  if (s) return textOf(s);
  const number = f ?? i;
  if (number !== undefined) return number;
  if (type === 1 || type === 2) return 0;
  if (type === 3) return "";
  if (type === 6 || type === 7 || type === 8) return [];
  throw new ConfigError(
    "onnx-unsupported",
    `${label}: Loam does not know attributes such as ${attribute.name ?? ""}, which is a type or a list of graphs.`,
  );
}

function describeBody({
  node = [],
  initializer = [],
  input: inputs = [],
  output: outputs = [],
}: GraphProto): BodyDescription {
  return {
    inputs: inputs.map(({ name = "" }) => name),
    outputs: outputs.map(({ name = "" }) => name),
    nodes: node.map(describeNode),
    constants: Object.fromEntries(initializer.map((one) => [one.name ?? "", asConstant(tensorData(one))])),
  };
}

function asConstant({ type, shape, values }: OnnxTensor): ConstantDescription {
  return { type, shape, values: Array.from(values) };
}

/** The nodes that a value depends on, in their order. @throws {ConfigError} `onnx-output` */
function neededFor(output: string, nodes: readonly NodeDescription[]): NodeDescription[] {
  const needed = new Set([output]);
  const kept: NodeDescription[] = [];
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((name) => name !== "" && needed.has(name))) continue;
    kept.unshift(node);
    for (const name of readsOf(node)) needed.add(name);
  }
  if (kept.length > 0) return kept;
  const names = nodes.flatMap(({ outputs }) => outputs).slice(-4);
  throw new ConfigError(
    "onnx-output",
    `onnx: expected an output that a node makes, such as ${names.map((name) => JSON.stringify(name)).join(", ") || "none"}, got ${JSON.stringify(output)}.`,
  );
}

function inputsOf(
  graph: GraphProto,
  used: ReadonlySet<string>,
  initializers: ReadonlyMap<string, OnnxTensor>,
  shapes: Readonly<Record<string, readonly number[]>>,
) {
  const given = (graph.input ?? []).filter(({ name = "" }) => used.has(name) && !initializers.has(name));
  const inputs = given.map(({ name = "", type }) => {
    const found = elementType(type?.tensorType?.elemType);
    if (found && found !== "string" && !found.startsWith("complex")) return { name, type: found };
    throw new ConfigError(
      "onnx-unsupported",
      `onnx: Loam does not know inputs of other kinds than numbers, got ${found ?? "none"} for input "${name}".`,
    );
  });
  const inputShapes = given.map(({ name = "", type }) => {
    const own = Object.hasOwn(shapes, name) ? shapes[name] : undefined;
    const [, ...sample] = type?.tensorType?.shape?.dim ?? [];
    const sides = own ?? sample.map(({ value }) => value ?? 0);
    if (sides.every((side) => Number.isSafeInteger(side) && side > 0)) return sides;
    const shown = sample.map(({ value, param }) => value ?? (param || "?")).join(", ");
    throw new ConfigError(
      "onnx-input-shape",
      `onnx: expected input "${name}" to say its sides behind the batch, got [batch, ${shown}]; say them, as in shapes: { ${JSON.stringify(name)}: [3, 224, 224] }.`,
    );
  });
  if (inputs.length > 0) return { inputs, inputShapes };
  throw new ConfigError(
    "onnx-graph",
    "onnx: expected an output that depends on an input, got a graph without inputs.",
  );
}

/** Initializers that are no weights, since nodes read their numbers while the graph is made, or keep them as averages. */
function fixedWeights(
  graph: Pick<OnnxDescription, "nodes" | "opset">,
  initializers: ReadonlyMap<string, OnnxTensor>,
  inputs: OnnxDescription["inputs"],
  inputShapes: readonly (readonly number[])[],
) {
  const read = new Set<string>();
  const kept = new Set<string>();
  const values = new Map<string, Value>();
  for (const [name, { type, shape, values: numbers }] of initializers) {
    // A number without dimensions is part of a formula, as the square root in attention is.
    const learnt = !isWhole(type) && shape.length > 0;
    values.set(name, { type, shape, values: numbers, ...(learnt && { weight: name }) });
  }
  inputs.forEach(({ name, type }, i) => {
    values.set(name, { type, tensor: input(name, [2, ...inputShapes[i]!]) });
  });
  evaluateGraph(graph, values, {
    leaf: ({ shape }) => fill(shape, 0),
    fixed: (name, why) => (why === "read" ? read : kept).add(name),
    dropout: (x) => x,
  });
  return { read, kept };
}
