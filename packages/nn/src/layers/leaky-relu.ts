import type { Tensor } from "../graph/tensor.js";
import { leakyRelu } from "../ops/leaky-relu.js";
import { Layer, type LayerOptions } from "./layer.js";
import { inInterval } from "./option-rules.js";

export interface LeakyReLUOptions extends LayerOptions {
  /** The slope below 0, in (0, ∞); default 0.01, as in PyTorch. Keras has 0.3, the lessons 0.001. */
  readonly slope?: number;
}

/** y = x where x > 0, slope·x elsewhere; elementwise, any shape. @throws {ConfigError} `slope-out-of-range` */
export class LeakyReLU extends Layer {
  readonly type = "LeakyReLU";
  declare readonly slope: number;

  constructor(options: LeakyReLUOptions = {}) {
    super(options);
    this.take<LeakyReLUOptions, LeakyReLU>(options, { slope: inInterval("(0, Infinity)", 0.01) });
  }

  override call(x: Tensor): Tensor {
    return leakyRelu(x, this.slope);
  }
}
