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
  /** Whether λ is for matrices and kernels alone, and not for biases, scales and other parameters of one axis; default false. */
  readonly decayMatricesOnly?: boolean;
  /** Other settings for some layers or parameters, by their names; the last group that names one counts. */
  readonly groups?: readonly ParameterGroup[];
  /**
   * μ, in (0, 1): keeps a moving average of the parameters, a ← μ·a + (1 − μ)·θ after every step, from what they were before the first. Validation
   * and callbacks at the end of an epoch see the average in their place, and so does the model when the fit is over, unless its signal stopped it.
   * Keras' `use_ema`; state of layers is not averaged.
   */
  readonly emaMomentum?: number;
}

/** What some parameters have otherwise, as plain JSON. */
export interface ParameterGroup {
  /** Layers (`dense1`) or parameters (`dense1/kernel`), one or several; `*` stands for any letters: `block*`, `*bias`. */
  readonly parameters: string | readonly string[];
  /** What the learning rate is multiplied by, in [0, ∞); default 1. */
  readonly learningRateFactor?: number;
  /** λ in place of the optimizer's own, in [0, ∞). */
  readonly weightDecay?: number;
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
  /** λ of these parameters: for an update that decays weights itself. */
  readonly weightDecay: number;
}

/** What an update makes of them, [n] each. */
export interface UpdateResult<Slot extends string = string> {
  readonly weight: Tensor;
  readonly slots: { readonly [name in Slot]: Tensor };
}

const COMMON: readonly (keyof OptimizerOptions)[] = [
  "learningRate",
  "weightDecay",
  "clipping",
  "decayMatricesOnly",
  "groups",
  "emaMomentum",
];

/**
 * How parameters follow their gradients. It holds no state: the slots belong to the model that is trained.
 *
 * An optimizer of one's own says its rule in elementwise ops, or in any where it is `perTensor`. They run in the program of the training step, over all parameters at once, and
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
  /** True for an `update` that sums over what it is given, for a norm: then it is called for each tensor of parameters by itself. */
  readonly perTensor: boolean = false;
  readonly weightDecay: number;
  readonly clipping: GradientClipping | undefined;
  readonly decayMatricesOnly: boolean;
  readonly groups: readonly ParameterGroup[];
  readonly emaMomentum: number | undefined;
  #learningRate: number | Schedule;

  /**
   * @param name What messages and checkpoints call it.
   * @param names The options besides those of `OptimizerOptions`.
   * @throws {ConfigError} `unknown-option`, `learning-rate-out-of-range`, `weight-decay-out-of-range`, `ema-momentum-out-of-range`, `not-a-clipping`, or
   * what a schedule finds wrong; of groups when they are first used.
   */
  protected constructor(
    readonly name: string,
    options: OptimizerOptions,
    defaults: { readonly learningRate: number; readonly weightDecay?: number },
    ...names: string[]
  ) {
    requireOptions(name, options, [...COMMON, ...names]);
    this.#learningRate = options.learningRate ?? defaults.learningRate;
    this.weightDecay = options.weightDecay ?? defaults.weightDecay ?? 0;
    this.clipping = options.clipping;
    this.decayMatricesOnly = options.decayMatricesOnly ?? false;
    this.groups = options.groups ?? [];
    this.emaMomentum = options.emaMomentum;
    if (this.emaMomentum !== undefined) requireIn(name, "emaMomentum", this.emaMomentum, "(0, 1)");
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
   * The rule, in ops that work element by element unless it is `perTensor`. It is called when a program is made, not at every step.
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
    const { weightDecay, clipping, decayMatricesOnly, groups, emaMomentum } = this;
    return {
      learningRate: this.#learningRate,
      weightDecay,
      ...(clipping && { clipping: clipping.config() }),
      ...(decayMatricesOnly && { decayMatricesOnly }),
      ...(groups.length > 0 && { groups }),
      ...(emaMomentum !== undefined && { emaMomentum }),
    };
  }
}
