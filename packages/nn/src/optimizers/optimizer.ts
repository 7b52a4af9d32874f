import { requireIn } from "../errors.js";
import { requireOptions } from "../options.js";
import type { Schedule } from "../schedules/schedule.js";
import { requireLearningRate, scheduledValue } from "../schedules/scheduled-value.js";

export interface OptimizerOptions {
  /** α: a number in [0, ∞), or a schedule. */
  readonly learningRate?: number | Schedule;
  /**
   * λ, in [0, ∞). Added to the gradient as λ·θ, as in PyTorch (AdamW: see there; Keras takes it off the parameters with every optimizer).
   * It touches biases too and is not in the loss: for a penalty on a layer's kernel use `l2`.
   */
  readonly weightDecay?: number;
}

/** The update instructions that the kernels have. */
export type UpdateKernel = "sgd" | "adagrad" | "rmsprop" | "adadelta" | "adam";

/**
 * How parameters follow their gradients: numbers, and the name of the kernel that uses them. It holds no state: the slots belong to the
 * model that is trained.
 */
export abstract class Optimizer {
  abstract readonly kernel: UpdateKernel;
  /** The numbers kept for each parameter, as the kernel's arguments are called. All begin at 0 unless `slotStart` says otherwise. */
  abstract readonly slots: readonly string[];
  /** Further arguments of the kernel. */
  readonly flags: Readonly<Record<string, number>> = {};
  readonly weightDecay: number;
  #learningRate: number | Schedule;

  protected constructor(
    readonly name: string,
    options: OptimizerOptions,
    defaults: { readonly learningRate: number; readonly weightDecay?: number },
    ...names: string[]
  ) {
    requireOptions(name, options, ["learningRate", "weightDecay", ...names]);
    this.#learningRate = options.learningRate ?? defaults.learningRate;
    this.weightDecay = options.weightDecay ?? defaults.weightDecay ?? 0;
    requireLearningRate(name, "learningRate", this.#learningRate);
    requireIn(name, "weightDecay", this.weightDecay, "[0, Infinity)");
  }

  /** May be set between two steps. */
  get learningRate(): number | Schedule {
    return this.#learningRate;
  }

  set learningRate(rate: number | Schedule) {
    requireLearningRate(this.name, "learningRate", rate);
    this.#learningRate = rate;
  }

  /** α at a step, counted from 0. */
  learningRateAt(step: number): number {
    return scheduledValue(this.#learningRate, step);
  }

  /** The kernel's float64 numbers, the learning rate first. */
  abstract scalars(learningRate: number): readonly number[];

  /** What a slot's numbers are before the first step. */
  slotStart(_slot: string): number {
    return 0;
  }

  /** The options as plain JSON: `optimizerFromConfig(name, config())` makes the same optimizer. */
  config(): Record<string, unknown> {
    return { learningRate: this.#learningRate, weightDecay: this.weightDecay };
  }
}
