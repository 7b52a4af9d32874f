import type { Shape } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import { constant } from "../initializers/constant.js";
import type { Initializer } from "../initializers/initializer.js";
import { elementwise } from "../ops/elementwise.js";
import type { BuildContext } from "./context.js";
import { initializer } from "./option-rules.js";
import { channelAxis, PerChannel, type PerChannelOptions } from "./per-channel.js";
import type { Variable } from "./variable.js";

export interface PReLUOptions extends PerChannelOptions {
  /** What the slopes begin with; default `constant(0.25)`, as in the paper and PyTorch. Keras begins with 0. */
  readonly alphaInitializer?: Initializer;
}

const prelu = elementwise("prelu", ["x", "alpha"], ({ x, alpha }) => x.gt(0).where(x, x.mul(alpha)));

/**
 * y = x where x > 0, α·x elsewhere, with a slope α for each channel that is learnt. He et al., 2015, arXiv:1502.01852.
 *
 * x [batch, channels, …] or [batch, steps, channels], as `axis` says, → y of the same shape, with alpha [channels]: of vectors [batch, features],
 * each feature has its own.
 * @throws {ConfigError} `initializer-unknown`, `axis-not-usable`. @throws {ShapeError} `channels-input` for samples that are single numbers.
 */
export class PReLU extends PerChannel {
  readonly type = "PReLU";
  declare readonly alphaInitializer: Initializer;
  #alpha!: Variable;

  constructor(options: PReLUOptions = {}) {
    super(options);
    this.take<PReLUOptions, PReLU>(options, {
      alphaInitializer: initializer(() => constant(0.25)),
      axis: channelAxis,
    });
  }

  override build(inputShape: Shape, context: BuildContext): void {
    this.#alpha = context.parameter("alpha", [this.channelsIn(inputShape)], this.alphaInitializer);
  }

  override call(x: Tensor): Tensor {
    return prelu(x, this.alongChannels(this.#alpha.tensor, x));
  }
}
