import { requireIn } from "../errors.js";
import { KernelOptimizer } from "./kernel-optimizer.js";
import type { OptimizerOptions } from "./optimizer.js";

export interface RMSpropOptions extends OptimizerOptions {
  /** ρ, how much of the past the mean keeps, in [0, 1); default 0.9. */
  readonly rho?: number;
  /** ε, in (0, ∞); default 1e-8. */
  readonly epsilon?: number;
}

/**
 * RMSprop: Tieleman & Hinton, 2012, lecture 6.5. With g the gradient of θ:
 *   s ← ρs + (1 − ρ)g²     θ ← θ − α·g / (√s + ε)
 * The slot `meanSquare` is s and begins at 0; α defaults to 0.001.
 *
 * ε outside the root, as in PyTorch; ρ = 0.9 as in the lecture, Keras and the lessons (their γ), where PyTorch calls it alpha and has 0.99,
 * and α = 0.01. Keras and the lessons have ε = 1e-7 inside the root, √(s + ε): to come near them, set `epsilon: 3e-4`, its root.
 * @throws {ConfigError} `rho-out-of-range` and others, when an option is not allowed.
 */
export class RMSprop extends KernelOptimizer {
  readonly kernel = "rmsprop";
  readonly slots = ["meanSquare"] as const;
  readonly rho: number;
  readonly epsilon: number;

  constructor(options: RMSpropOptions = {}) {
    super("RMSprop", options, { learningRate: 0.001 }, "rho", "epsilon");
    this.rho = options.rho ?? 0.9;
    this.epsilon = options.epsilon ?? 1e-8;
    requireIn(this.name, "rho", this.rho, "[0, 1)");
    requireIn(this.name, "epsilon", this.epsilon, "(0, Infinity)");
  }

  override kernelScalars(learningRate: number): readonly number[] {
    return [learningRate, this.rho, this.epsilon];
  }

  override config(): Record<string, unknown> {
    return { ...super.config(), rho: this.rho, epsilon: this.epsilon };
  }
}
