import type { Tensor } from "../graph/tensor.js";
import { defineUnary, defineUnaryGradient } from "./unary.js";

export const { op: reluGradientOp, make: gradient } = defineUnaryGradient({
  name: "reluGradient",
  kind: "relu",
  slope: (y) => (y > 0 ? 1 : 0),
});

export const { op: reluOp, make } = defineUnary({
  name: "relu",
  kind: "relu",
  f: (x) => Math.max(x, 0),
  gradient: (dy, y) => gradient(y, dy, y.attributes),
});

/** y = max(x, 0), elementwise; any shape. dy/dx at 0 is taken as 0. NaN passes through, so that it can be reported. */
export function relu(x: Tensor): Tensor {
  return make(x);
}
