import { type Padding, type Pair, windowCounts } from "../graph/geometry.js";
import type { Shape } from "../graph/shape.js";
import { Layer } from "./layer.js";
import { leastSize, type PaddingOption, resolvePadding } from "./window.js";

/** What convolutions over images have in common: x [batch, channels, height, width], and windows that slide over it. */
export abstract class ConvOverImages extends Layer {
  declare readonly kernelSize: Pair;
  declare readonly stride: Pair;
  declare readonly padding: PaddingOption;
  declare readonly dilation: Pair;

  /**
   * Looks at a sample's shape; `channels` is what the parameters were made for, if there are any.
   * @throws {ShapeError} `conv2d-input` for what is no image, or has other channels.
   */
  protected requireChannels(inputShape: Shape, channels: number | undefined, groups = 1): void {
    if (inputShape.length !== 3) {
      throw this.shapeError(
        "conv2d-input",
        [channels ?? "channels", "height", "width"],
        inputShape,
        "give the model an inputShape of three dimensions, such as [1, 28, 28]",
      );
    }
    const [has, height, width] = inputShape as [number, number, number];
    if (channels !== undefined && has !== channels) {
      throw this.shapeError(
        "conv2d-input",
        [channels, height, width],
        inputShape,
        "its parameters were made for the former",
      );
    }
    if (has % groups !== 0) {
      throw this.shapeError(
        "conv2d-input",
        [`a multiple of ${groups}`, height, width],
        inputShape,
        `channels come in ${groups} groups`,
      );
    }
  }

  /** How many windows fit, down and across. @throws {ShapeError} `conv2d-input` as above, or where none does. */
  protected windowsOver(inputShape: Shape, channels: number | undefined, groups = 1): Pair {
    this.requireChannels(inputShape, channels, groups);
    const { kernelSize, stride, dilation } = this;
    const [has, height, width] = inputShape as [number, number, number];
    const padding = this.pads([height, width]);
    const out = windowCounts(this, [height, width], padding, kernelSize, stride, dilation);
    if (out[0] < 1 || out[1] < 1) {
      const least = [
        leastSize(padding[0] + padding[1], kernelSize[0], dilation[0]),
        leastSize(padding[2] + padding[3], kernelSize[1], dilation[1]),
      ] as const;
      throw this.shapeError(
        "conv2d-input",
        [has, ...least.map((size) => `at least ${size}`)],
        inputShape,
        `use a smaller kernelSize, or padding "same"`,
      );
    }
    return out;
  }

  protected pads(size: Pair): Padding {
    return resolvePadding(this.padding, size, this.kernelSize, this.stride, this.dilation);
  }
}
