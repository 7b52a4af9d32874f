import { requireIn } from "../errors.js";
import { KernelOptimizer } from "./kernel-optimizer.js";
import type { OptimizerOptions } from "./optimizer.js";

export interface AdagradOptions extends OptimizerOptions {
  /** ε, in (0, ∞); default 1e-10. */
  readonly epsilon?: number;
  /** Where s begins, in [0, ∞); default 0. */
  readonly initialAccumulator?: number;
}

/**
 * Adagrad: Duchi, Hazan & Singer, 2011. With g the gradient of θ:
 *   s ← s + g²     θ ← θ − α·g / (√s + ε)
 * The slot `accumulator` is s and begins at `initialAccumulator`; α defaults to 0.01.
 *
 * PyTorch's form. Keras begins s at 0.1, has ε = 1e-7, and takes it into the root: √(s + ε). The lessons too have it inside, where it weighs
 * far more than outside. To come near Keras, set `initialAccumulator: 0.1`.
 * @throws {ConfigError} `epsilon-out-of-range` and others, when an option is not allowed.
 */
export class Adagrad extends KernelOptimizer {
  readonly kernel = "adagrad";
  readonly slots = ["accumulator"] as const;
  readonly epsilon: number;
  readonly initialAccumulator: number;

  constructor(options: AdagradOptions = {}) {
    super("Adagrad", options, { learningRate: 0.01 }, "epsilon", "initialAccumulator");
    this.epsilon = options.epsilon ?? 1e-10;
    this.initialAccumulator = options.initialAccumulator ?? 0;
    requireIn(this.name, "epsilon", this.epsilon, "(0, Infinity)");
    requireIn(this.name, "initialAccumulator", this.initialAccumulator, "[0, Infinity)");
  }

  override kernelScalars(learningRate: number): readonly number[] {
    return [learningRate, this.epsilon];
  }

  override slotStart(): number {
    return this.initialAccumulator;
  }

  override config(): Record<string, unknown> {
    return { ...super.config(), epsilon: this.epsilon, initialAccumulator: this.initialAccumulator };
  }
}
