import { f1Score, precision, recall } from "./binary.js";
import { meanAbsoluteError } from "./mean-absolute-error.js";
import { meanSquaredError } from "./mean-squared-error.js";
import { rootMeanSquaredError } from "./root-mean-squared-error.js";

/** The metrics that are counted while a model trains, by their name, with their defaults. */
export const metricFactories = {
  meanAbsoluteError,
  meanSquaredError,
  rootMeanSquaredError,
  precision,
  recall,
  f1Score,
} as const;

/** Those that text may name, beside "accuracy". */
export type MetricName = keyof typeof metricFactories;
