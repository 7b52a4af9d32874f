import { pow } from "@loam/kernels-as";
import { requireIn } from "../errors.js";
import { add } from "../ops/add.js";
import { div } from "../ops/div.js";
import { elementwise } from "../ops/elementwise.js";
import { mul } from "../ops/mul.js";
import { sumSquares } from "../ops/reductions.js";
import { addScalar, scale } from "../ops/scale.js";
import { sqrt } from "../ops/sqrt.js";
import { square } from "../ops/square.js";
import { sub } from "../ops/sub.js";
import type { AdamOptions } from "./adam.js";
import { Optimizer, type UpdateInput, type UpdateResult } from "./optimizer.js";

/** ‖θ‖/‖u‖ of the squares of these, and 1 where either is 0. */
const trustRatio = elementwise("trustRatio", ["weights", "updates"], ({ weights, updates }) =>
  weights.gt(0).where(updates.gt(0).where(weights.div(updates).sqrt(), 1), 1),
);

/**
 * Adam whose step in each tensor is as long as the tensor bears, for large batches: You et al., 2020, arXiv:1904.00962, Algorithm 2, with φ(z) = z.
 * With g the gradient of a tensor θ and t = 1, 2, …:
 *   m ← β₁m + (1 − β₁)g     v ← β₂v + (1 − β₂)g²     u = m̂ / (√v̂ + ε) + λθ     θ ← θ − α·(‖θ‖/‖u‖)·u
 * with m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ), and 1 for ‖θ‖/‖u‖ where one of them is 0, as a bias is at first. The slots `m` and `v` begin at 0; α defaults
 * to 0.001, ε to 1e-6; λ is `weightDecay`, default 0. Keras' Lamb, but for its ε of 1e-7.
 * @throws {ConfigError} `beta1-out-of-range` and others, when an option is not allowed.
 */
export class LAMB extends Optimizer {
  readonly slots = ["m", "v"] as const;
  override readonly decaysItself = true;
  override readonly perTensor = true;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;

  constructor(options: AdamOptions = {}) {
    super("LAMB", options, { learningRate: 0.001 }, "beta1", "beta2", "epsilon");
    this.beta1 = options.beta1 ?? 0.9;
    this.beta2 = options.beta2 ?? 0.999;
    this.epsilon = options.epsilon ?? 1e-6;
    requireIn(this.name, "beta1", this.beta1, "[0, 1)");
    requireIn(this.name, "beta2", this.beta2, "[0, 1)");
    requireIn(this.name, "epsilon", this.epsilon, "(0, Infinity)");
  }

  override scalars(step: number) {
    const t = step + 1;
    return {
      learningRate: this.learningRateAt(step),
      ofMean: 1 / (1 - pow(this.beta1, t)),
      ofSquares: 1 / (1 - pow(this.beta2, t)),
    };
  }

  override update({
    weight,
    gradient,
    slots,
    scalars: { learningRate, ofMean, ofSquares },
    weightDecay,
  }: UpdateInput<"m" | "v", "learningRate" | "ofMean" | "ofSquares">): UpdateResult<"m" | "v"> {
    const m = add(scale(slots.m, this.beta1), scale(gradient, 1 - this.beta1));
    const v = add(scale(slots.v, this.beta2), scale(square(gradient), 1 - this.beta2));
    const size = addScalar(sqrt(mul(v, ofSquares)), this.epsilon);
    const adam = div(mul(m, ofMean), size);
    const u = weightDecay === 0 ? adam : add(adam, scale(weight, weightDecay));
    const rate = mul(learningRate, trustRatio(sumSquares(weight), sumSquares(u)));
    return { weight: sub(weight, mul(rate, u)), slots: { m, v } };
  }

  override config(): Record<string, unknown> {
    return { ...super.config(), beta1: this.beta1, beta2: this.beta2, epsilon: this.epsilon };
  }
}
