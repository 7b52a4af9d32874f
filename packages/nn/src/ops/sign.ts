import type { Tensor } from "../graph/tensor.js";
import { fill } from "./fill.js";
import { defineUnary } from "./unary.js";

const { make } = defineUnary({
  name: "sign",
  kind: "sign",
  f: (x) => Math.sign(x),
  gradient: (_, y) => fill(y.shape, 0),
});

/** y = −1, 0 or 1 by the sign of x, elementwise, any shape; its gradient is taken as 0. */
export function sign(x: Tensor): Tensor {
  return make(x);
}
