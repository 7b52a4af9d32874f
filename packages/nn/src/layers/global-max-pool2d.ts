import type { Shape } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import { max } from "../ops/extremes.js";
import type { GlobalPool2dOptions } from "./global-pool2d.js";
import { boolean } from "./option-rules.js";
import { OverImages } from "./over-images.js";

/**
 * The greatest of each channel over all pixels; equal ones share the gradient: x [batch, channels, height, width] → y [batch, channels], or [batch, channels, 1, 1] with `keepDims`.
 * @throws {ConfigError} `not-a-boolean`. @throws {ShapeError} `image-input`.
 */
export class GlobalMaxPool2d<Kept extends boolean = false> extends OverImages {
  readonly type = "GlobalMaxPool2d";
  declare readonly keepDims: boolean;

  constructor(options: GlobalPool2dOptions<Kept> = {}) {
    super(options);
    this.take<GlobalPool2dOptions, GlobalMaxPool2d>(options, { keepDims: boolean(false) });
  }

  override outputShape(inputShape: Shape): Shape {
    const [channels] = this.requireImage(inputShape);
    return this.keepDims ? [channels, 1, 1] : [channels];
  }

  override call(x: Tensor): Tensor {
    return max(x, { axes: [2, 3], keepDims: this.keepDims });
  }
}
