import type { Tensor } from "../graph/tensor.js";
import { elu } from "../ops/elu.js";
import { Layer, type LayerOptions } from "./layer.js";
import { inInterval } from "./option-rules.js";

export interface ELUOptions extends LayerOptions {
  /** What y goes to as x goes to −∞, negated; in (0, ∞), default 1. */
  readonly alpha?: number;
}

/**
 * y = x where x > 0, α(eˣ − 1) elsewhere; elementwise, any shape. Clevert et al., 2016, arXiv:1511.07289.
 * @throws {ConfigError} `alpha-out-of-range`
 */
export class ELU extends Layer {
  readonly type = "ELU";
  declare readonly alpha: number;

  constructor(options: ELUOptions = {}) {
    super(options);
    this.take<ELUOptions, ELU>(options, { alpha: inInterval("(0, Infinity)", 1) });
  }

  override call(x: Tensor): Tensor {
    return elu(x, this.alpha);
  }
}
