import type { Tensor } from "../graph/tensor.js";
import { mish } from "../ops/mish.js";
import { Layer, type LayerOptions } from "./layer.js";

/** y = x·tanh(log(1 + eˣ)), elementwise; any shape. Misra, 2019, arXiv:1908.08681. */
export class Mish extends Layer {
  readonly type = "Mish";

  constructor(options: LayerOptions = {}) {
    super(options);
    this.take(options, {});
  }

  override call(x: Tensor): Tensor {
    return mish(x);
  }
}
