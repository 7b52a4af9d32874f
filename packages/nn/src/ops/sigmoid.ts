import type { Tensor } from "../graph/tensor.js";
import { defineUnary, defineUnaryGradient } from "./unary.js";

const { make: gradient } = defineUnaryGradient({
  name: "sigmoidGradient",
  kind: "sigmoid",
  slope: (y) => y * (1 - y),
});

const { make } = defineUnary({
  name: "sigmoid",
  kind: "sigmoid",
  f: (x) => 1 / (1 + Math.exp(-x)),
  gradient: (dy, y) => gradient(y, dy, y.attributes),
});

/** y = 1 / (1 + e⁻ˣ), elementwise, any shape. dy/dx = y(1 − y). */
export function sigmoid(x: Tensor): Tensor {
  return make(x);
}
