import { ConfigError } from "../errors.js";
import type { Op } from "./op.js";
import type { Shape } from "./shape.js";

/** What a tensor's 32-bit words are: numbers, or class indices. */
export type DataType = "f32" | "u32";

/**
 * A value that a graph will compute: an operation on other tensors. It holds no numbers.
 *
 * Tensors are made by the functions in `ops/`, never changed, and belong to no graph until something asks for them.
 */
export interface Tensor {
  /** Grows in the order of creation, so that sorting by it is a topological order. */
  readonly id: number;
  readonly op: Op;
  readonly inputs: readonly Tensor[];
  /** The op's own settings: plain values. */
  readonly attributes: Attributes;
  readonly shape: Shape;
  readonly type: DataType;
  /** The layer that made it, for messages. */
  readonly scope: string;
}

export type Attributes = Readonly<Record<string, unknown>>;

let nextId = 0;
let scope = "";

/**
 * Makes a tensor of an op whose shape is already known to be right. Ops' own functions call this.
 * @throws {ConfigError} `labels-not-dense` for class indices in an op over numbers, which would read their bits.
 */
export function makeTensor(
  op: Op,
  inputs: readonly Tensor[],
  attributes: Attributes,
  shape: Shape,
  type: DataType = "f32",
): Tensor {
  // Only a view makes what is indices itself.
  if (!op.indices && inputs.some((x) => x.type !== type)) {
    throw new ConfigError(
      "labels-not-dense",
      `${op.name}: expected float32 labels, got class indices; convert them.`,
    );
  }
  return { id: nextId++, op, inputs, attributes, shape, type, scope };
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

/** The tensors that `outputs` depend on, and they themselves, inputs before users. */
export function reachable(outputs: readonly Tensor[]): Tensor[] {
  const seen = new Set<Tensor>();
  const open = [...outputs];
  for (let tensor = open.pop(); tensor; tensor = open.pop()) {
    if (seen.has(tensor)) continue;
    seen.add(tensor);
    open.push(...tensor.inputs);
  }
  return [...seen].sort((a, b) => a.id - b.id);
}
