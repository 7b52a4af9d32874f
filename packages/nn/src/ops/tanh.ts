import type { Tensor } from "../graph/tensor.js";
import { defineUnary, defineUnaryGradient } from "./unary.js";

const { make: gradient } = defineUnaryGradient({
  name: "tanhGradient",
  kind: "tanh",
  slope: (y) => 1 - y * y,
});

const { make } = defineUnary({
  name: "tanh",
  kind: "tanh",
  f: (x) => Math.tanh(x),
  gradient: (dy, y) => gradient(y, dy, y.attributes),
});

/** y = tanh x, elementwise, any shape. dy/dx = 1 − y². */
export function tanh(x: Tensor): Tensor {
  return make(x);
}
