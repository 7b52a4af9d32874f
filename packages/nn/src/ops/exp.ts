import type { Tensor } from "../graph/tensor.js";
import { defineUnary, defineUnaryGradient } from "./unary.js";

const { make: gradient } = defineUnaryGradient({ name: "expGradient", kind: "exp", slope: (y) => y });

const { make } = defineUnary({
  name: "exp",
  kind: "exp",
  f: (x) => Math.exp(x),
  gradient: (dy, y) => gradient(y, dy, y.attributes),
});

/** y = eˣ, elementwise, any shape. dy/dx = y. */
export function exp(x: Tensor): Tensor {
  return make(x);
}
