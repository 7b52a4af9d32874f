import type { Loss } from "../losses/loss.js";
import type { Metric } from "../metrics/metric.js";
import type { Optimizer } from "../optimizers/optimizer.js";
import type { Engine, EngineOptions } from "../program/machine.js";

export interface ModelOptions extends EngineOptions {
  readonly name?: string;
  /** Decides the initial weights, the order of the samples and what dropout drops; an integer of 0 or more, default 0. */
  readonly seed?: number;
  /** An engine to share with other models; by default the model makes one of its own. */
  readonly engine?: Engine;
}

export interface CompileOptions {
  readonly optimizer: Optimizer;
  readonly loss: Loss;
  /** What is measured besides the loss: "accuracy", and metrics of one's own. */
  readonly metrics?: readonly ("accuracy" | Metric)[];
}
