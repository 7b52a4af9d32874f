import type { Tensor } from "../graph/tensor.js";
import { defineUnary, defineUnaryGradient } from "./unary.js";

const { make: gradient } = defineUnaryGradient({
  name: "leakyReluGradient",
  kind: "leaky_relu",
  slope: (y, slope) => (y > 0 ? 1 : slope),
});

const { make } = defineUnary({
  name: "leakyRelu",
  kind: "leaky_relu",
  f: (x, slope) => (x > 0 ? x : slope * x),
  gradient: (dy, y) => gradient(y, dy, y.attributes),
});

/** y = x where x > 0, slope·x elsewhere (0 < slope, so that the sign of y tells that of x); elementwise, any shape. */
export function leakyRelu(x: Tensor, slope: number): Tensor {
  return make(x, { alpha: slope });
}
