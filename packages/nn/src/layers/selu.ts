import type { Tensor } from "../graph/tensor.js";
import { selu } from "../ops/selu.js";
import { Layer, type LayerOptions } from "./layer.js";

/**
 * y = λx where x > 0, λα(eˣ − 1) elsewhere, with λ = 1.0507… and α = 1.6733…; elementwise, any shape. Klambauer et al., 2017,
 * arXiv:1706.02515, who begin with `lecunNormal`.
 */
export class SELU extends Layer {
  readonly type = "SELU";

  constructor(options: LayerOptions = {}) {
    super(options);
    this.take(options, {});
  }

  override call(x: Tensor): Tensor {
    return selu(x);
  }
}
