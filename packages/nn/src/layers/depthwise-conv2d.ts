import type { Shape } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import type { Initializer } from "../initializers/initializer.js";
import { conv2d } from "../ops/conv2d.js";
import type { Regularizer } from "../regularizers/regularizer.js";
import type { Activation } from "./activation.js";
import type { BuildContext } from "./context.js";
import { ConvOverImages } from "./conv-over-images.js";
import { KernelAndBias } from "./kernel-and-bias.js";
import { type KernelOptions, kernelRules } from "./kernel-options.js";
import { padding, pair, positiveInteger } from "./option-rules.js";
import type { PaddingOption, PairOption } from "./window.js";

export interface DepthwiseConv2dOptions extends KernelOptions {
  readonly kernelSize: PairOption;
  /** Default 1. */
  readonly stride?: PairOption;
  /** Default 0. */
  readonly padding?: PaddingOption;
  /** Default 1. */
  readonly dilation?: PairOption;
  /** How many filters each channel has; default 1. */
  readonly depthMultiplier?: number;
}

/**
 * Convolution of each channel by itself: with m = depthMultiplier,
 *   y[n, c·m + q, i, j] = b[c·m + q] + Σ x[n, c, i·stride − pad + u·dilation, j·stride − pad + v·dilation] · w[c·m + q, 0, u, v], zero outside.
 *
 * x [batch, channels, height, width] → y [batch, channels·m, outHeight, outWidth], with w [channels·m, 1, kh, kw], b [channels·m]: a `Conv2d`
 * with as many groups as channels.
 * @throws {ConfigError} `depth-multiplier-not-positive` and others, when an option is not allowed. @throws {ShapeError} `conv2d-input`.
 */
export class DepthwiseConv2d extends ConvOverImages {
  readonly type = "DepthwiseConv2d";
  declare readonly depthMultiplier: number;
  declare readonly activation: Activation | undefined;
  declare readonly useBias: boolean;
  declare readonly kernelInitializer: Initializer;
  declare readonly biasInitializer: Initializer;
  declare readonly kernelRegularizer: Regularizer | undefined;
  #weights: KernelAndBias | undefined;

  constructor(options: DepthwiseConv2dOptions) {
    super(options);
    this.take<DepthwiseConv2dOptions, DepthwiseConv2d>(options, {
      kernelSize: pair(),
      stride: pair(() => 1),
      padding,
      dilation: pair(() => 1),
      depthMultiplier: positiveInteger(1),
      ...kernelRules,
    });
  }

  override outputShape(inputShape: Shape): Shape {
    const filters = this.#weights?.kernel.shape[0];
    const channels = filters && filters / this.depthMultiplier;
    const out = this.windowsOver(inputShape, channels);
    return [inputShape[0]! * this.depthMultiplier, ...out];
  }

  override build([channels]: Shape, context: BuildContext): void {
    this.requireUnbuilt(this.#weights?.kernel);
    const filters = channels! * this.depthMultiplier;
    this.#weights = new KernelAndBias(this, [filters, 1, ...this.kernelSize], filters, context);
  }

  override call(x: Tensor): Tensor {
    const [, groups, height, width] = x.shape as [number, number, number, number];
    const { stride, dilation } = this;
    const padding = this.pads([height, width]);
    const y = conv2d(x, this.#weights!.kernel.tensor, { stride, padding, dilation, groups });
    return this.#weights!.finished(y);
  }

  override regularization(): Tensor | undefined {
    return this.#weights!.penalty();
  }
}
