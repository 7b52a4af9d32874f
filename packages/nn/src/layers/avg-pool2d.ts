import type { Tensor } from "../graph/tensor.js";
import { avgPool2d } from "../ops/avg-pool2d.js";
import { boolean } from "./option-rules.js";
import { Pool2d, type Pool2dOptions } from "./pool2d.js";

export interface AvgPool2dOptions extends Pool2dOptions {
  /** Whether padding counts as zeros, as it does in PyTorch; default false, as in Keras. */
  readonly includePadding?: boolean;
}

/**
 * The mean of each window, channel by channel.
 *
 * x [batch, channels, height, width] → y [batch, channels, outHeight, outWidth].
 */
export class AvgPool2d extends Pool2d {
  override get type(): "AvgPool2d" {
    return "AvgPool2d";
  }

  declare readonly includePadding: boolean;

  constructor(options: AvgPool2dOptions = {}) {
    super(options, { includePadding: boolean(false) });
  }

  override call(x: Tensor): Tensor {
    const { kernelSize, stride, includePadding } = this;
    return avgPool2d(x, {
      kernelSize,
      stride,
      padding: this.pads([x.shape[2]!, x.shape[3]!]),
      includePadding,
    });
  }
}
