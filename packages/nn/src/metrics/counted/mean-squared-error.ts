import { sizeOf } from "../../graph/shape.js";
import { sumSquares } from "../../ops/reductions.js";
import { scale } from "../../ops/scale.js";
import { sub } from "../../ops/sub.js";
import { targetsLike } from "../../ops/targets-like.js";
import type { Metric } from "../metric.js";

/**
 * Σ(y − t)² / n over all n numbers, counted while a model trains or is evaluated: what the loss of that name is without its penalties.
 *
 * prediction [batch, …], target of the same shape, or [batch] for [batch, 1].
 */
export function meanSquaredError(): Metric {
  return {
    name: "meanSquaredError",
    variables: { error: { shape: [] } },
    update(prediction, target) {
      const apart = sub(prediction, targetsLike("meanSquaredError", prediction, target));
      return { error: scale(sumSquares(apart), 1 / sizeOf(prediction.shape.slice(1))) };
    },
    result: ({ error }, samples) => error![0]! / samples,
  };
}
