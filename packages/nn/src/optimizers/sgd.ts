import { ConfigError, requireIn } from "../errors.js";
import { requireBoolean } from "../options.js";
import { KernelOptimizer } from "./kernel-optimizer.js";
import type { OptimizerOptions } from "./optimizer.js";

export interface SGDOptions extends OptimizerOptions {
  /** μ, in [0, 1); default 0. */
  readonly momentum?: number;
  /** Needs a momentum above 0; default false. */
  readonly nesterov?: boolean;
}

/**
 * Stochastic gradient descent. With g the gradient of θ:
 *   θ ← θ − α·g                                   without momentum
 *   v ← μv + g     θ ← θ − α·v                    with momentum
 *   v ← μv + g     θ ← θ − α·(g + μv)             with nesterov (Sutskever et al., 2013, as PyTorch rewrites it)
 * The slot `velocity` is v and begins at 0; α defaults to 0.01.
 *
 * PyTorch's form, with no dampening. Keras and the lessons keep α inside, v ← μv − αg and θ ← θ + v: the same path while α stays the same,
 * another once it changes. To port their v, divide it by −α.
 * @throws {ConfigError} `momentum-out-of-range`, `nesterov-without-momentum` and others, when an option is not allowed.
 */
export class SGD extends KernelOptimizer {
  readonly kernel = "sgd";
  readonly slots: readonly string[];
  override readonly flags: { readonly nesterov: 0 | 1 };
  readonly momentum: number;
  readonly nesterov: boolean;

  constructor(options: SGDOptions = {}) {
    super("SGD", options, { learningRate: 0.01 }, "momentum", "nesterov");
    this.momentum = options.momentum ?? 0;
    this.nesterov = options.nesterov ?? false;
    requireIn(this.name, "momentum", this.momentum, "[0, 1)");
    requireBoolean(this.name, "nesterov", this.nesterov);
    if (this.nesterov && this.momentum === 0) {
      throw new ConfigError(
        "nesterov-without-momentum",
        "SGD: nesterov needs a momentum above 0, got 0; set momentum, 0.9 for one.",
      );
    }
    this.slots = this.momentum > 0 ? ["velocity"] : [];
    this.flags = { nesterov: this.nesterov ? 1 : 0 };
  }

  override kernelScalars(learningRate: number): readonly number[] {
    return [learningRate, this.momentum];
  }

  override config(): Record<string, unknown> {
    return { ...super.config(), momentum: this.momentum, nesterov: this.nesterov };
  }
}
