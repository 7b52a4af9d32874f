import type { Tensor } from "../graph/tensor.js";
import { relu } from "../ops/relu.js";
import { Layer, type LayerOptions } from "./layer.js";

/** y = max(x, 0), elementwise; any shape. dy/dx at 0 is taken as 0. NaN passes through. */
export class ReLU extends Layer {
  readonly type = "ReLU";

  constructor(options: LayerOptions = {}) {
    super(options);
    this.take(options, {});
  }

  override call(x: Tensor): Tensor {
    return relu(x);
  }
}
