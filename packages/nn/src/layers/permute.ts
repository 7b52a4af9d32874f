import { ConfigError, type ErrorOwner, ownerLabel, showValue } from "../errors.js";
import type { Shape } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import { transpose } from "../ops/transpose.js";
import { Layer, type LayerOptions } from "./layer.js";

export interface PermuteOptions extends LayerOptions {
  /** Which axis of the input comes first, second …, counted from 1, since 0 is the batch: [2, 1] exchanges steps and features. */
  readonly dims: readonly number[];
}

/**
 * The axes of a sample in another order: y's i-th axis is x's `dims[i]`-th.
 * @throws {ConfigError} `dims-not-usable` unless each axis is there once. @throws {ShapeError} `permute-input` for samples of another rank.
 */
export class Permute extends Layer {
  readonly type = "Permute";
  declare readonly dims: readonly number[];

  constructor(options: PermuteOptions) {
    super(options);
    this.take<PermuteOptions, Permute>(options, { dims: eachOnce });
  }

  override outputShape(inputShape: Shape): Shape {
    if (inputShape.length !== this.dims.length) {
      throw this.shapeError(
        "permute-input",
        this.dims.map((_, i) => `axis ${i + 1}`),
        inputShape,
        "give as many dims as a sample has axes",
      );
    }
    return this.dims.map((axis) => inputShape[axis - 1]!);
  }

  override call(x: Tensor): Tensor {
    return transpose(x, [0, ...this.dims]);
  }
}

function eachOnce(owner: ErrorOwner, name: string, given: unknown): readonly number[] {
  const dims = given as readonly number[];
  if (Array.isArray(given) && dims.length > 0 && dims.every((_, i) => dims.includes(i + 1))) return [...dims];
  throw new ConfigError(
    "dims-not-usable",
    `${ownerLabel(owner)}: ${name} must name each axis from 1 on once, as [2, 1] does, got ${showValue(given)}.`,
  );
}
