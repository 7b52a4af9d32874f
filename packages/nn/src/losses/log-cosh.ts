import { elementwise } from "../ops/elementwise.js";
import { mean } from "../ops/reductions.js";
import { targetsLike } from "../ops/targets-like.js";
import type { Loss } from "./loss.js";

// cosh overflows in float32 beyond 89: |d| + log(1 + e^(−2|d|)) − log 2 does not.
const each = elementwise(
  "logCosh",
  ["y", "t"],
  ({ y, t }) => {
    const distance = y.sub(t).abs();
    return distance.add(distance.mul(-2).exp().log1p()).sub(Math.LN2);
  },
  {
    gradient: ({ y, t }, { dy }) => {
      const slope = y.sub(t).tanh().mul(dy);
      return { y: slope, t: slope.neg() };
    },
  },
);

/**
 * L = Σ log cosh(y − t) / n over all n numbers of the batch, so dL/dy = tanh(y − t)/n: about d²/2 near the target and |d| − log 2 far from it.
 * Within 1e-3 of the target the loss itself is rounded to steps of 6e-8; its gradient is not.
 *
 * prediction [batch, …], target of the same shape, or [batch] for [batch, 1].
 */
export function logCosh(): Loss {
  return {
    name: "logCosh",
    target: "dense",
    config: () => ({}),
    call: (prediction, target) => mean(each(prediction, targetsLike("logCosh", prediction, target))),
  };
}
