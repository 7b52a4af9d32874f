import { sameShape } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import { add } from "../ops/add.js";
import type { CallContext } from "./context.js";
import { Layer, type LayerOptions } from "./layer.js";

/**
 * Sum of several inputs of one shape, as at the end of a residual block: y = x₁ + x₂ + …, added in their order.
 *
 * Applied to a list: `new Add().apply([x, y])`.
 * @throws {ShapeError} `merge-inputs`, when a model is put together, for fewer than two inputs or for shapes that differ.
 */
export class Add extends Layer {
  readonly type = "Add";
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
    return inputs.reduce((sum, x) => add(sum, x));
  }
}
