export { Adadelta, type AdadeltaOptions } from "./adadelta.js";
export { Adagrad, type AdagradOptions } from "./adagrad.js";
export { Adam, type AdamOptions } from "./adam.js";
export { AdamW } from "./adam-w.js";
export { documentedLearningRates } from "./documented-learning-rates.js";
export { Optimizer, type OptimizerOptions, type UpdateKernel } from "./optimizer.js";
export { optimizerClasses, optimizerFromConfig } from "./registry.js";
export { RMSprop, type RMSpropOptions } from "./rmsprop.js";
export { SGD, type SGDOptions } from "./sgd.js";
