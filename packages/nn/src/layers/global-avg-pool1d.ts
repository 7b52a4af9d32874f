import type { Tensor } from "../graph/tensor.js";
import { div } from "../ops/div.js";
import { maximum } from "../ops/extremes.js";
import { fill } from "../ops/fill.js";
import { mul } from "../ops/mul.js";
import { mean, sum } from "../ops/reductions.js";
import { reshape } from "../ops/reshape.js";
import type { CallContext } from "./context.js";
import { GlobalPool1d } from "./global-pool1d.js";
import type { LayerOptions } from "./layer.js";

/**
 * The mean of each feature over the steps: x [batch, steps, features] → y [batch, features]. Applied to `[x, mask]`, with a mask [batch, steps] as
 * `PaddingMask` makes it, over those where it is 1: y = Σ mask·x / Σ mask, and 0 where there is none.
 * @throws {ShapeError} `steps-input`
 */
export class GlobalAvgPool1d extends GlobalPool1d {
  readonly type = "GlobalAvgPool1d";

  constructor(options: LayerOptions = {}) {
    super(options);
    this.take(options, {});
  }

  override call(_: Tensor, { inputs }: CallContext): Tensor {
    const { x, mask } = this.sequenceOf(inputs);
    if (!mask) return mean(x, { axes: [1] });
    const [batch, steps] = mask.shape as [number, number];
    const total = sum(mul(x, reshape(mask, [batch, steps, 1])), { axes: [1] });
    const count = sum(mask, { axes: [1], keepDims: true });
    return div(total, maximum(count, fill([], 1)));
  }
}
