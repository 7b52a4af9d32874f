import type { Tensor } from "../graph/tensor.js";
import { maxPool2d } from "../ops/max-pool2d.js";
import { Pool2d, type Pool2dOptions } from "./pool2d.js";

/**
 * The greatest element of each window, channel by channel; padding never wins, NaN always does.
 *
 * x [batch, channels, height, width] → y [batch, channels, outHeight, outWidth]. Its gradient goes to the first of equal elements.
 */
export class MaxPool2d extends Pool2d {
  override get type(): "MaxPool2d" {
    return "MaxPool2d";
  }

  constructor(options: Pool2dOptions = {}) {
    super(options);
  }

  override call(x: Tensor): Tensor {
    const { kernelSize, stride } = this;
    return maxPool2d(x, { kernelSize, stride, padding: this.pads([x.shape[2]!, x.shape[3]!]) });
  }
}
