import type { Tensor } from "../graph/tensor.js";
import { add } from "../ops/add.js";
import { randomNormal } from "../ops/random-normal.js";
import { scale } from "../ops/scale.js";
import type { CallContext } from "./context.js";
import { Layer, type LayerOptions } from "./layer.js";
import { inInterval } from "./option-rules.js";

export interface GaussianNoiseOptions extends LayerOptions {
  /** Standard deviation of the noise, at least 0. */
  readonly stddev: number;
}

/**
 * Noise against overfitting: while training, y = x + stddev·z with z from N(0, 1), a function of seed, step and element; otherwise y = x. Any shape.
 * @throws {ConfigError} `stddev-out-of-range`
 */
export class GaussianNoise extends Layer {
  readonly type = "GaussianNoise";
  declare readonly stddev: number;

  constructor(options: GaussianNoiseOptions) {
    super(options);
    this.take<GaussianNoiseOptions, GaussianNoise>(options, { stddev: inInterval("[0, Infinity)") });
  }

  override call(x: Tensor, context: CallContext): Tensor {
    const { stddev } = this;
    if (!context.training || stddev === 0) return x;
    return add(x, scale(randomNormal(x.shape, { stream: context.stream() }), stddev));
  }
}
