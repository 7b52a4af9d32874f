import type { Shape } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import type { Initializer } from "../initializers/initializer.js";
import { reshape } from "../ops/reshape.js";
import { Affine, type AffineOptions, affineRules } from "./affine.js";
import type { BuildContext } from "./context.js";
import { inInterval, positiveInteger } from "./option-rules.js";
import { channelAxis, PerChannel, type PerChannelOptions } from "./per-channel.js";
import { standardize } from "./standardize.js";

export interface GroupNormOptions extends AffineOptions, PerChannelOptions {
  /** Into how many groups the channels are parted, which it divides; 1 takes a sample as a whole, as many as there are channels takes each apart. */
  readonly groups: number;
  /** ε, in (0, ∞); default 1e-5, as in PyTorch. Keras has 1e-3. */
  readonly epsilon?: number;
}

/**
 * Group normalization: y = γ·(x − m)/√(v + ε) + β, with mean m and variance v of one sample's group of neighbouring channels, over all pixels or
 * steps; γ and β by channel. Wu & He, 2018, arXiv:1803.08494.
 *
 * x [batch, channels, …] or [batch, steps, channels], as `axis` says, → y of the same shape, with gamma and beta [channels].
 * @throws {ConfigError} `groups-not-positive`, `epsilon-out-of-range`, `axis-not-usable`, `not-a-boolean`, `initializer-unknown`.
 * @throws {ShapeError} `channels-input`, also for channels that `groups` does not divide.
 */
export class GroupNorm extends PerChannel {
  readonly type = "GroupNorm";
  declare readonly groups: number;
  declare readonly epsilon: number;
  declare readonly scale: boolean;
  declare readonly center: boolean;
  declare readonly gammaInitializer: Initializer;
  declare readonly betaInitializer: Initializer;
  #affine!: Affine;

  constructor(options: GroupNormOptions) {
    super(options);
    this.take<GroupNormOptions, GroupNorm>(options, {
      groups: positiveInteger(),
      epsilon: inInterval("(0, Infinity)", 1e-5),
      axis: channelAxis,
      ...affineRules,
    });
  }

  override outputShape(inputShape: Shape): Shape {
    const { groups } = this;
    const shape = super.outputShape(inputShape);
    if (this.channelsIn(shape) % groups === 0) return shape;
    const axis = this.axisIn(shape);
    throw this.shapeError(
      "channels-input",
      shape.map((size, i) => (i + 1 === axis ? `a multiple of ${groups}` : size)),
      shape,
      `channels come in ${groups} groups`,
    );
  }

  override build(inputShape: Shape, context: BuildContext): void {
    this.#affine = new Affine(this, [this.channelsIn(inputShape)], context);
  }

  override call(x: Tensor): Tensor {
    const channels = this.axisIn(x.shape.slice(1));
    const parted = reshape(
      x,
      x.shape.flatMap((size, axis) => (axis === channels ? [this.groups, size / this.groups] : [size])),
    );
    const within = parted.shape.map((_, axis) => axis).filter((axis) => axis !== 0 && axis !== channels);
    const { y } = standardize(parted, within, this.epsilon);
    return this.#affine.apply(reshape(y, x.shape), (vector) => this.alongChannels(vector, x));
  }
}
