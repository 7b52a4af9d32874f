import type { Mode } from "@loam/nn/sweep";
import type { Outcome } from "../training-text.js";

/** The figures by which a sweep may choose, and whether the least or the greatest is the best. */
export const METRICS = {
  accuracy: "max",
  macroF1: "max",
  r2: "max",
  loss: "min",
  perplexity: "min",
  rmse: "min",
  mae: "min",
} as const satisfies Readonly<Record<string, Mode>>;

export type MetricName = keyof typeof METRICS;

export const METRIC_NAMES = Object.keys(METRICS) as [MetricName, ...MetricName[]];

/** A run's figures by the names of metrics; those that are not one number are left out. */
export type TrialFigures = Readonly<Partial<Record<MetricName, number>>>;

/**
 * How well a run does on what it did not learn from: of a cross-validation on its fold, else on what was held out to watch it. The test set has no say: whoever
 * chooses by it no longer has one.
 */
export function trialFigures({ result, epochs }: Outcome, isFold: boolean): TrialFigures {
  const prefix = isFold ? "test" : "validation";
  const named = result as unknown as Readonly<Record<string, unknown>>;
  const figures = Object.fromEntries(
    METRIC_NAMES.map((name) => [name, named[`${prefix}${name[0]!.toUpperCase()}${name.slice(1)}`]]),
  );
  if (!isFold && figures.loss === undefined) Object.assign(figures, watchedFigures(epochs));
  return Object.fromEntries(
    Object.entries(figures).filter(([, value]) => typeof value === "number"),
  ) as TrialFigures;
}

/** Of data that `fit` set aside itself: the figures of the epoch whose validation loss was the least, which is the one that patience keeps. */
function watchedFigures(epochs: Outcome["epochs"]): TrialFigures {
  const watched = epochs.filter(({ validationLoss }) => validationLoss !== undefined);
  if (watched.length === 0) return {};
  const best = watched.reduce((a, b) => (b.validationLoss! < a.validationLoss! ? b : a));
  return {
    loss: best.validationLoss!,
    ...(best.validationAccuracy !== undefined && { accuracy: best.validationAccuracy }),
  };
}
