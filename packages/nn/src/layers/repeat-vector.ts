import type { Shape } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import { broadcastTo } from "../ops/broadcast-to.js";
import { reshape } from "../ops/reshape.js";
import { Layer, type LayerOptions } from "./layer.js";
import { positiveInteger } from "./option-rules.js";

export interface RepeatVectorOptions extends LayerOptions {
  /** How often the vector is repeated. */
  readonly n: number;
}

/**
 * A vector as every step of a sequence, as a decoder wants what an encoder found: y[b, t, :] = x[b, :] for t from 0 to n − 1.
 *
 * x [batch, features] → y [batch, n, features].
 * @throws {ConfigError} `n-not-positive`. @throws {ShapeError} `vector-input` for samples that are no vectors.
 */
export class RepeatVector extends Layer {
  readonly type = "RepeatVector";
  declare readonly n: number;

  constructor(options: RepeatVectorOptions) {
    super(options);
    this.take<RepeatVectorOptions, RepeatVector>(options, { n: positiveInteger() });
  }

  override outputShape(inputShape: Shape): Shape {
    const [features] = inputShape;
    if (inputShape.length === 1) return [this.n, features!];
    throw this.shapeError(
      "vector-input",
      ["features"],
      inputShape,
      "put a Flatten or a global pooling layer before it",
    );
  }

  override call(x: Tensor): Tensor {
    const [batch, features] = x.shape as [number, number];
    return broadcastTo(reshape(x, [batch, 1, features]), [batch, this.n, features]);
  }
}
