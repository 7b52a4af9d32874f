// The optimizers: what a saved configuration may name by its `name`, text in lower case, and the documents list. A new one is one line.
export { Adadelta, type AdadeltaOptions } from "./adadelta.js";
export { Adagrad, type AdagradOptions } from "./adagrad.js";
export { Adam, type AdamOptions } from "./adam.js";
export { AdamW } from "./adam-w.js";
export { AMSGrad } from "./amsgrad.js";
export { LAMB } from "./lamb.js";
export { Lion, type LionOptions } from "./lion.js";
export { Nadam } from "./nadam.js";
export { RMSprop, type RMSpropOptions } from "./rmsprop.js";
export { SGD, type SGDOptions } from "./sgd.js";
