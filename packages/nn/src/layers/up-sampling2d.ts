import type { Pair } from "../graph/geometry.js";
import type { Shape } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import { broadcastTo } from "../ops/broadcast-to.js";
import { reshape } from "../ops/reshape.js";
import type { LayerOptions } from "./layer.js";
import { pair } from "./option-rules.js";
import { OverImages } from "./over-images.js";
import type { PairOption } from "./window.js";

export interface UpSampling2dOptions extends LayerOptions {
  /** How often each row and each column is repeated; default 2. */
  readonly size?: PairOption;
}

/**
 * Larger images, each pixel repeated ("nearest"): y[n, c, i, j] = x[n, c, ⌊i/size⌋, ⌊j/size⌋].
 *
 * x [batch, channels, height, width] → y [batch, channels, height·size, width·size].
 * @throws {ConfigError} `not-a-pair`. @throws {ShapeError} `image-input`.
 */
export class UpSampling2d extends OverImages {
  readonly type = "UpSampling2d";
  declare readonly size: Pair;

  constructor(options: UpSampling2dOptions = {}) {
    super(options);
    this.take<UpSampling2dOptions, UpSampling2d>(options, { size: pair(() => 2) });
  }

  override outputShape(inputShape: Shape): Shape {
    const [channels, height, width] = this.requireImage(inputShape);
    return [channels, height * this.size[0], width * this.size[1]];
  }

  override call(x: Tensor): Tensor {
    const [batch, channels, height, width] = x.shape as [number, number, number, number];
    const [down, across] = this.size;
    const parted = reshape(x, [batch * channels, height, 1, width, 1]);
    const repeated = broadcastTo(parted, [batch * channels, height, down, width, across]);
    return reshape(repeated, [batch, channels, height * down, width * across]);
  }
}
