import type { Metric } from "../metric.js";
import { meanSquaredError } from "./mean-squared-error.js";

/**
 * √(Σ(y − t)² / n) over all n numbers, in the targets' unit, counted while a model trains or is evaluated. The root is that of the whole epoch's
 * mean, not the mean of the batches' roots.
 *
 * prediction [batch, …], target of the same shape, or [batch] for [batch, 1].
 */
export function rootMeanSquaredError(): Metric {
  const squared = meanSquaredError();
  return {
    ...squared,
    name: "rootMeanSquaredError",
    result: (values, samples) => Math.sqrt(squared.result(values, samples)),
  };
}
