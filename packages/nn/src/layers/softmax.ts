import type { Tensor } from "../graph/tensor.js";
import { softmax } from "../ops/softmax.js";
import { Layer, type LayerOptions } from "./layer.js";

/**
 * y = eˣ / Σ eˣ along the last dimension, with the row's maximum taken out first; any shape.
 *
 * For output: as the last layer before `softmaxCrossEntropy` it is taken into the loss, which is on logits. (The lessons' SoftmaxLayer takes
 * out one maximum for the whole batch, under which rows far below it become 0/0.)
 */
export class Softmax extends Layer {
  readonly type = "Softmax";

  constructor(options: LayerOptions = {}) {
    super(options);
    this.take(options, {});
  }

  override call(x: Tensor): Tensor {
    return softmax(x);
  }
}
