import type { Tensor } from "../graph/tensor.js";
import { dropout } from "../ops/dropout.js";
import type { CallContext } from "./context.js";
import { Layer, type LayerOptions } from "./layer.js";
import { inInterval } from "./option-rules.js";

export interface DropoutOptions extends LayerOptions {
  /** The share of elements that are dropped, in [0, 1). */
  readonly rate: number;
}

/**
 * Inverted dropout (Srivastava et al., 2014): while training, y = x/(1 − rate) where kept and 0 where dropped, so that the expectation is x;
 * otherwise y = x. Any shape.
 *
 * The lessons keep x as it is while training and multiply by 1 − rate when predicting: the same network, scaled the other way round.
 * @throws {ConfigError} `rate-out-of-range`
 */
export class Dropout extends Layer {
  readonly type = "Dropout";
  declare readonly rate: number;

  constructor(options: DropoutOptions) {
    super(options);
    this.take<DropoutOptions, Dropout>(options, { rate: inInterval("[0, 1)") });
  }

  override call(x: Tensor, context: CallContext): Tensor {
    return context.training ? dropout(x, { rate: this.rate, stream: context.stream() }) : x;
  }
}
