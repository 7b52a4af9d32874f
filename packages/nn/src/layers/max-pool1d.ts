import type { Tensor } from "../graph/tensor.js";
import { maxPool2d } from "../ops/max-pool2d.js";
import { Pool1d, type Pool1dOptions } from "./pool1d.js";

/**
 * The greatest element of each window of steps, feature by feature: y[n, t, c] = max x[n, t·stride − pad + u, c] over u from 0 to kernelSize − 1;
 * padding never wins, NaN always does.
 *
 * x [batch, steps, features] → y [batch, outSteps, features]. Its gradient goes to the first of equal elements.
 * @throws {ConfigError} `padding-not-smaller` and others, when an option is not allowed.
 * @throws {ShapeError} `steps-input` for samples that are no sequences, or have fewer steps than a window.
 */
export class MaxPool1d extends Pool1d {
  override get type(): "MaxPool1d" {
    return "MaxPool1d";
  }

  constructor(options: Pool1dOptions = {}) {
    super(options);
  }

  override call(x: Tensor): Tensor {
    return this.pooled(x, maxPool2d);
  }
}
