import { ConfigError, ownerLabel } from "../errors.js";
import type { Pair } from "../graph/geometry.js";
import type { Shape } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import { concat, slice } from "../ops/parts.js";
import type { LayerOptions } from "./layer.js";
import { pair } from "./option-rules.js";
import { OverImages } from "./over-images.js";
import type { PairOption } from "./window.js";

export interface AdaptivePool2dOptions extends LayerOptions {
  /** Height and width of the output; one number for both. */
  readonly outputSize: PairOption;
}

/** Windows along an axis that differ in size: each is an op of its own. */
const MOST_WINDOWS = 4096;

/** Whether windows of one size do, side by side. */
const isEven = ([height, width]: Pair, [rows, columns]: Pair) => height % rows === 0 && width % columns === 0;

/** What AdaptiveAvgPool2d and AdaptiveMaxPool2d have in common: as many windows as are asked for, as even as whole pixels allow. */
export abstract class AdaptivePool2d extends OverImages {
  declare readonly outputSize: Pair;

  /** Asks for its `type`, which is a getter there: a field would not be set yet. */
  constructor(options: AdaptivePool2dOptions) {
    super(options);
    this.take<AdaptivePool2dOptions, AdaptivePool2d>(options, { outputSize: pair() });
  }

  /** Windows of one size, side by side. */
  protected abstract even(x: Tensor, kernelSize: Pair): Tensor;
  /** One window that takes in all of an axis. */
  protected abstract over(x: Tensor, axis: number): Tensor;

  /** @throws {ConfigError} `output-size-too-large` */
  override outputShape(inputShape: Shape): Shape {
    const [channels, height, width] = this.requireImage(inputShape);
    const [rows, columns] = this.outputSize;
    const uneven = isEven([height, width], this.outputSize)
      ? 0
      : Math.max(rows === height ? 0 : rows, columns === width ? 0 : columns);
    if (uneven > MOST_WINDOWS)
      throw new ConfigError(
        "output-size-too-large",
        `${ownerLabel(this)}: outputSize must be at most ${MOST_WINDOWS} along an axis, or divide the image's ${height}x${width}, got ${rows}x${columns}.`,
      );
    return [channels, rows, columns];
  }

  override call(x: Tensor): Tensor {
    const [, , height, width] = x.shape as [number, number, number, number];
    const [rows, columns] = this.outputSize;
    if (isEven([height, width], this.outputSize)) return this.even(x, [height / rows, width / columns]);
    return this.#along(this.#along(x, 2, rows), 3, columns);
  }

  /** The windows along one axis; those of the other are made of what they gave. */
  #along(x: Tensor, axis: number, count: number): Tensor {
    const size = x.shape[axis]!;
    if (size === count) return x;
    const windows = Array.from({ length: count }, (_, i) => {
      const [start, end] = [Math.floor((i * size) / count), Math.ceil(((i + 1) * size) / count)];
      return this.over(slice(x, { starts: [start], ends: [end], axes: [axis] }), axis);
    });
    return concat(windows, axis);
  }
}
