import { sameShape } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import { mul } from "../ops/mul.js";
import type { CallContext } from "./context.js";
import { Layer, type LayerOptions } from "./layer.js";

/**
 * Product of several inputs of one shape, element by element, as where one branch gates another: y = x₁·x₂·…, in their order.
 *
 * Applied to a list: `new Multiply().apply([x, gate])`.
 * @throws {ShapeError} `merge-inputs`, when a model is put together, for fewer than two inputs or for shapes that differ.
 */
export class Multiply extends Layer {
  readonly type = "Multiply";
  override readonly takesSeveral = true;

  constructor(options: LayerOptions = {}) {
    super(options);
    this.take(options, {});
  }

  override call(first: Tensor, { inputs }: CallContext): Tensor {
    this.requireMerge(
      inputs,
      "inputs of one shape",
      inputs.every(({ shape }) => sameShape(shape, first.shape)),
    );
    return inputs.reduce((product, x) => mul(product, x));
  }
}
