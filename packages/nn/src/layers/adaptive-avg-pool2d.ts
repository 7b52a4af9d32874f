import type { Pair } from "../graph/geometry.js";
import type { Tensor } from "../graph/tensor.js";
import { avgPool2d } from "../ops/avg-pool2d.js";
import { mean } from "../ops/reductions.js";
import { AdaptivePool2d } from "./adaptive-pool2d.js";

/**
 * The mean of each window, channel by channel, with as many windows as `outputSize` says: the one at i goes from ⌊i·in/out⌋ to before ⌈(i + 1)·in/out⌉,
 * as in PyTorch. Where `in` is no multiple of `out` they overlap by a pixel, and where `out` is the greater one pixels are repeated.
 *
 * x [batch, channels, height, width] → y [batch, channels, outHeight, outWidth].
 * @throws {ConfigError} `output-size-not-positive`. @throws {ShapeError} `image-input`.
 */
export class AdaptiveAvgPool2d extends AdaptivePool2d {
  override get type(): "AdaptiveAvgPool2d" {
    return "AdaptiveAvgPool2d";
  }

  protected even(x: Tensor, kernelSize: Pair): Tensor {
    return avgPool2d(x, { kernelSize });
  }

  protected over(x: Tensor, axis: number): Tensor {
    return mean(x, { axes: [axis], keepDims: true });
  }
}
