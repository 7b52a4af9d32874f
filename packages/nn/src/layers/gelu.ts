import type { Tensor } from "../graph/tensor.js";
import { gelu } from "../ops/gelu.js";
import { Layer, type LayerOptions } from "./layer.js";
import { boolean } from "./option-rules.js";

export interface GELUOptions extends LayerOptions {
  /** Whether to take ½x(1 + tanh(√(2/π)(x + 0.044715x³))) instead, as GPT-2 does; default false. */
  readonly approximate?: boolean;
}

/**
 * y = x·Φ(x) with Φ the normal distribution, ½(1 + erf(x/√2)); elementwise, any shape. Hendrycks & Gimpel, 2016, arXiv:1606.08415.
 * @throws {ConfigError} `not-a-boolean`
 */
export class GELU extends Layer {
  readonly type = "GELU";
  declare readonly approximate: boolean;

  constructor(options: GELUOptions = {}) {
    super(options);
    this.take<GELUOptions, GELU>(options, { approximate: boolean(false) });
  }

  override call(x: Tensor): Tensor {
    return gelu(x, { approximate: this.approximate });
  }
}
