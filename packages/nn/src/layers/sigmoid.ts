import type { Tensor } from "../graph/tensor.js";
import { sigmoid } from "../ops/sigmoid.js";
import { Layer, type LayerOptions } from "./layer.js";

/** y = 1/(1 + e⁻ˣ), elementwise; any shape. As the last layer before `binaryCrossEntropy` it is taken into the loss, which is stable. */
export class Sigmoid extends Layer {
  readonly type = "Sigmoid";

  constructor(options: LayerOptions = {}) {
    super(options);
    this.take(options, {});
  }

  override call(x: Tensor): Tensor {
    return sigmoid(x);
  }
}
