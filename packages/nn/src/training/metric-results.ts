import type { Metric } from "../metrics/metric.js";
import type { MetricValues } from "../program/metric-memory.js";

/** Of each metric, by name, the numbers of its variables; those that are not finite as texts. */
export type SavedMetrics = Readonly<Record<string, Readonly<Record<string, readonly (number | string)[]>>>>;

/** The metrics' figures, by name, after so many samples. */
export function resultsOf(
  metrics: readonly Metric[],
  values: MetricValues,
  samples: number,
): Record<string, number> {
  return Object.fromEntries(
    metrics.map((metric) => [metric.name, metric.result(values[metric.name] ?? {}, samples)]),
  );
}

/** The metrics' numbers as plain JSON, which has no word for what is not finite. */
export function savedMetrics(values: MetricValues): SavedMetrics {
  const plain = (value: number) => (Number.isFinite(value) ? value : String(value));
  return mapped(values, (numbers) => Array.from(numbers, plain));
}

export function readMetrics(saved: SavedMetrics): MetricValues {
  return mapped(saved, (numbers) => Float64Array.from(numbers, Number));
}

function mapped<A, B>(
  values: Readonly<Record<string, Readonly<Record<string, A>>>>,
  to: (one: A) => B,
): Record<string, Record<string, B>> {
  return Object.fromEntries(
    Object.entries(values).map(([metric, variables]) => [
      metric,
      Object.fromEntries(Object.entries(variables).map(([name, one]) => [name, to(one)])),
    ]),
  );
}
