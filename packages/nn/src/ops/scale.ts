import type { Tensor } from "../graph/tensor.js";
import { elementwise } from "./elementwise.js";

const scaled = elementwise("scale", ["x"], ({ x }, { factor }: { factor: number }) => x.mul(factor));
const shifted = elementwise("addScalar", ["x"], ({ x }, { summand }: { summand: number }) => x.add(summand));

/** y = −x, elementwise, any shape. */
export const neg = elementwise("neg", ["x"], ({ x }) => x.neg());

/** y = factor·x, elementwise, any shape. */
export function scale(x: Tensor, factor: number): Tensor {
  return scaled(x, { factor });
}

/** y = x + summand, elementwise, any shape. */
export function addScalar(x: Tensor, summand: number): Tensor {
  return shifted(x, { summand });
}
