import type { Shape } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import type { ElementType } from "../io/onnx/tensor-data.js";

/** Numbers that are there while the graph is made: weights, constants, and what follows from shapes. */
export interface Known {
  readonly type: ElementType;
  readonly shape: Shape;
  readonly values: ArrayLike<number>;
  /** The initializer that it is, if its numbers may be learnt. */
  readonly weight?: string;
}

/** What a run of the graph computes. Whole numbers are float32 in memory, and so exact up to 2²⁴. */
export interface Computed {
  readonly type: ElementType;
  readonly tensor: Tensor;
}

export type Value = Known | Computed;

export function isKnown(value: Value): value is Known {
  return "values" in value;
}

export function shapeOf(value: Value): Shape {
  return isKnown(value) ? value.shape : value.tensor.shape;
}

const WHOLE: ReadonlySet<ElementType> = new Set([
  ...(["uint8", "int8", "uint16", "int16", "int32", "int64", "uint32", "uint64"] as const),
]);

export function isWhole(type: ElementType): boolean {
  return WHOLE.has(type);
}
