import { ConfigError } from "../errors.js";
import { sizeOf } from "../graph/shape.js";
import { reachable, type Tensor } from "../graph/tensor.js";
import { parameterTensor } from "../ops/leaves.js";
import { evaluateReference } from "../reference/index.js";
import { Call, type Surroundings } from "./call.js";
import type { NodeDescription, OnnxDescription } from "./description.js";
import { operators } from "./operators/index.js";
import { isKnown, type Known, type Value } from "./value.js";

/** What is computed while the graph is made: shapes and indices, no images. */
const MOST_FOLDED = 1 << 20;

/**
 * What the nodes of a graph make of the values of its inputs, weights and constants. What follows from constants alone, such as the sides of a shape,
 * is computed at once, in float64.
 * @throws {ConfigError} `onnx-unsupported`, naming all operators that Loam does not know; `onnx-graph` for a node whose inputs no node before it
 * makes. @throws {ShapeError} of the ops that do not fit.
 */
export function evaluateGraph(
  { nodes, opset }: Pick<OnnxDescription, "nodes" | "opset">,
  given: ReadonlyMap<string, Value>,
  around: Surroundings,
): ReadonlyMap<string, Value> {
  requireOperators(nodes);
  const values = new Map(given);
  for (const node of nodes) {
    const inputs = node.inputs.map((name) => (name === "" ? undefined : valueNamed(values, name, node)));
    const run = (surroundings: Surroundings) => {
      const call = new Call(node, opset, inputs, surroundings, (body, parts) => {
        const within = new Map<string, Value>([...values, ...Object.entries(body.constants)]);
        body.inputs.forEach((name, i) => {
          within.set(name, parts[i]!);
        });
        const made = evaluateGraph({ nodes: body.nodes, opset }, within, surroundings);
        return body.outputs.map((name) => valueNamed(made, name, node));
      });
      return [operators[node.operator]!(call)].flat() as readonly (Value | undefined)[];
    };
    const hasBody = Object.values(node.attributes).some(
      (value) => typeof value === "object" && "nodes" in value,
    );
    const known =
      !hasBody &&
      inputs
        .filter((value) => value !== undefined)
        .every((value) => isKnown(value) && value.weight === undefined);
    const made = (known ? folded(run) : undefined) ?? run(around);
    node.outputs.forEach((name, i) => {
      const value = made[i];
      if (name !== "" && value) values.set(name, value);
    });
  }
  return values;
}

function valueNamed(values: ReadonlyMap<string, Value>, name: string, node: NodeDescription): Value {
  const value = values.get(name);
  if (value) return value;
  throw new ConfigError(
    "onnx-graph",
    `${node.operator} "${node.name}": expected "${name}" to be an input, an initializer or what a node before it makes; the graph is not valid.`,
  );
}

/** @throws {ConfigError} `onnx-unsupported` */
export function requireOperators(nodes: readonly NodeDescription[]): void {
  const unknown = [...new Set(nodes.map(({ operator }) => operator))].filter(
    (name) => !Object.hasOwn(operators, name),
  );
  if (unknown.length === 0) return;
  const shown =
    unknown.slice(0, 8).join(", ") + (unknown.length > 8 ? ` and ${unknown.length - 8} more` : "");
  throw new ConfigError(
    "onnx-unsupported",
    `onnx: Loam does not know the operator${unknown.length > 1 ? "s" : ""} ${shown}; docs/onnx.md lists those that it knows.`,
  );
}

/** A node's outputs as numbers; undefined where that would be too much to do before a run. */
function folded(run: (around: Surroundings) => readonly (Value | undefined)[]): Value[] | undefined {
  const leaves = new Map<Tensor, Float64Array>();
  const made = run({
    leaf: ({ shape, values }: Known) => {
      const leaf = parameterTensor("constant", shape);
      leaves.set(leaf, Float64Array.from(values));
      return leaf;
    },
    fixed: () => {},
    dropout: (x) => x,
  });
  const present = made.filter((value) => value !== undefined);
  const tensors = present.flatMap((value) => (isKnown(value) ? [] : [value.tensor]));
  const size = reachable(tensors).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  if (size > MOST_FOLDED) return undefined;
  const numbers = evaluateReference(tensors, leaves);
  return present.map((value) => {
    if (isKnown(value)) return value;
    return { type: value.type, shape: value.tensor.shape, values: numbers[tensors.indexOf(value.tensor)]! };
  });
}
