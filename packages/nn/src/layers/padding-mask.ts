import type { Tensor } from "../graph/tensor.js";
import { elementwise } from "../ops/elementwise.js";
import { Layer, type LayerOptions } from "./layer.js";
import { nonNegativeInteger } from "./option-rules.js";

export interface PaddingMaskOptions extends LayerOptions {
  /** The id that stands for nothing; default 0. */
  readonly value?: number;
}

const there = elementwise("paddingMask", ["x"], ({ x }, { value }: { value: number }) =>
  x.ne(value).where(1, 0),
);

/**
 * Says where sequences of ids have something: y = 1 where x is not the id that stands for nothing, 0 where it is. Any shape.
 *
 * What Keras' `mask_zero` hands on unseen is given by hand here:
 * ```ts
 * const mask = new PaddingMask().apply(ids);
 * const y = new GlobalAvgPool1d().apply([new Embedding({ inputDim, outputDim }).apply(ids), mask]);
 * ```
 * @throws {ConfigError} `value-negative`
 */
export class PaddingMask extends Layer {
  readonly type = "PaddingMask";
  declare readonly value: number;

  constructor(options: PaddingMaskOptions = {}) {
    super(options);
    this.take<PaddingMaskOptions, PaddingMask>(options, { value: nonNegativeInteger(0) });
  }

  override call(x: Tensor): Tensor {
    return there(x, { value: this.value });
  }
}
