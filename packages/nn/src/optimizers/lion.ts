import { requireIn } from "../errors.js";
import { add } from "../ops/add.js";
import { mul } from "../ops/mul.js";
import { scale } from "../ops/scale.js";
import { sign } from "../ops/sign.js";
import { sub } from "../ops/sub.js";
import { Optimizer, type OptimizerOptions, type UpdateInput, type UpdateResult } from "./optimizer.js";

export interface LionOptions extends OptimizerOptions {
  /** β₁, how much of the past the direction has, in [0, 1); default 0.9. */
  readonly beta1?: number;
  /** β₂, how much of the past the momentum keeps, in [0, 1); default 0.99. */
  readonly beta2?: number;
}

/**
 * Steps of one length in every parameter: Chen et al., 2023, arXiv:2302.06675, Algorithm 2. With g the gradient of θ:
 *   θ ← θ − α·(sign(β₁m + (1 − β₁)g) + λθ)     m ← β₂m + (1 − β₂)g
 * The slot `momentum` is m and begins at 0; α defaults to 1e-4, the paper's: a third to a tenth of what Adam would have. λ is `weightDecay`, which is
 * decoupled, default 0, and wants to be three to ten times AdamW's.
 * @throws {ConfigError} `beta1-out-of-range` and others, when an option is not allowed.
 */
export class Lion extends Optimizer {
  readonly slots = ["momentum"] as const;
  override readonly decaysItself = true;
  readonly beta1: number;
  readonly beta2: number;

  constructor(options: LionOptions = {}) {
    super("Lion", options, { learningRate: 1e-4 }, "beta1", "beta2");
    this.beta1 = options.beta1 ?? 0.9;
    this.beta2 = options.beta2 ?? 0.99;
    requireIn(this.name, "beta1", this.beta1, "[0, 1)");
    requireIn(this.name, "beta2", this.beta2, "[0, 1)");
  }

  override update({
    weight,
    gradient,
    slots,
    scalars,
    weightDecay,
  }: UpdateInput<"momentum">): UpdateResult<"momentum"> {
    const mix = (old: number) => add(scale(slots.momentum, old), scale(gradient, 1 - old));
    const direction = sign(mix(this.beta1));
    const decayed = weightDecay === 0 ? direction : add(direction, scale(weight, weightDecay));
    return {
      weight: sub(weight, mul(scalars.learningRate, decayed)),
      slots: { momentum: mix(this.beta2) },
    };
  }

  override config(): Record<string, unknown> {
    return { ...super.config(), beta1: this.beta1, beta2: this.beta2 };
  }
}
