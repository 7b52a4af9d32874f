// Precision, recall and F1 in one file: three quotients of the same three counts.

import { elementwise } from "../../ops/elementwise.js";
import { sum } from "../../ops/reductions.js";
import { targetsLike } from "../../ops/targets-like.js";
import { requireFinite, requireOptions } from "../../options.js";
import type { Metric } from "../metric.js";

export interface BinaryMetricOptions {
  /** Above what an output is taken as yes: 0, the default, fits logits, 0.5 what a Sigmoid gives. */
  readonly threshold?: number;
}

const counts = elementwise("yesCounts", ["y", "t"], ({ y, t }, { threshold }: { threshold: number }) => {
  const [told, is] = [y.gt(threshold), t.gt(0.5)];
  return [told.and(is).where(1, 0), told.where(1, 0), is.where(1, 0)];
});

function counted(
  name: string,
  options: BinaryMetricOptions,
  figure: (hits: number, told: number, are: number) => number,
): Metric {
  requireOptions(name, options, ["threshold"]);
  const { threshold = 0 } = options;
  requireFinite(name, "threshold", threshold);
  return {
    name,
    variables: { hits: { shape: [] }, told: { shape: [] }, are: { shape: [] } },
    update(prediction, target) {
      const [hits, told, are] = counts(prediction, targetsLike(name, prediction, target), { threshold });
      return { hits: sum(hits!), told: sum(told!), are: sum(are!) };
    },
    result: ({ hits, told, are }) => figure(hits![0]!, told![0]!, are![0]!),
  };
}

const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

/**
 * Of what is told as yes, the share that is: tp / (tp + fp), over all outputs of yes/no questions, counted while a model trains or is
 * evaluated; 0 where nothing is told as yes. For classes of which one is right see `classificationReport`.
 *
 * prediction [batch, …], target of the same shape, or [batch] for [batch, 1]; above 0.5 is yes.
 * @throws {ConfigError} `not-finite`, `unknown-option`.
 */
export function precision(options: BinaryMetricOptions = {}): Metric {
  return counted("precision", options, (hits, told) => share(hits, told));
}

/**
 * Of what is yes, the share that is told so: tp / (tp + fn); 0 where nothing is yes. Otherwise as `precision`.
 * @throws {ConfigError} `not-finite`, `unknown-option`.
 */
export function recall(options: BinaryMetricOptions = {}): Metric {
  return counted("recall", options, (hits, _, are) => share(hits, are));
}

/**
 * The harmonic mean of precision and recall: 2·tp / (2·tp + fp + fn); 0 where nothing is yes or told so. Otherwise as `precision`.
 * @throws {ConfigError} `not-finite`, `unknown-option`.
 */
export function f1Score(options: BinaryMetricOptions = {}): Metric {
  return counted("f1Score", options, (hits, told, are) => share(2 * hits, told + are));
}
