import type { Shape } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import type { Initializer } from "../initializers/initializer.js";
import { reshape } from "../ops/reshape.js";
import { Affine, type AffineOptions, affineRules } from "./affine.js";
import type { BuildContext } from "./context.js";
import { inInterval, positiveInteger } from "./option-rules.js";
import { PerChannel } from "./per-channel.js";
import { standardize } from "./standardize.js";

export interface GroupNormOptions extends AffineOptions {
  /** Into how many groups the channels are parted, which it divides; 1 takes a sample as a whole, as many as there are channels takes each apart. */
  readonly groups: number;
  /** ε, in (0, ∞); default 1e-5, as in PyTorch. Keras has 1e-3. */
  readonly epsilon?: number;
}

/**
 * Group normalization: y = γ·(x − m)/√(v + ε) + β, with mean m and variance v of one sample's group of neighbouring channels, over all pixels; γ and
 * β by channel. Wu & He, 2018, arXiv:1803.08494.
 *
 * x [batch, channels, …] → y of the same shape, with gamma and beta [channels].
 * @throws {ConfigError} `groups-not-positive`, `epsilon-out-of-range`, `not-a-boolean`, `initializer-unknown`. @throws {ShapeError} `channels-input`,
 * also for channels that `groups` does not divide.
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
      ...affineRules,
    });
  }

  override outputShape(inputShape: Shape): Shape {
    const { groups } = this;
    const shape = super.outputShape(inputShape);
    if (shape[0]! % groups === 0) return shape;
    throw this.shapeError(
      "channels-input",
      [`a multiple of ${groups}`, ...shape.slice(1)],
      shape,
      `channels come in ${groups} groups`,
    );
  }

  override build([channels]: Shape, context: BuildContext): void {
    this.#affine = new Affine(this, [channels!], context);
  }

  override call(x: Tensor): Tensor {
    const [batch, channels, ...rest] = x.shape;
    const parted = reshape(x, [batch!, this.groups, channels! / this.groups, ...rest]);
    const within = parted.shape.map((_, axis) => axis).slice(2);
    const { y } = standardize(parted, within, this.epsilon);
    return this.#affine.apply(reshape(y, x.shape), (vector) => this.alongChannels(vector, x));
  }
}
