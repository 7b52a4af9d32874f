import type { Tensor } from "../graph/tensor.js";
import { defineUnary, defineUnaryGradient } from "./unary.js";

const { make: gradient } = defineUnaryGradient({ name: "sqrtGradient", kind: "sqrt", slope: (y) => 0.5 / y });

const { make } = defineUnary({
  name: "sqrt",
  kind: "sqrt",
  f: (x) => Math.sqrt(x),
  gradient: (dy, y) => gradient(y, dy, y.attributes),
});

/** y = √x, elementwise, any shape; NaN below 0. dy/dx = 1/(2y). */
export function sqrt(x: Tensor): Tensor {
  return make(x);
}
