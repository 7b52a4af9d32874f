import { requireOneOf } from "../errors.js";
import { Adadelta } from "./adadelta.js";
import { Adagrad } from "./adagrad.js";
import { Adam } from "./adam.js";
import { AdamW } from "./adam-w.js";
import type { KernelOptimizer } from "./kernel-optimizer.js";
import { RMSprop } from "./rmsprop.js";
import { SGD } from "./sgd.js";

/** The optimizers by their `name`: what a saved configuration may name. */
export const optimizerClasses: Readonly<Record<string, new (options: never) => KernelOptimizer>> = {
  SGD,
  Adagrad,
  RMSprop,
  Adadelta,
  Adam,
  AdamW,
};

/**
 * Makes an optimizer from what `optimizer.name` and `optimizer.config()` gave.
 * @throws {ConfigError} `name-unknown`, or what the optimizer's constructor finds wrong with its options.
 */
export function optimizerFromConfig(
  name: string,
  config: Readonly<Record<string, unknown>>,
): KernelOptimizer {
  requireOneOf("optimizer", "name", name, Object.keys(optimizerClasses));
  return new optimizerClasses[name]!(config as never);
}
