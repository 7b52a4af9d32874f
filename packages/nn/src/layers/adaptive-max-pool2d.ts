import type { Pair } from "../graph/geometry.js";
import type { Tensor } from "../graph/tensor.js";
import { max } from "../ops/extremes.js";
import { maxPool2d } from "../ops/max-pool2d.js";
import { AdaptivePool2d } from "./adaptive-pool2d.js";

/**
 * The greatest element of each window, channel by channel, with the windows of `AdaptiveAvgPool2d`; NaN always wins.
 *
 * x [batch, channels, height, width] → y [batch, channels, outHeight, outWidth]. Of equal elements the first gets the gradient, as in `MaxPool2d`;
 * where windows differ in size, equal rows of a column share it, and then equal columns.
 * @throws {ConfigError} `output-size-not-positive`. @throws {ShapeError} `image-input`.
 */
export class AdaptiveMaxPool2d extends AdaptivePool2d {
  override get type(): "AdaptiveMaxPool2d" {
    return "AdaptiveMaxPool2d";
  }

  protected even(x: Tensor, kernelSize: Pair): Tensor {
    return maxPool2d(x, { kernelSize });
  }

  protected over(x: Tensor, axis: number): Tensor {
    return max(x, { axes: [axis], keepDims: true });
  }
}
