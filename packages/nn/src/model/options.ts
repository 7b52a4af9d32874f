import type { Loss } from "../losses/loss.js";
import type { LossName } from "../losses/registry.js";
import type { MetricName } from "../metrics/counted/registry.js";
import type { Metric } from "../metrics/metric.js";
import type { Optimizer } from "../optimizers/optimizer.js";
import type { OptimizerName } from "../optimizers/registry.js";
import type { Engine, EngineOptions } from "../program/machine.js";

export interface ModelOptions extends EngineOptions {
  readonly name?: string;
  /** Decides the initial weights, the order of the samples and what dropout drops; an integer of 0 or more, default 0. */
  readonly seed?: number;
  /** An engine to share with other models; by default the model makes one of its own. */
  readonly engine?: Engine;
}

export interface CompileOptions {
  /** Such as `new Adam({ learningRate: 0.01 })`, or its name, "adam", for its defaults. */
  readonly optimizer: Optimizer | OptimizerName;
  /** Such as `huber({ delta: 2 })`, or its name, "huber", for its defaults. */
  readonly loss: Loss | LossName;
  /** What is measured besides the loss: "accuracy", those of `metrics` or their names, and metrics of one's own. */
  readonly metrics?: readonly ("accuracy" | MetricName | Metric)[];
}

/** The same where every name has become what it stands for. */
export interface CompiledParts {
  readonly optimizer: Optimizer;
  readonly loss: Loss;
  readonly metrics?: readonly ("accuracy" | Metric)[];
}
