import type { Tensor } from "../graph/tensor.js";
import { elementwise } from "./elementwise.js";
import { type ReduceOptions, reduce } from "./reduce.js";

/** The greater of a and b, elementwise; the shapes broadcast. Equal ones share the gradient. */
export const maximum = elementwise("maximum", ["a", "b"], ({ a, b }) => a.max(b));

/** The smaller of a and b, elementwise; the shapes broadcast. Equal ones share the gradient. */
export const minimum = elementwise("minimum", ["a", "b"], ({ a, b }) => a.min(b));

const clipped = elementwise(
  "clip",
  ["x"],
  ({ x }, { low, high }: { low: number; high: number }) => x.max(low).min(high),
  // At the ends too the gradient passes, as in PyTorch's clamp.
  { gradient: ({ x }, { dy }, { low, high }) => ({ x: x.ge(low).and(x.le(high)).where(dy, 0) }) },
);

/** y = x kept within [low, high], elementwise, any shape. */
export function clip(x: Tensor, low: number, high: number): Tensor {
  return clipped(x, { low, high });
}

/** The greatest element, of all or along some axes; equal ones share the gradient, as in PyTorch's amax. See `reduce`. */
export function max(x: Tensor, options: ReduceOptions = {}): Tensor {
  return reduce("max", x, options);
}

/** The least element, of all or along some axes; equal ones share the gradient, as in PyTorch's amin. See `reduce`. */
export function min(x: Tensor, options: ReduceOptions = {}): Tensor {
  return reduce("min", x, options);
}
