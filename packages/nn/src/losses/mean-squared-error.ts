import { mean } from "../ops/reductions.js";
import { square } from "../ops/square.js";
import { sub } from "../ops/sub.js";
import { targetsLike } from "../ops/targets-like.js";
import type { Loss } from "./loss.js";

/**
 * L = Σ(y − t)² / n over all n numbers of the batch, so dL/dy = 2(y − t)/n: the gradient of the loss that is printed.
 *
 * prediction [batch, …], target of the same shape, or [batch] for [batch, 1]. (The lessons' MSELayer leaves the 2/n out of the gradient.)
 */
export function meanSquaredError(): Loss {
  return {
    name: "meanSquaredError",
    target: "dense",
    config: () => ({}),
    call: (prediction, target) =>
      mean(square(sub(prediction, targetsLike("meanSquaredError", prediction, target)))),
  };
}
