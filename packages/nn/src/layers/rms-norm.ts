import type { Shape } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import { constant } from "../initializers/constant.js";
import type { Initializer } from "../initializers/initializer.js";
import { mul } from "../ops/mul.js";
import { mean } from "../ops/reductions.js";
import { rsqrt } from "../ops/rsqrt.js";
import { addScalar } from "../ops/scale.js";
import { square } from "../ops/square.js";
import type { BuildContext } from "./context.js";
import type { LayerOptions } from "./layer.js";
import { inInterval, initializer } from "./option-rules.js";
import { PerFeature } from "./per-feature.js";
import type { Variable } from "./variable.js";

export interface RMSNormOptions extends LayerOptions {
  /** ε, in (0, ∞); default 1e-6, as in Keras. */
  readonly epsilon?: number;
  /** Default `constant(1)`. */
  readonly gammaInitializer?: Initializer;
}

/**
 * Normalization by the root of the mean square: y = γ·x/√(Σx²/n + ε) over the n features of one sample, or of one step of it. Zhang & Sennrich,
 * 2019, arXiv:1910.07467.
 *
 * x [batch, …, features] → y of the same shape, with gamma [features].
 * @throws {ConfigError} `epsilon-out-of-range`, `initializer-unknown`. @throws {ShapeError} `features-input`.
 */
export class RMSNorm extends PerFeature {
  readonly type = "RMSNorm";
  declare readonly epsilon: number;
  declare readonly gammaInitializer: Initializer;
  #gamma!: Variable;

  constructor(options: RMSNormOptions = {}) {
    super(options);
    this.take<RMSNormOptions, RMSNorm>(options, {
      epsilon: inInterval("(0, Infinity)", 1e-6),
      gammaInitializer: initializer(() => constant(1)),
    });
  }

  override build(inputShape: Shape, context: BuildContext): void {
    this.#gamma = context.parameter("gamma", [inputShape.at(-1)!], this.gammaInitializer);
  }

  override call(x: Tensor): Tensor {
    const meanSquare = mean(square(x), { axes: [-1], keepDims: true });
    return mul(mul(x, rsqrt(addScalar(meanSquare, this.epsilon))), this.#gamma.tensor);
  }
}
