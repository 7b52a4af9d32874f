import { ConfigError, requireIn, showValue } from "../errors.js";
import type { Tensor } from "../graph/tensor.js";
import { requireOptions } from "../options.js";
import type { Schedule } from "../schedules/schedule.js";
import { requireLearningRate, scheduledValue } from "../schedules/scheduled-value.js";
import type { GradientClipping } from "./clipping.js";

export interface OptimizerOptions {
  /** α: a number in [0, ∞), or a schedule. */
  readonly learningRate?: number | Schedule;
  /**
   * λ, in [0, ∞). Added to the gradient as λ·θ, as in PyTorch (AdamW: see there; Keras takes it off the parameters with every optimizer).
   * It touches biases too and is not in the loss: for a penalty on a layer's kernel use `l2`.
   */
  readonly weightDecay?: number;
  /** What keeps gradients from being too large, such as `clipByGlobalNorm(1)`; nothing by default. */
  readonly clipping?: GradientClipping;
}

/** What an update is given: n parameters that lie side by side, whichever layers they belong to, as they were before the step. */
export interface UpdateInput<Slot extends string = string, Scalar extends string = "learningRate"> {
  /** θ, [n]. */
  readonly weight: Tensor;
  /** The loss's gradient with respect to θ, [n]; λθ is in it already, unless the optimizer decays weights itself. */
  readonly gradient: Tensor;
  /** The numbers kept for each parameter, [n] each. */
  readonly slots: { readonly [name in Slot]: Tensor };
  /** The numbers that `scalars` gives for this step, [] each, as float32. */
  readonly scalars: { readonly [name in Scalar]: Tensor };
}

/** What an update makes of them, [n] each. */
export interface UpdateResult<Slot extends string = string> {
  readonly weight: Tensor;
  readonly slots: { readonly [name in Slot]: Tensor };
}

/**
 * How parameters follow their gradients. It holds no state: the slots belong to the model that is trained.
 *
 * An optimizer of one's own says its rule in elementwise ops. They run in the program of the training step, over all parameters at once, and
 * after it is known that the loss is finite. What does not change from step to step may be a plain number; what does is one of the `scalars`.
 *
 * ```ts
 * class Lion extends Optimizer {
 *   readonly slots = ["momentum"];
 *
 *   constructor(options: OptimizerOptions = {}) {
 *     super("Lion", options, { learningRate: 1e-4 });
 *   }
 *
 *   override update({ weight, gradient, slots, scalars }: UpdateInput<"momentum">): UpdateResult<"momentum"> {
 *     const mix = (old: number) => ops.add(ops.scale(slots.momentum, old), ops.scale(gradient, 1 - old));
 *     return {
 *       weight: ops.sub(weight, ops.mul(scalars.learningRate, ops.sign(mix(0.9)))),
 *       slots: { momentum: mix(0.99) },
 *     };
 *   }
 * }
 * ```
 */
export abstract class Optimizer {
  /** The names of the numbers kept for each parameter. All begin at 0 unless `slotStart` says otherwise. */
  abstract readonly slots: readonly string[];
  /** True for an `update` that sees to `weightDecay` itself, as decoupled decay does: its gradients come without λθ. */
  readonly decaysItself: boolean = false;
  readonly weightDecay: number;
  readonly clipping: GradientClipping | undefined;
  #learningRate: number | Schedule;

  /**
   * @param name What messages and checkpoints call it.
   * @param names The options besides `learningRate`, `weightDecay` and `clipping`.
   * @throws {ConfigError} `unknown-option`, `learning-rate-out-of-range`, `weight-decay-out-of-range`, `not-a-clipping`, or what a schedule finds wrong.
   */
  protected constructor(
    readonly name: string,
    options: OptimizerOptions,
    defaults: { readonly learningRate: number; readonly weightDecay?: number },
    ...names: string[]
  ) {
    requireOptions(name, options, ["learningRate", "weightDecay", "clipping", ...names]);
    this.#learningRate = options.learningRate ?? defaults.learningRate;
    this.weightDecay = options.weightDecay ?? defaults.weightDecay ?? 0;
    this.clipping = options.clipping;
    if (this.clipping && typeof this.clipping.clip !== "function") {
      throw new ConfigError(
        "not-a-clipping",
        `${name}: expected a clipping like clipByGlobalNorm(1), got ${showValue(this.clipping)}.`,
      );
    }
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

  /**
   * The rule, in ops that work element by element. It is called when a program is made, not at every step.
   * @returns The parameters, and each slot, after the step.
   */
  update?(input: UpdateInput<string, string>): UpdateResult;

  /**
   * The numbers of a step, counted from 0, that `update` is given: worked out in float64, handed over as float32, of the same names at every
   * step. By default the learning rate. For powers such as βᵗ take `pow`: `**` is not the same to the last bit on every host.
   */
  scalars(step: number): Readonly<Record<string, number>> {
    return { learningRate: this.learningRateAt(step) };
  }

  /** What a slot's numbers are before the first step. */
  slotStart(_slot: string): number {
    return 0;
  }

  /**
   * The options as plain JSON, by which a checkpoint tells whether the same run goes on: add one's own. Of an optimizer that Loam has,
   * `optimizerFromConfig(name, config())` makes the same again.
   */
  config(): Record<string, unknown> {
    const { weightDecay, clipping } = this;
    return {
      learningRate: this.#learningRate,
      weightDecay,
      ...(clipping && { clipping: clipping.config() }),
    };
  }
}
