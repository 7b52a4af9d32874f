import type { ElementType } from "../io/onnx/tensor-data.js";

/** A graph of ONNX as plain JSON, without the numbers that are learnt: what the layer that runs it is made of. */
export interface OnnxDescription {
  /** The version of ONNX's operators. */
  readonly opset: number;
  readonly inputs: readonly InputDescription[];
  /** The value that comes out. */
  readonly output: string;
  readonly nodes: readonly NodeDescription[];
  /** Initializers that are no weights: shapes, axes, indices. */
  readonly constants: Readonly<Record<string, ConstantDescription>>;
  readonly weights: readonly WeightDescription[];
}

export interface InputDescription {
  readonly name: string;
  readonly type: ElementType;
}

/** An initializer whose numbers are variables of the model: learnt, or averages that a node keeps. */
export interface WeightDescription {
  readonly name: string;
  readonly shape: readonly number[];
  readonly trained: boolean;
}

export interface NodeDescription {
  /** `Conv`; with its domain before it, `com.example.Conv`, where that is not ONNX's own. */
  readonly operator: string;
  readonly name: string;
  /** Names of values; "" for one that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, AttributeDescription>>;
}

export type AttributeDescription =
  | (number | string | readonly number[] | readonly string[])
  | (ConstantDescription | BodyDescription);

/** A graph in an attribute, as that of a loop's step: it sees the values around it. */
export interface BodyDescription {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly nodes: readonly NodeDescription[];
  readonly constants: Readonly<Record<string, ConstantDescription>>;
}

export interface ConstantDescription {
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/** The values that a node needs from around it, those of graphs in its attributes included. */
export function readsOf({ inputs, attributes }: NodeDescription): string[] {
  const inner = Object.values(attributes).flatMap((value) => {
    if (typeof value !== "object" || !("nodes" in value)) return [];
    return [...value.nodes.flatMap(readsOf), ...value.outputs];
  });
  return [...inputs, ...inner];
}
