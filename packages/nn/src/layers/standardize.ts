import type { Tensor } from "../graph/tensor.js";
import { elementwise } from "../ops/elementwise.js";
import { mean } from "../ops/reductions.js";
import { rsqrt } from "../ops/rsqrt.js";
import { addScalar } from "../ops/scale.js";

/** (x − m)². Nothing flows to m, the mean of x: what would is the sum of x − m. */
const squaredDeviation = elementwise(
  "squaredDeviation",
  ["x", "mean"],
  ({ x, mean }) => x.sub(mean).square(),
  {
    gradient: ({ x, mean }, { dy }) => ({ x: x.sub(mean).mul(dy.mul(2)) }),
  },
);

/** (x − m)·f in one formula, so that whoever needs x − m again has it from x. */
const standardized = elementwise("standardized", ["x", "mean", "factor"], ({ x, mean, factor }) =>
  x.sub(mean).mul(factor),
);

/**
 * ŷ = (x − m)/√(v + ε), with the mean m = Σx/n and the variance v = Σ(x − m)²/n over some axes. ŷ has the shape of x, m and v have size 1 along
 * these axes. The gradient is dx = (dŷ − Σdŷ/n − ŷ·Σ(dŷ·ŷ)/n)/√(v + ε): two sums that are taken in one pass.
 */
export function standardize(
  x: Tensor,
  axes: readonly number[],
  epsilon: number,
): { readonly y: Tensor; readonly mean: Tensor; readonly variance: Tensor } {
  const kept = { axes, keepDims: true };
  const m = mean(x, kept);
  const variance = mean(squaredDeviation(x, m), kept);
  return { y: standardized(x, m, rsqrt(addScalar(variance, epsilon))), mean: m, variance };
}
