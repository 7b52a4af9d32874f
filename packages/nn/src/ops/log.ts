import type { Tensor } from "../graph/tensor.js";
import { defineUnary, defineUnaryGradient } from "./unary.js";

const { make: gradient } = defineUnaryGradient({ name: "logGradient", kind: "log", slope: (x) => 1 / x });

const { make } = defineUnary({
  name: "log",
  kind: "log",
  f: (x) => Math.log(x),
  gradient: (dy, y) => gradient(y.inputs[0]!, dy, y.attributes),
});

/** y = ln x, elementwise, any shape; NaN below 0. dy/dx = 1/x. */
export function log(x: Tensor): Tensor {
  return make(x);
}
