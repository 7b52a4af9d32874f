import type { Shape } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import { glorotUniform } from "../initializers/glorot.js";
import type { Initializer } from "../initializers/initializer.js";
import { zeros } from "../initializers/zeros.js";
import { addBias } from "../ops/add-bias.js";
import { conv2d } from "../ops/conv2d.js";
import { type Activation, activate, activation } from "./activation.js";
import type { BuildContext } from "./context.js";
import { ConvOverImages } from "./conv-over-images.js";
import type { LayerOptions } from "./layer.js";
import { boolean, initializer, padding, pair, positiveInteger } from "./option-rules.js";
import type { Variable } from "./variable.js";
import type { PaddingOption, PairOption } from "./window.js";

export interface SeparableConv2dOptions extends LayerOptions {
  readonly filters: number;
  readonly kernelSize: PairOption;
  /** Default 1. */
  readonly stride?: PairOption;
  /** Default 0. */
  readonly padding?: PaddingOption;
  /** Default 1. */
  readonly dilation?: PairOption;
  /** How many filters of its own each channel has; default 1. */
  readonly depthMultiplier?: number;
  /** What is done to the output, such as "relu"; nothing by default. */
  readonly activation?: Activation;
  /** Default true. */
  readonly useBias?: boolean;
  /** Default `glorotUniform()`. */
  readonly depthwiseInitializer?: Initializer;
  /** Default `glorotUniform()`. */
  readonly pointwiseInitializer?: Initializer;
  /** Default `zeros()`. */
  readonly biasInitializer?: Initializer;
}

/**
 * A convolution in two steps, each channel by itself and then all channels of a pixel (Chollet, 2017, arXiv:1610.02357): with m = depthMultiplier,
 *   d[n, c·m + q, i, j] = Σ x[n, c, i·stride − pad + u·dilation, j·stride − pad + v·dilation] · w[c·m + q, 0, u, v], zero outside;
 *   y[n, f, i, j] = b[f] + Σ d[n, k, i, j] · p[f, k, 0, 0].
 *
 * x [batch, channels, height, width] → y [batch, filters, outHeight, outWidth], with w [channels·m, 1, kh, kw], called `depthwiseKernel`,
 * p [filters, channels·m, 1, 1], called `pointwiseKernel`, and b [filters].
 * @throws {ConfigError} `filters-not-positive` and others, when an option is not allowed. @throws {ShapeError} `conv2d-input`.
 */
export class SeparableConv2d extends ConvOverImages {
  readonly type = "SeparableConv2d";
  declare readonly filters: number;
  declare readonly depthMultiplier: number;
  declare readonly activation: Activation | undefined;
  declare readonly useBias: boolean;
  declare readonly depthwiseInitializer: Initializer;
  declare readonly pointwiseInitializer: Initializer;
  declare readonly biasInitializer: Initializer;
  #w: Variable | undefined;
  #p: Variable | undefined;
  #b: Variable | undefined;

  constructor(options: SeparableConv2dOptions) {
    super(options);
    this.take<SeparableConv2dOptions, SeparableConv2d>(options, {
      filters: positiveInteger(),
      kernelSize: pair(),
      stride: pair(() => 1),
      padding,
      dilation: pair(() => 1),
      depthMultiplier: positiveInteger(1),
      activation,
      useBias: boolean(true),
      depthwiseInitializer: initializer(glorotUniform),
      pointwiseInitializer: initializer(glorotUniform),
      biasInitializer: initializer(zeros),
    });
  }

  override outputShape(inputShape: Shape): Shape {
    const channels = this.#w && this.#w.shape[0]! / this.depthMultiplier;
    return [this.filters, ...this.windowsOver(inputShape, channels)];
  }

  override build([channels]: Shape, context: BuildContext): void {
    this.requireUnbuilt(this.#w);
    const between = channels! * this.depthMultiplier;
    const depthwise = [between, 1, ...this.kernelSize];
    this.#w = context.parameter("depthwiseKernel", depthwise, this.depthwiseInitializer);
    const pointwise = [this.filters, between, 1, 1];
    this.#p = context.parameter("pointwiseKernel", pointwise, this.pointwiseInitializer);
    if (this.useBias) this.#b = context.parameter("bias", [this.filters], this.biasInitializer);
  }

  override call(x: Tensor): Tensor {
    const [, groups, height, width] = x.shape as [number, number, number, number];
    const { stride, dilation } = this;
    const padding = this.pads([height, width]);
    const d = conv2d(x, this.#w!.tensor, { stride, padding, dilation, groups });
    const y = conv2d(d, this.#p!.tensor);
    return activate(this.#b ? addBias(y, this.#b.tensor) : y, this.activation);
  }
}
