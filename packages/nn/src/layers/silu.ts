import type { Tensor } from "../graph/tensor.js";
import { silu } from "../ops/silu.js";
import { Layer, type LayerOptions } from "./layer.js";

/** y = x·sigmoid(x), elementwise; any shape. Also called swish. Elfwing et al., 2017, arXiv:1702.03118. */
export class SiLU extends Layer {
  readonly type = "SiLU";

  constructor(options: LayerOptions = {}) {
    super(options);
    this.take(options, {});
  }

  override call(x: Tensor): Tensor {
    return silu(x);
  }
}
