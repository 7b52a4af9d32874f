import type { Tensor } from "../graph/tensor.js";
import { defineUnary, defineUnaryGradient } from "./unary.js";

const { make: gradient } = defineUnaryGradient({
  name: "squareGradient",
  kind: "square",
  slope: (x) => 2 * x,
});

const { make } = defineUnary({
  name: "square",
  kind: "square",
  f: (x) => x * x,
  gradient: (dy, y) => gradient(y.inputs[0]!, dy, y.attributes),
});

/** y = x², elementwise, any shape. dy/dx = 2x. */
export function square(x: Tensor): Tensor {
  return make(x);
}
