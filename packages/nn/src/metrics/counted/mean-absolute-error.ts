import { sizeOf } from "../../graph/shape.js";
import { sumAbs } from "../../ops/reductions.js";
import { scale } from "../../ops/scale.js";
import { sub } from "../../ops/sub.js";
import { targetsLike } from "../../ops/targets-like.js";
import type { Metric } from "../metric.js";

/**
 * Σ|y − t| / n over all n numbers, in the targets' unit, counted while a model trains or is evaluated.
 *
 * prediction [batch, …], target of the same shape, or [batch] for [batch, 1].
 */
export function meanAbsoluteError(): Metric {
  return {
    name: "meanAbsoluteError",
    variables: { error: { shape: [] } },
    update(prediction, target) {
      const apart = sub(prediction, targetsLike("meanAbsoluteError", prediction, target));
      return { error: scale(sumAbs(apart), 1 / sizeOf(prediction.shape.slice(1))) };
    },
    result: ({ error }, samples) => error![0]! / samples,
  };
}
