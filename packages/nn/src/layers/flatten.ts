import { type Shape, sizeOf } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import { reshape } from "../ops/reshape.js";
import { Layer, type LayerOptions } from "./layer.js";

/** Everything of a sample in one row: x [batch, …] → y [batch, size], in row-major order. */
export class Flatten extends Layer {
  readonly type = "Flatten";

  constructor(options: LayerOptions = {}) {
    super(options);
    this.take(options, {});
  }

  override outputShape(inputShape: Shape): Shape {
    return [sizeOf(inputShape)];
  }

  override call(x: Tensor): Tensor {
    const [batch, ...sample] = x.shape;
    return reshape(x, [batch!, sizeOf(sample)]);
  }
}
