import type { Tensor } from "../graph/tensor.js";
import { defineUnary, defineUnaryGradient } from "./unary.js";

const { make: gradient } = defineUnaryGradient({
  name: "eluGradient",
  kind: "elu",
  slope: (y, alpha) => (y > 0 ? 1 : y + alpha),
});

const { make } = defineUnary({
  name: "elu",
  kind: "elu",
  f: (x, alpha) => (x > 0 ? x : alpha * Math.expm1(x)),
  gradient: (dy, y) => gradient(y, dy, y.attributes),
});

/** y = x where x > 0, α(eˣ − 1) elsewhere (α > 0; Clevert et al., 2016, arXiv:1511.07289); elementwise, any shape. dy/dx = y + α where y ≤ 0. */
export function elu(x: Tensor, alpha: number): Tensor {
  return make(x, { alpha });
}
