import { requireIn } from "../errors.js";
import type { Tensor } from "../graph/tensor.js";
import { leakyRelu } from "../ops/leaky-relu.js";
import { Layer, type LayerOptions } from "./layer.js";

export interface LeakyReLUOptions extends LayerOptions {
  /** The slope below 0, in (0, ∞); default 0.01, as in PyTorch. Keras has 0.3, the lessons 0.001. */
  readonly slope?: number;
}

/** y = x where x > 0, slope·x elsewhere; elementwise, any shape. @throws {ConfigError} `slope-out-of-range` */
export class LeakyReLU extends Layer {
  readonly type = "LeakyReLU";
  readonly slope: number;

  constructor(options: LeakyReLUOptions = {}) {
    super(options);
    this.allow(options, "slope");
    this.slope = options.slope ?? 0.01;
    requireIn(this, "slope", this.slope, "(0, Infinity)");
  }

  override config(): Record<string, unknown> {
    return { ...this.named(), slope: this.slope };
  }

  override call(x: Tensor): Tensor {
    return leakyRelu(x, this.slope);
  }
}
