import { ConfigError, type ErrorOwner, ownerLabel, showValue } from "../errors.js";
import { type Shape, sizeOf } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import { reshape } from "../ops/reshape.js";
import { Layer, type LayerOptions } from "./layer.js";

export interface ReshapeOptions extends LayerOptions {
  /** Of one sample, without the batch; one size may be −1, for what is left. */
  readonly targetShape: Shape;
}

/**
 * The same numbers in another shape, in row-major order: x [batch, …] → y [batch, …targetShape].
 * @throws {ConfigError} `shape-not-usable`. @throws {ShapeError} `reshape-input` when a sample has another count of numbers.
 */
export class Reshape extends Layer {
  readonly type = "Reshape";
  declare readonly targetShape: Shape;

  constructor(options: ReshapeOptions) {
    super(options);
    this.take<ReshapeOptions, Reshape>(options, { targetShape: sizesWithOneOpen });
  }

  override outputShape(inputShape: Shape): Shape {
    const size = sizeOf(inputShape);
    const known = Math.abs(sizeOf(this.targetShape));
    const shape = this.targetShape.map((own) => (own === -1 ? size / known : own));
    if (sizeOf(shape) === size && shape.every((own) => Number.isInteger(own) && own > 0)) return shape;
    const open = this.targetShape.includes(-1);
    throw this.shapeError(
      "reshape-input",
      [`${open ? "a multiple of " : ""}${known} numbers`],
      inputShape,
      "give a targetShape of as many numbers as a sample has",
    );
  }

  override call(x: Tensor): Tensor {
    const [batch, ...sample] = x.shape;
    return reshape(x, [batch!, ...this.outputShape(sample)]);
  }
}

function sizesWithOneOpen(owner: ErrorOwner, name: string, given: unknown): Shape {
  const sizes = given as Shape;
  const usable =
    Array.isArray(given) &&
    sizes.every((size) => size === -1 || (Number.isSafeInteger(size) && size > 0)) &&
    sizes.filter((size) => size === -1).length < 2;
  if (usable) return [...sizes];
  throw new ConfigError(
    "shape-not-usable",
    `${ownerLabel(owner)}: ${name} must be sizes of at least 1, of which one may be -1, got ${showValue(given)}.`,
  );
}
