import { pow } from "@loam/kernels-as";
import { requireIn } from "../errors.js";
import { add } from "../ops/add.js";
import { div } from "../ops/div.js";
import { maximum } from "../ops/extremes.js";
import { mul } from "../ops/mul.js";
import { addScalar, scale } from "../ops/scale.js";
import { sqrt } from "../ops/sqrt.js";
import { square } from "../ops/square.js";
import { sub } from "../ops/sub.js";
import type { AdamOptions } from "./adam.js";
import { Optimizer, type UpdateInput, type UpdateResult } from "./optimizer.js";

/**
 * Adam whose steps never grow because a mean of squares shrinks: Reddi et al., 2018, arXiv:1904.09237. With g the gradient of θ and t = 1, 2, …:
 *   m ← β₁m + (1 − β₁)g     v ← β₂v + (1 − β₂)g²     v̄ ← max(v̄, v)     θ ← θ − α·m̂ / (√(v̄/(1 − β₂ᵗ)) + ε),   m̂ = m/(1 − β₁ᵗ)
 * The slots `m`, `v` and `vMax` begin at 0; defaults are Adam's. What PyTorch and Keras have as Adam's option `amsgrad` is a class of its own here,
 * so that a page with Adam does not carry it; PyTorch's formula, and Keras' but for the place of ε.
 * @throws {ConfigError} `beta1-out-of-range` and others, when an option is not allowed.
 */
export class AMSGrad extends Optimizer {
  readonly slots = ["m", "v", "vMax"] as const;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;

  constructor(options: AdamOptions = {}) {
    super("AMSGrad", options, { learningRate: 0.001 }, "beta1", "beta2", "epsilon");
    this.beta1 = options.beta1 ?? 0.9;
    this.beta2 = options.beta2 ?? 0.999;
    this.epsilon = options.epsilon ?? 1e-8;
    requireIn(this.name, "beta1", this.beta1, "[0, 1)");
    requireIn(this.name, "beta2", this.beta2, "[0, 1)");
    requireIn(this.name, "epsilon", this.epsilon, "(0, Infinity)");
  }

  override scalars(step: number) {
    const t = step + 1;
    return {
      rate: this.learningRateAt(step) / (1 - pow(this.beta1, t)),
      correction: 1 / (1 - pow(this.beta2, t)),
    };
  }

  override update({
    weight,
    gradient,
    slots,
    scalars: { rate, correction },
  }: UpdateInput<"m" | "v" | "vMax", "rate" | "correction">): UpdateResult<"m" | "v" | "vMax"> {
    const m = add(scale(slots.m, this.beta1), scale(gradient, 1 - this.beta1));
    const v = add(scale(slots.v, this.beta2), scale(square(gradient), 1 - this.beta2));
    const vMax = maximum(slots.vMax, v);
    const size = addScalar(sqrt(mul(vMax, correction)), this.epsilon);
    return { weight: sub(weight, div(mul(rate, m), size)), slots: { m, v, vMax } };
  }

  override config(): Record<string, unknown> {
    return { ...super.config(), beta1: this.beta1, beta2: this.beta2, epsilon: this.epsilon };
  }
}
