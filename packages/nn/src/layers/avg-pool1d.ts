import type { Tensor } from "../graph/tensor.js";
import { avgPool2d } from "../ops/avg-pool2d.js";
import { boolean } from "./option-rules.js";
import { Pool1d, type Pool1dOptions } from "./pool1d.js";

export interface AvgPool1dOptions extends Pool1dOptions {
  /** Whether padding counts as zeros, as it does in PyTorch; default false, as in Keras. */
  readonly includePadding?: boolean;
}

/**
 * The mean of each window of steps, feature by feature: y[n, t, c] = Σ x[n, t·stride − pad + u, c] / count over u from 0 to kernelSize − 1, where
 * the count is that of the steps inside the sequence, or kernelSize with `includePadding`.
 *
 * x [batch, steps, features] → y [batch, outSteps, features].
 * @throws {ConfigError} `padding-not-smaller` and others, when an option is not allowed.
 * @throws {ShapeError} `steps-input` for samples that are no sequences, or have fewer steps than a window.
 */
export class AvgPool1d extends Pool1d {
  override get type(): "AvgPool1d" {
    return "AvgPool1d";
  }

  declare readonly includePadding: boolean;

  constructor(options: AvgPool1dOptions = {}) {
    super(options, { includePadding: boolean(false) });
  }

  override call(x: Tensor): Tensor {
    const { includePadding } = this;
    return this.pooled(x, (image, window) => avgPool2d(image, { ...window, includePadding }));
  }
}
