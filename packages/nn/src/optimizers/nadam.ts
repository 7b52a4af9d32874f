import { exp, pow } from "@loam/kernels-as";
import { requireIn } from "../errors.js";
import { add } from "../ops/add.js";
import { div } from "../ops/div.js";
import { mul } from "../ops/mul.js";
import { addScalar, scale } from "../ops/scale.js";
import { sqrt } from "../ops/sqrt.js";
import { square } from "../ops/square.js";
import { sub } from "../ops/sub.js";
import type { AdamOptions } from "./adam.js";
import { Optimizer, type UpdateInput, type UpdateResult } from "./optimizer.js";

/** ln 0.96 · 0.004: the paper's 0.96^(t/250), as PyTorch and Keras have it. */
const DECAY = -0.04082199452025517 * 0.004;

/**
 * Adam with Nesterov's momentum: Dozat, 2016. With g the gradient of θ and t = 1, 2, …:
 *   μ(t) = β₁(1 − ½·0.96^(t/250))
 *   m ← β₁m + (1 − β₁)g     v ← β₂v + (1 − β₂)g²
 *   θ ← θ − α·(μ(t+1)·m/(1 − Πᵢ₌₁..ₜ₊₁ μ(i)) + (1 − μ(t))·g/(1 − Πᵢ₌₁..ₜ μ(i))) / (√(v/(1 − β₂ᵗ)) + ε)
 * The slots `m` and `v` begin at 0; α defaults to 0.002, as in PyTorch, whose formula this is. Keras has 0.001, and 1e-7 for ε.
 * @throws {ConfigError} `beta1-out-of-range` and others, when an option is not allowed.
 */
export class Nadam extends Optimizer {
  readonly slots = ["m", "v"] as const;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Products of μ up to each t, from t = 0: what a step needs of all before it, whichever is asked for first. */
  readonly #products = [1];

  constructor(options: AdamOptions = {}) {
    super("Nadam", options, { learningRate: 0.002 }, "beta1", "beta2", "epsilon");
    this.beta1 = options.beta1 ?? 0.9;
    this.beta2 = options.beta2 ?? 0.999;
    this.epsilon = options.epsilon ?? 1e-8;
    requireIn(this.name, "beta1", this.beta1, "[0, 1)");
    requireIn(this.name, "beta2", this.beta2, "[0, 1)");
    requireIn(this.name, "epsilon", this.epsilon, "(0, Infinity)");
  }

  #momentum(t: number): number {
    return this.beta1 * (1 - 0.5 * exp(DECAY * t));
  }

  override scalars(step: number) {
    const t = step + 1;
    const products = this.#products;
    for (let i = products.length; i <= t + 1; i++) products.push(products[i - 1]! * this.#momentum(i));
    const rate = this.learningRateAt(step);
    return {
      ofMean: (rate * this.#momentum(t + 1)) / (1 - products[t + 1]!),
      ofGradient: (rate * (1 - this.#momentum(t))) / (1 - products[t]!),
      correction: 1 / (1 - pow(this.beta2, t)),
    };
  }

  override update({
    weight,
    gradient,
    slots,
    scalars: { ofMean, ofGradient, correction },
  }: UpdateInput<"m" | "v", "ofMean" | "ofGradient" | "correction">): UpdateResult<"m" | "v"> {
    const m = add(scale(slots.m, this.beta1), scale(gradient, 1 - this.beta1));
    const v = add(scale(slots.v, this.beta2), scale(square(gradient), 1 - this.beta2));
    const direction = add(mul(ofMean, m), mul(ofGradient, gradient));
    const size = addScalar(sqrt(mul(v, correction)), this.epsilon);
    return { weight: sub(weight, div(direction, size)), slots: { m, v } };
  }

  override config(): Record<string, unknown> {
    return { ...super.config(), beta1: this.beta1, beta2: this.beta2, epsilon: this.epsilon };
  }
}
