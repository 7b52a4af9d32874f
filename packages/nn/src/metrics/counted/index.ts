export { type BinaryMetricOptions, f1Score, precision, recall } from "./binary.js";
export { meanAbsoluteError } from "./mean-absolute-error.js";
export { meanSquaredError } from "./mean-squared-error.js";
export { rootMeanSquaredError } from "./root-mean-squared-error.js";
