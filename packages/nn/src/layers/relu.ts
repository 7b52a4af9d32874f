import type { Tensor } from "../graph/tensor.js";
import { elementwise } from "../ops/elementwise.js";
import { relu } from "../ops/relu.js";
import { Layer, type LayerOptions } from "./layer.js";
import { inInterval, optional } from "./option-rules.js";

export interface ReLUOptions extends LayerOptions {
  /** What y is at most, in (0, ∞); nothing unless given. 6 is the ReLU6 of MobileNet. */
  readonly maximum?: number;
}

const clipped = elementwise("clippedRelu", ["x"], ({ x }, { maximum }: { readonly maximum: number }) =>
  x.relu().min(maximum),
);

/**
 * y = max(x, 0), or min(max(x, 0), maximum); elementwise, any shape. dy/dx at 0 is taken as 0. NaN passes through.
 * @throws {ConfigError} `maximum-out-of-range`
 */
export class ReLU extends Layer {
  readonly type = "ReLU";
  declare readonly maximum: number | undefined;

  constructor(options: ReLUOptions = {}) {
    super(options);
    this.take<ReLUOptions, ReLU>(options, { maximum: optional(inInterval("(0, Infinity)")) });
  }

  override call(x: Tensor): Tensor {
    const { maximum } = this;
    return maximum === undefined ? relu(x) : clipped(x, { maximum });
  }
}
