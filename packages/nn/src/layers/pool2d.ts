import { ConfigError, ownerLabel } from "../errors.js";
import { type Padding, type Pair, windowCounts } from "../graph/geometry.js";
import type { Shape } from "../graph/shape.js";
import { Layer, type LayerOptions } from "./layer.js";
import { type OptionRule, padding, pair } from "./option-rules.js";
import { leastSize, type PaddingOption, type PairOption, resolvePadding } from "./window.js";

export interface Pool2dOptions extends LayerOptions {
  /** Default 2. */
  readonly kernelSize?: PairOption;
  /** Default: the kernel's size, so that windows lie side by side. */
  readonly stride?: PairOption;
  /** Default 0. Every pad is smaller than the kernel. */
  readonly padding?: PaddingOption;
}

/** What MaxPool2d and AvgPool2d have in common: a window that slides over each channel by itself. */
export abstract class Pool2d extends Layer {
  declare readonly kernelSize: Pair;
  declare readonly stride: Pair;
  declare readonly padding: PaddingOption;

  /**
   * `rules` are those of the options that the subclass has besides. Asks for its `type`, which is a getter there: a field would not be set yet.
   */
  protected constructor(options: Pool2dOptions, rules: Readonly<Record<string, OptionRule<unknown>>> = {}) {
    super(options);
    this.take<Pool2dOptions, Pool2d>(options, {
      kernelSize: pair(() => 2),
      stride: pair(() => this.kernelSize),
      padding,
      ...rules,
    });
    const [top, bottom, left, right] = this.pads([1, 1]);
    const [kh, kw] = this.kernelSize;
    if (this.padding !== "same" && (Math.max(top, bottom) >= kh || Math.max(left, right) >= kw)) {
      throw new ConfigError(
        "padding-not-smaller",
        `${ownerLabel(this)}: padding must be smaller than the kernel, got ${top}, ${bottom}, ${left}, ${right} for a kernel of ${kh}x${kw}.`,
      );
    }
  }

  override outputShape(inputShape: Shape): Shape {
    if (inputShape.length !== 3) {
      throw this.shapeError(
        "pool2d-input",
        ["channels", "height", "width"],
        inputShape,
        "put it before the Flatten layer, over images",
      );
    }
    const [channels, height, width] = inputShape as [number, number, number];
    const { kernelSize, stride } = this;
    const padding = this.pads([height, width]);
    const out = windowCounts(this, [height, width], padding, kernelSize, stride, [1, 1]);
    if (out[0] < 1 || out[1] < 1) {
      const least = [
        leastSize(padding[0] + padding[1], kernelSize[0], 1),
        leastSize(padding[2] + padding[3], kernelSize[1], 1),
      ] as const;
      throw this.shapeError(
        "pool2d-input",
        [channels, ...least.map((size) => `at least ${size}`)],
        inputShape,
        `use a smaller kernelSize, or padding "same"`,
      );
    }
    return [channels, ...out];
  }

  protected pads(size: Pair): Padding {
    return resolvePadding(this.padding, size, this.kernelSize, this.stride, [1, 1]);
  }
}
