export { accuracy } from "./accuracy.js";
export {
  type ClassFigures,
  type ClassificationReport,
  classificationReport,
} from "./classification-report.js";
export { type ConfusionMatrix, confusionMatrix } from "./confusion-matrix.js";
export type { Metric, MetricVariable } from "./metric.js";
export { type RegressionReport, regressionReport } from "./regression-report.js";
export { rocAuc } from "./roc-auc.js";
export { topKAccuracy } from "./top-k-accuracy.js";
