import type { Tensor } from "../graph/tensor.js";
import { softplus } from "../ops/softplus.js";
import { Layer, type LayerOptions } from "./layer.js";

/** y = log(1 + eˣ), elementwise; any shape: above 0, and about x where that is large. */
export class Softplus extends Layer {
  readonly type = "Softplus";

  constructor(options: LayerOptions = {}) {
    super(options);
    this.take(options, {});
  }

  override call(x: Tensor): Tensor {
    return softplus(x);
  }
}
