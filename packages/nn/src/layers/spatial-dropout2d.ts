import type { Shape } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import { dropout } from "../ops/dropout.js";
import { fill } from "../ops/fill.js";
import { mul } from "../ops/mul.js";
import type { CallContext } from "./context.js";
import type { DropoutOptions } from "./dropout.js";
import { inInterval } from "./option-rules.js";
import { OverImages } from "./over-images.js";

/**
 * Dropout of whole channels: while training, each channel of each sample is dropped with probability `rate`, all its pixels together, and else
 * multiplied by 1/(1 − rate); otherwise y = x. Tompson et al., 2015, arXiv:1411.4280.
 *
 * x [batch, channels, height, width] → y of the same shape.
 * @throws {ConfigError} `rate-out-of-range`. @throws {ShapeError} `image-input`.
 */
export class SpatialDropout2d extends OverImages {
  readonly type = "SpatialDropout2d";
  declare readonly rate: number;

  constructor(options: DropoutOptions) {
    super(options);
    this.take<DropoutOptions, SpatialDropout2d>(options, { rate: inInterval("[0, 1)") });
  }

  override outputShape(inputShape: Shape): Shape {
    this.requireImage(inputShape);
    return inputShape;
  }

  override call(x: Tensor, context: CallContext): Tensor {
    const { rate } = this;
    if (!context.training || rate === 0) return x;
    const [batch, channels] = x.shape as [number, number];
    const kept = dropout(fill([batch, channels, 1, 1], 1), { rate, stream: context.stream() });
    return mul(x, kept);
  }
}
