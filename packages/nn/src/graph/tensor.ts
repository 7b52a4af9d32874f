import { ConfigError } from "../errors.js";
import type { Attributes, DataType, Node, Op, Tensor } from "./op.js";
import type { Shape } from "./shape.js";

export type { Attributes, DataType, Node, Tensor } from "./op.js";

/** What one output of an op is. */
export interface OutputType {
  readonly shape: Shape;
  /** `"f32"` unless said. */
  readonly type?: DataType;
}

let nextId = 0;
let scope = "";

/**
 * Makes the only output of an op whose shape is already known to be right. Ops' own functions call this.
 * @throws {ConfigError} `labels-not-dense` for indices in an op over numbers, which would read their bits.
 */
export function makeTensor<A extends Attributes>(
  op: Op<A>,
  inputs: readonly Tensor[],
  attributes: A,
  shape: Shape,
  type: DataType = "f32",
): Tensor<A> {
  return makeTensors(op, inputs, attributes, [{ shape, type }])[0]!;
}

/** The same for an op of several outputs, of which the first says whether the op is over numbers. */
export function makeTensors<A extends Attributes>(
  op: Op<A>,
  inputs: readonly Tensor[],
  attributes: A,
  outputs: readonly OutputType[],
): readonly Tensor<A>[] {
  const kind = outputs[0]!.type ?? "f32";
  // Only a view makes what is indices itself.
  if (!op.indices && inputs.some(({ type }) => type !== kind && !(isNumeric(type) && isNumeric(kind)))) {
    throw new ConfigError(
      "labels-not-dense",
      `${op.name}: expected float32 labels, got class indices; convert them with oneHot or cast.`,
    );
  }
  const id = nextId;
  nextId += outputs.length;
  const made: Tensor<A>[] = [];
  const node: Node<A> = { id, op, inputs, attributes, outputs: made, scope };
  outputs.forEach(({ shape, type = "f32" }, index) => {
    made.push({ id: id + index, node, index, shape, type, op, inputs, attributes, scope });
  });
  return made;
}

/** Whether a type's elements are float32 in memory. */
function isNumeric(type: DataType): boolean {
  return type === "f32" || type === "bool";
}

/** Bytes that an element takes. */
export function bytesPerElement(type: DataType): number {
  return type === "u8" ? 1 : 4;
}

/** Runs `make` with every tensor that it makes marked as belonging to `name`. */
export function withScope<T>(name: string, make: () => T): T {
  const outer = scope;
  scope = name;
  try {
    return make();
  } finally {
    scope = outer;
  }
}

/** The tensors that `outputs` depend on, they themselves, and what the same nodes make beside them; inputs before users. */
export function reachable(outputs: readonly Tensor[]): Tensor[] {
  const seen = new Set<Node>();
  const open = outputs.map((tensor) => tensor.node);
  for (let node = open.pop(); node; node = open.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    for (const x of node.inputs) open.push(x.node);
  }
  return [...seen].sort((a, b) => a.id - b.id).flatMap((node) => node.outputs);
}
