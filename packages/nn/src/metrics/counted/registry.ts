import * as factories from "./index.js";

/** The metrics that are counted while a model trains, by their name, with their defaults. */
export const metricFactories = { ...factories } as const;

/** Those that text may name, beside "accuracy". */
export type MetricName = keyof typeof metricFactories;
