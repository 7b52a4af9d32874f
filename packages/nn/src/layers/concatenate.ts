import { ConfigError, type ErrorOwner, ownerLabel, showValue } from "../errors.js";
import type { Tensor } from "../graph/tensor.js";
import { concat } from "../ops/parts.js";
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
    this.take<ConcatenateOptions, Concatenate>(options, { axis: joinedAxis });
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

function joinedAxis(owner: ErrorOwner, name: string, given: unknown): number {
  const axis = given ?? -1;
  if (Number.isSafeInteger(axis) && axis !== 0) return axis as number;
  throw new ConfigError(
    "axis-not-usable",
    `${ownerLabel(owner)}: ${name} must be an integer other than 0, which is the batch, got ${showValue(axis)}.`,
  );
}
