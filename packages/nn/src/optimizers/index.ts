export { Adadelta, type AdadeltaOptions } from "./adadelta.js";
export { Adagrad, type AdagradOptions } from "./adagrad.js";
export { Adam, type AdamOptions } from "./adam.js";
export { AdamW } from "./adam-w.js";
export { AMSGrad } from "./amsgrad.js";
export { clipByGlobalNorm } from "./clip-by-global-norm.js";
export { clipByValue } from "./clip-by-value.js";
export type { GradientClipping } from "./clipping.js";
export { documentedLearningRates } from "./documented-learning-rates.js";
export { KernelOptimizer, type UpdateKernel } from "./kernel-optimizer.js";
export { LAMB } from "./lamb.js";
export { Lion, type LionOptions } from "./lion.js";
export { Nadam } from "./nadam.js";
export {
  Optimizer,
  type OptimizerOptions,
  type ParameterGroup,
  type UpdateInput,
  type UpdateResult,
} from "./optimizer.js";
export { type OptimizerName, optimizerClasses, optimizerFromConfig } from "./registry.js";
export { RMSprop, type RMSpropOptions } from "./rmsprop.js";
export { SGD, type SGDOptions } from "./sgd.js";
