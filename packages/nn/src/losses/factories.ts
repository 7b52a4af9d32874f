// The losses: what a saved configuration or text may name, and what the documents list. A new one is one line.
export { binaryCrossEntropy } from "./binary-cross-entropy.js";
export {
  type BinaryFocalCrossEntropyOptions,
  binaryFocalCrossEntropy,
} from "./binary-focal-cross-entropy.js";
export { hinge } from "./hinge.js";
export { type HuberOptions, huber } from "./huber.js";
export { klDivergence } from "./kl-divergence.js";
export { logCosh } from "./log-cosh.js";
export { meanAbsoluteError } from "./mean-absolute-error.js";
export { meanSquaredError } from "./mean-squared-error.js";
export { softmaxCrossEntropy } from "./softmax-cross-entropy.js";
