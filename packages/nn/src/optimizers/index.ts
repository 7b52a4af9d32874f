export * from "./classes.js";
export { clipByGlobalNorm } from "./clip-by-global-norm.js";
export { clipByValue } from "./clip-by-value.js";
export type { GradientClipping } from "./clipping.js";
export { documentedLearningRates } from "./documented-learning-rates.js";
export { KernelOptimizer, type UpdateKernel } from "./kernel-optimizer.js";
export {
  Optimizer,
  type OptimizerOptions,
  type ParameterGroup,
  type UpdateInput,
  type UpdateResult,
} from "./optimizer.js";
export { type OptimizerName, optimizerClasses, optimizerFromConfig } from "./registry.js";
