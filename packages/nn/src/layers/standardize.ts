import type { Tensor } from "../graph/tensor.js";
import { mul } from "../ops/mul.js";
import { mean } from "../ops/reductions.js";
import { rsqrt } from "../ops/rsqrt.js";
import { addScalar } from "../ops/scale.js";
import { square } from "../ops/square.js";
import { sub } from "../ops/sub.js";

/**
 * ŷ = (x − m)/√(v + ε), with the mean m = Σx/n and the variance v = Σ(x − m)²/n over some axes. ŷ has the shape of x, m and v have size 1 along
 * these axes.
 */
export function standardize(
  x: Tensor,
  axes: readonly number[],
  epsilon: number,
): { readonly y: Tensor; readonly mean: Tensor; readonly variance: Tensor } {
  const kept = { axes, keepDims: true };
  const m = mean(x, kept);
  const centered = sub(x, m);
  const variance = mean(square(centered), kept);
  return { y: mul(centered, rsqrt(addScalar(variance, epsilon))), mean: m, variance };
}
