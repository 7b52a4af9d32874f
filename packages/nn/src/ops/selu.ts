import { elementwise } from "./elementwise.js";

/** Their λ and α, to the digits of float64: the fixed point of mean 0 and variance 1. */
const SCALE = 1.0507009873554805;
const ALPHA = 1.6732632423543772;

/** y = λx where x > 0, λα(eˣ − 1) elsewhere; elementwise, any shape. Klambauer et al., 2017, arXiv:1706.02515. dy/dx = y + λα where y ≤ 0. */
export const selu = elementwise(
  "selu",
  ["x"],
  ({ x }) => x.gt(0).where(x, x.min(0).expm1().mul(ALPHA)).mul(SCALE),
  {
    gradient: (_, { y, dy }) => ({
      x: y
        .gt(0)
        .where(SCALE, y.add(SCALE * ALPHA))
        .mul(dy),
    }),
  },
);
