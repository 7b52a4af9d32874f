import type { Tensor } from "../graph/tensor.js";
import { tanh } from "../ops/tanh.js";
import { Layer, type LayerOptions } from "./layer.js";

/** y = (eˣ − e⁻ˣ)/(eˣ + e⁻ˣ), elementwise; any shape. */
export class Tanh extends Layer {
  readonly type = "Tanh";

  constructor(options: LayerOptions = {}) {
    super(options);
    this.take(options, {});
  }

  override call(x: Tensor): Tensor {
    return tanh(x);
  }
}
