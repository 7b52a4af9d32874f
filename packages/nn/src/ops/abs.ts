import type { Tensor } from "../graph/tensor.js";
import { defineUnary, defineUnaryGradient } from "./unary.js";

const { make: gradient } = defineUnaryGradient({
  name: "absGradient",
  kind: "abs",
  slope: (x) => Math.sign(x),
});

const { make } = defineUnary({
  name: "abs",
  kind: "abs",
  f: (x) => Math.abs(x),
  gradient: (dy, y) => gradient(y.inputs[0]!, dy, y.attributes),
});

/** y = |x|, elementwise, any shape. dy/dx is the sign of x, 0 at 0. */
export function abs(x: Tensor): Tensor {
  return make(x);
}
