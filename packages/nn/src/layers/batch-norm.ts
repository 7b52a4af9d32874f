import type { Shape } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import { constant } from "../initializers/constant.js";
import type { Initializer } from "../initializers/initializer.js";
import { zeros } from "../initializers/zeros.js";
import { add } from "../ops/add.js";
import { mul } from "../ops/mul.js";
import { reshape } from "../ops/reshape.js";
import { rsqrt } from "../ops/rsqrt.js";
import { addScalar, scale } from "../ops/scale.js";
import { sub } from "../ops/sub.js";
import { Affine, type AffineOptions, affineRules } from "./affine.js";
import type { BuildContext, CallContext } from "./context.js";
import { inInterval } from "./option-rules.js";
import { channelAxis, PerChannel, type PerChannelOptions } from "./per-channel.js";
import { standardize } from "./standardize.js";
import type { Variable } from "./variable.js";

export interface BatchNormOptions extends AffineOptions, PerChannelOptions {
  /** How much of the moving averages a step keeps, in [0, 1), as Keras has it; default 0.9. PyTorch's momentum is what it takes in: 1 − this. */
  readonly momentum?: number;
  /** ε, in (0, ∞); default 1e-5, as in PyTorch. Keras has 1e-3. */
  readonly epsilon?: number;
}

/**
 * Batch normalization: y = γ·(x − m)/√(v + ε) + β, channel by channel. Ioffe & Szegedy, 2015, arXiv:1502.03167.
 *
 * While training, m and v are mean and variance (Σ(x − m)²/n) of the channel over the batch, and over the pixels of images or the steps of
 * sequences; the moving averages follow, average ← momentum·average + (1 − momentum)·new. Otherwise m and v are these averages, which begin at 0 and 1.
 * x [batch, channels, …] or [batch, steps, channels], as `axis` says, → y of the same shape, with gamma and beta [channels], and as state
 * movingMean and movingVariance [channels].
 *
 * With `trainable: false` it uses the averages in training too, and leaves them as they are, as Keras does.
 * Defaults are PyTorch's, in Keras' terms; Keras has momentum 0.99. As in Keras, the moving variance is that of the batch; PyTorch keeps n/(n − 1)
 * times as much.
 * @throws {ConfigError} `momentum-out-of-range`, `epsilon-out-of-range`, `axis-not-usable`, `not-a-boolean`, `initializer-unknown`.
 * @throws {ShapeError} `channels-input`.
 */
export class BatchNorm extends PerChannel {
  readonly type = "BatchNorm";
  declare readonly momentum: number;
  declare readonly epsilon: number;
  declare readonly scale: boolean;
  declare readonly center: boolean;
  declare readonly gammaInitializer: Initializer;
  declare readonly betaInitializer: Initializer;
  #affine!: Affine;
  #mean!: Variable;
  #variance!: Variable;

  constructor(options: BatchNormOptions = {}) {
    super(options);
    this.take<BatchNormOptions, BatchNorm>(options, {
      momentum: inInterval("[0, 1)", 0.9),
      epsilon: inInterval("(0, Infinity)", 1e-5),
      axis: channelAxis,
      ...affineRules,
    });
  }

  override build(inputShape: Shape, context: BuildContext): void {
    const shape = [this.channelsIn(inputShape)];
    this.#affine = new Affine(this, shape, context);
    this.#mean = context.state("movingMean", shape, zeros());
    this.#variance = context.state("movingVariance", shape, constant(1));
  }

  override call(x: Tensor, context: CallContext): Tensor {
    const spread = (vector: Tensor) => this.alongChannels(vector, x);
    if (!context.training || !this.trainable) {
      const factor = rsqrt(addScalar(this.#variance.tensor, this.epsilon));
      return this.#affine.apply(mul(sub(x, spread(this.#mean.tensor)), spread(factor)), spread);
    }
    const channels = this.axisIn(x.shape.slice(1));
    const others = x.shape.map((_, axis) => axis).filter((axis) => axis !== channels);
    const { y, mean, variance } = standardize(x, others, this.epsilon);
    this.#follow(this.#mean, mean, context);
    this.#follow(this.#variance, variance, context);
    return this.#affine.apply(y, spread);
  }

  #follow(average: Variable, now: Tensor, context: CallContext): void {
    const { momentum } = this;
    const value = reshape(now, average.shape);
    context.assign(average, add(scale(average.tensor, momentum), scale(value, 1 - momentum)));
  }
}
