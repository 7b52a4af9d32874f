export { binaryCrossEntropy } from "./binary-cross-entropy.js";
export {
  type BinaryFocalCrossEntropyOptions,
  binaryFocalCrossEntropy,
} from "./binary-focal-cross-entropy.js";
export { hinge } from "./hinge.js";
export { type HuberOptions, huber } from "./huber.js";
export { klDivergence } from "./kl-divergence.js";
export type { LabelSmoothing } from "./label-smoothing.js";
export { logCosh } from "./log-cosh.js";
export type { Loss } from "./loss.js";
export { meanAbsoluteError } from "./mean-absolute-error.js";
export { meanSquaredError } from "./mean-squared-error.js";
export { type LossName, lossFactories, lossFromConfig } from "./registry.js";
export { softmaxCrossEntropy } from "./softmax-cross-entropy.js";
