import { requireIn } from "../errors.js";
import { KernelOptimizer } from "./kernel-optimizer.js";
import type { OptimizerOptions } from "./optimizer.js";

export interface AdamOptions extends OptimizerOptions {
  /** β₁, how much of the past the mean of the gradients keeps, in [0, 1); default 0.9. */
  readonly beta1?: number;
  /** β₂, the same for their squares, in [0, 1); default 0.999. */
  readonly beta2?: number;
  /** ε, in (0, ∞); default 1e-8. */
  readonly epsilon?: number;
}

/** The part that Adam and AdamW have in common: two means with corrected bias. */
export abstract class AdamFamily extends KernelOptimizer {
  readonly kernel = "adam";
  readonly slots = ["m", "v"] as const;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;

  protected constructor(
    name: string,
    options: AdamOptions,
    override readonly flags: { readonly decoupled: 0 | 1 },
    weightDecay: number,
  ) {
    super(name, options, { learningRate: 0.001, weightDecay }, "beta1", "beta2", "epsilon");
    this.beta1 = options.beta1 ?? 0.9;
    this.beta2 = options.beta2 ?? 0.999;
    this.epsilon = options.epsilon ?? 1e-8;
    requireIn(this.name, "beta1", this.beta1, "[0, 1)");
    requireIn(this.name, "beta2", this.beta2, "[0, 1)");
    requireIn(this.name, "epsilon", this.epsilon, "(0, Infinity)");
  }

  override kernelScalars(learningRate: number): readonly number[] {
    return [learningRate, this.beta1, this.beta2, this.epsilon];
  }

  override config(): Record<string, unknown> {
    return { ...super.config(), beta1: this.beta1, beta2: this.beta2, epsilon: this.epsilon };
  }
}

/**
 * Adam: Kingma & Ba, 2015, arXiv:1412.6980, Algorithm 1. With g the gradient of θ and t = 1, 2, …:
 *   m ← β₁m + (1 − β₁)g     v ← β₂v + (1 − β₂)g²     θ ← θ − α·m̂ / (√v̂ + ε),   m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ)
 * The slots `m` and `v` begin at 0. Defaults are the paper's, α = 0.001; ε after the bias correction, as in PyTorch.
 *
 * Keras adds its ε, 1e-7, to the root of the uncorrected v (the ε̂ of the paper's section 2): its runs are not reproduced digit for digit.
 * The lessons correct by 1 − β² instead of 1 − βᵗ, and add 1e-7 inside the root.
 * @throws {ConfigError} `beta1-out-of-range` and others, when an option is not allowed.
 */
export class Adam extends AdamFamily {
  constructor(options: AdamOptions = {}) {
    super("Adam", options, { decoupled: 0 }, 0);
  }
}
