export { binaryCrossEntropy } from "./binary-cross-entropy.js";
export type { Loss } from "./loss.js";
export { meanSquaredError } from "./mean-squared-error.js";
export { lossFactories, lossFromConfig } from "./registry.js";
export { softmaxCrossEntropy } from "./softmax-cross-entropy.js";
