import { requireIn } from "../errors.js";
import { KernelOptimizer } from "./kernel-optimizer.js";
import type { OptimizerOptions } from "./optimizer.js";

export interface AdadeltaOptions extends OptimizerOptions {
  /** ρ, how much of the past both means keep, in [0, 1); default 0.9. */
  readonly rho?: number;
  /** ε, in (0, ∞); default 1e-6. It sets the size of the first steps. */
  readonly epsilon?: number;
}

/**
 * Adadelta: Zeiler, 2012, arXiv:1212.5701. With g the gradient of θ:
 *   s ← ρs + (1 − ρ)g²     Δ = g·√(u + ε) / √(s + ε)     u ← ρu + (1 − ρ)Δ²     θ ← θ − α·Δ
 * The slots `meanSquare` and `meanSquareUpdate` are s and u and begin at 0. The paper has no α, and 1 is the default, as in PyTorch.
 *
 * Keras has α = 0.001, ρ = 0.95 and ε = 1e-7: a thousandth of the paper's step. The lessons' is the paper's, with ρ called γ.
 * @throws {ConfigError} `rho-out-of-range` and others, when an option is not allowed.
 */
export class Adadelta extends KernelOptimizer {
  readonly kernel = "adadelta";
  readonly slots = ["meanSquare", "meanSquareUpdate"] as const;
  readonly rho: number;
  readonly epsilon: number;

  constructor(options: AdadeltaOptions = {}) {
    super("Adadelta", options, { learningRate: 1 }, "rho", "epsilon");
    this.rho = options.rho ?? 0.9;
    this.epsilon = options.epsilon ?? 1e-6;
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
