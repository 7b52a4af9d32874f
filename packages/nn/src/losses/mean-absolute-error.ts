import { abs } from "../ops/abs.js";
import { mean } from "../ops/reductions.js";
import { sub } from "../ops/sub.js";
import { targetsLike } from "../ops/targets-like.js";
import type { Loss } from "./loss.js";

/**
 * L = Σ|y − t| / n over all n numbers of the batch, so dL/dy = sign(y − t)/n, taken as 0 where y = t.
 *
 * prediction [batch, …], target of the same shape, or [batch] for [batch, 1].
 */
export function meanAbsoluteError(): Loss {
  return {
    name: "meanAbsoluteError",
    target: "dense",
    config: () => ({}),
    call: (prediction, target) =>
      mean(abs(sub(prediction, targetsLike("meanAbsoluteError", prediction, target)))),
  };
}
