import type { Tensor } from "../graph/tensor.js";
import { hardSwish } from "../ops/hard-swish.js";
import { Layer, type LayerOptions } from "./layer.js";

/** y = x·min(max(x + 3, 0), 6)/6, elementwise; any shape: SiLU in straight lines. Howard et al., 2019, arXiv:1905.02244. */
export class HardSwish extends Layer {
  readonly type = "HardSwish";

  constructor(options: LayerOptions = {}) {
    super(options);
    this.take(options, {});
  }

  override call(x: Tensor): Tensor {
    return hardSwish(x);
  }
}
