export { accuracy } from "./accuracy.js";
export type { Metric, MetricVariable } from "./metric.js";
