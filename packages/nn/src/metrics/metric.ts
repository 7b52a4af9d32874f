import { ConfigError, showValue } from "../errors.js";
import type { Shape } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";

/** Numbers that a metric keeps from batch to batch, of its epoch or its evaluation. */
export interface MetricVariable {
  readonly shape: Shape;
  /** What each number is at first; default 0. */
  readonly start?: number;
  /**
   * How they go on: with "sum", the default, what `update` gives is added to them, in float64; with "replace" it takes their place, as float32.
   */
  readonly keeps?: "sum" | "replace";
}

/**
 * A figure of predictions and targets that is counted while a model trains or is evaluated, by ops that run in the same programs:
 *
 * ```ts
 * const meanAbsoluteError: Metric = {
 *   name: "meanAbsoluteError",
 *   variables: { error: { shape: [] } },
 *   update: (prediction, target) => ({ error: ops.sumAbs(ops.sub(prediction, target)) }),
 *   result: ({ error }, samples) => error[0] / samples,
 * };
 * model.compile({ optimizer: new Adam(), loss: meanSquaredError(), metrics: [meanAbsoluteError] });
 * ```
 *
 * A batch's own sum is a float32, whose last place is about 6e-8 of it; what adds these up is a float64, so that counts stay exact up to 2^53
 * and a million samples lose no more than one batch does. `samples` is counted exactly, apart.
 */
export interface Metric {
  /** Its key in `EpochRecord.metrics` and `Evaluation.metrics`. */
  readonly name: string;
  readonly variables: Readonly<Record<string, MetricVariable>>;
  /**
   * What the batch does to each variable, by name and in the variable's shape, as ops.
   * @param prediction The network's output [batch, …outputShape]: logits, where the last layer gives those.
   * @param target [batch] class indices (u32), or numbers [batch, …outputShape].
   * @param variables Those with `keeps: "replace"`, as they were before the batch.
   */
  update(
    prediction: Tensor,
    target: Tensor,
    variables: Readonly<Record<string, Tensor>>,
  ): Readonly<Record<string, Tensor>>;
  /** The figure, from the variables' numbers in row-major order and the count of samples seen. */
  result(values: Readonly<Record<string, Float64Array>>, samples: number): number;
}

/** @throws {ConfigError} `not-a-metric` for what is neither "accuracy" nor a metric with a name of its own. */
export function requireMetrics(metrics: readonly unknown[]): void {
  const names = new Set(["loss", "accuracy"]);
  for (const metric of metrics) {
    if (metric === "accuracy") continue;
    const { name, variables, update, result } = (metric ?? {}) as Partial<Metric>;
    const whole =
      typeof update === "function" &&
      typeof result === "function" &&
      typeof variables === "object" &&
      Object.values(variables ?? {}).every((variable) => Array.isArray(variable?.shape));
    if (whole && typeof name === "string" && name !== "" && !names.has(name)) {
      names.add(name);
      continue;
    }
    throw new ConfigError(
      "not-a-metric",
      `compile: expected metrics of "accuracy" and objects { name, variables, update, result } with names that differ, got ${showValue(whole ? name : metric)}; see Metric.`,
    );
  }
}
