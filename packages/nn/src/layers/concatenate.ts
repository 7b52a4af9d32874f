import type { Tensor } from "../graph/tensor.js";
import { concat } from "../ops/parts.js";
import { requireAxis } from "./axis.js";
import type { CallContext } from "./context.js";
import { Layer, type LayerOptions } from "./layer.js";

export interface ConcatenateOptions extends LayerOptions {
  /** Counted with the batch, which is axis 0 and cannot be joined; −1, the last one, unless given. 1 joins the channels of images. */
  readonly axis?: number;
}

/**
 * Several inputs joined along an axis, one behind the other; their other dimensions are equal.
 *
 * Applied to a list: `new Concatenate({ axis: 1 }).apply([x, y])`.
 * @throws {ConfigError} `axis-not-usable`. @throws {ShapeError} `merge-inputs`, when a model is put together, for fewer than two inputs, shapes
 * that differ elsewhere, or an axis that they do not have.
 */
export class Concatenate extends Layer {
  readonly type = "Concatenate";
  override readonly takesSeveral = true;
  declare readonly axis: number;

  constructor(options: ConcatenateOptions = {}) {
    super(options);
    this.take<ConcatenateOptions, Concatenate>(options, {
      axis: (owner, name, given) => requireAxis(owner, name, given ?? -1),
    });
  }

  override call({ shape: { length: rank } }: Tensor, { inputs }: CallContext): Tensor {
    const axis = this.axis < 0 ? rank + this.axis : this.axis;
    const fits = ({ shape }: Tensor) =>
      shape.length === rank && shape.every((size, i) => i === axis || size === inputs[0]!.shape[i]);
    const expected = `inputs with an axis ${this.axis} and the same sizes along the others`;
    this.requireMerge(inputs, expected, axis > 0 && axis < rank && inputs.every(fits));
    return concat(inputs, axis);
  }
}
