import type { Tensor } from "../graph/tensor.js";
import { elementwise } from "./elementwise.js";

const withAlpha = elementwise(
  "elu",
  ["x"],
  // Where x > 0 the other branch is not taken, and is kept from overflowing.
  ({ x }, { alpha }: { alpha: number }) => x.gt(0).where(x, x.min(0).expm1().mul(alpha)),
  { gradient: (_, { y, dy }, { alpha }) => ({ x: y.gt(0).where(dy, dy.mul(y.add(alpha))) }) },
);

export const eluOp = withAlpha.op;

/** y = x where x > 0, α(eˣ − 1) elsewhere (α > 0; Clevert et al., 2016, arXiv:1511.07289); elementwise, any shape. dy/dx = y + α where y ≤ 0. */
export function elu(x: Tensor, alpha: number): Tensor {
  return withAlpha(x, { alpha });
}
