import { ConfigError, ownerLabel } from "../errors.js";
import type { Shape } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import type { Pool2dOptions as PoolWindow } from "../ops/pooling.js";
import { imageAsSteps, stepsAsImage } from "../ops/steps-as-image.js";
import type { LayerOptions } from "./layer.js";
import { type OptionRule, positiveInteger } from "./option-rules.js";
import { type StepsPaddingOption, type StepsWindow, stepsPadding, stepsPads } from "./steps-window.js";
import { WindowsOverSteps } from "./windows-over-steps.js";

export interface Pool1dOptions extends LayerOptions {
  /** How many steps a window has; default 2. */
  readonly kernelSize?: number;
  /** Default: the kernel's size, so that windows lie side by side. */
  readonly stride?: number;
  /** Default 0. Smaller than the kernel. */
  readonly padding?: StepsPaddingOption;
}

/** What MaxPool1d and AvgPool1d have in common: a window that slides over the steps of each feature by itself. */
export abstract class Pool1d extends WindowsOverSteps {
  declare readonly kernelSize: number;
  declare readonly stride: number;
  declare readonly padding: StepsPaddingOption;

  /** `rules` are those of the options that the subclass has besides. Asks for its `type`, which is a getter there, as in `Pool2d`. */
  protected constructor(options: Pool1dOptions, rules: Readonly<Record<string, OptionRule<unknown>>> = {}) {
    super(options);
    this.take<Pool1dOptions, Pool1d>(options, {
      kernelSize: positiveInteger(2),
      stride: (owner, name, given) => positiveInteger(this.kernelSize)(owner, name, given),
      padding: stepsPadding,
      ...rules,
    });
    const { kernelSize, padding } = this;
    if (typeof padding === "number" && padding >= kernelSize) {
      throw new ConfigError(
        "padding-not-smaller",
        `${ownerLabel(this)}: padding must be smaller than the kernel, got ${padding} for a kernel of ${kernelSize}.`,
      );
    }
  }

  override outputShape(inputShape: Shape): Shape {
    const { features } = this.requireSteps(inputShape);
    return [this.requireWindows(this.#window(), inputShape), features];
  }

  /** Pools x as an image of one row. */
  protected pooled(x: Tensor, pool: (image: Tensor, window: PoolWindow) => Tensor): Tensor {
    const y = pool(stepsAsImage(x), {
      kernelSize: [1, this.kernelSize],
      stride: [1, this.stride],
      padding: [0, 0, ...stepsPads(this.#window(), x.shape[1]!)],
    });
    return imageAsSteps(y);
  }

  #window(): StepsWindow {
    const { kernelSize, stride, padding } = this;
    return { kernelSize, stride, padding, dilation: 1 };
  }
}
