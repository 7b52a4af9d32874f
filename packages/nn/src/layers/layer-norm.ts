import type { Shape } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import type { Initializer } from "../initializers/initializer.js";
import { Affine, type AffineOptions, affineRules } from "./affine.js";
import type { BuildContext } from "./context.js";
import { inInterval } from "./option-rules.js";
import { PerFeature } from "./per-feature.js";
import { standardize } from "./standardize.js";

export interface LayerNormOptions extends AffineOptions {
  /** ε, in (0, ∞); default 1e-5, as in PyTorch. Keras has 1e-3. */
  readonly epsilon?: number;
}

/**
 * Layer normalization: y = γ·(x − m)/√(v + ε) + β, with mean m and variance v of the features of one sample, or of one step of it. Ba et al., 2016,
 * arXiv:1607.06450.
 *
 * x [batch, …, features] → y of the same shape, with gamma and beta [features]. Over whole images see `GroupNorm` with one group.
 * @throws {ConfigError} `epsilon-out-of-range`, `not-a-boolean`, `initializer-unknown`. @throws {ShapeError} `features-input`.
 */
export class LayerNorm extends PerFeature {
  readonly type = "LayerNorm";
  declare readonly epsilon: number;
  declare readonly scale: boolean;
  declare readonly center: boolean;
  declare readonly gammaInitializer: Initializer;
  declare readonly betaInitializer: Initializer;
  #affine!: Affine;

  constructor(options: LayerNormOptions = {}) {
    super(options);
    this.take<LayerNormOptions, LayerNorm>(options, {
      epsilon: inInterval("(0, Infinity)", 1e-5),
      ...affineRules,
    });
  }

  override build(inputShape: Shape, context: BuildContext): void {
    this.#affine = new Affine(this, [inputShape.at(-1)!], context);
  }

  override call(x: Tensor): Tensor {
    return this.#affine.apply(standardize(x, [-1], this.epsilon).y);
  }
}
