import type { Shape } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import type { Initializer } from "../initializers/initializer.js";
import { conv2d } from "../ops/conv2d.js";
import type { Regularizer } from "../regularizers/regularizer.js";
import type { Activation } from "./activation.js";
import type { BuildContext } from "./context.js";
import { ConvOverImages } from "./conv-over-images.js";
import { KernelAndBias } from "./kernel-and-bias.js";
import { type KernelOptions, kernelRules, requireGroups } from "./kernel-options.js";
import { padding, pair, positiveInteger } from "./option-rules.js";
import type { PaddingOption, PairOption } from "./window.js";

export interface Conv2dOptions<Filters extends number = number> extends KernelOptions {
  readonly filters: Filters;
  readonly kernelSize: PairOption;
  /** Default 1. */
  readonly stride?: PairOption;
  /** Default 0. */
  readonly padding?: PaddingOption;
  /** Default 1. */
  readonly dilation?: PairOption;
  /** Into how many groups channels and filters are parted; default 1. Divides both. */
  readonly groups?: number;
}

/**
 * Convolution over images (cross-correlation, as the field means it):
 *   y[n, f, i, j] = b[f] + Σ x[n, c, i·stride − pad + u·dilation, j·stride − pad + v·dilation] · w[f, c, u, v], zero outside.
 *
 * x [batch, channels, height, width] → y [batch, filters, outHeight, outWidth], with w [filters, channels/groups, kh, kw], b [filters].
 * The lessons' ConvLayer, with a bias.
 * @throws {ConfigError} `filters-not-positive`, `groups-do-not-divide` and others, when an option is not allowed.
 */
export class Conv2d<Filters extends number = number> extends ConvOverImages {
  readonly type = "Conv2d";
  declare readonly filters: number;
  declare readonly groups: number;
  declare readonly activation: Activation | undefined;
  declare readonly useBias: boolean;
  declare readonly kernelInitializer: Initializer;
  declare readonly biasInitializer: Initializer;
  declare readonly kernelRegularizer: Regularizer | undefined;
  #weights: KernelAndBias | undefined;

  constructor(options: Conv2dOptions<Filters>) {
    super(options);
    this.take<Conv2dOptions, Conv2d>(options, {
      filters: positiveInteger(),
      kernelSize: pair(),
      stride: pair(() => 1),
      padding,
      dilation: pair(() => 1),
      groups: positiveInteger(1),
      ...kernelRules,
    });
    requireGroups(this);
  }

  override outputShape(inputShape: Shape): Shape {
    const each = this.#weights?.kernel.shape[1];
    const channels = each && each * this.groups;
    return [this.filters, ...this.windowsOver(inputShape, channels, this.groups)];
  }

  override build([channels]: Shape, context: BuildContext): void {
    this.requireUnbuilt(this.#weights?.kernel);
    const shape = [this.filters, channels! / this.groups, ...this.kernelSize];
    this.#weights = new KernelAndBias(this, shape, this.filters, context);
  }

  override call(x: Tensor): Tensor {
    const { stride, dilation, groups } = this;
    const padding = this.pads([x.shape[2]!, x.shape[3]!]);
    const y = conv2d(x, this.#weights!.kernel.tensor, { stride, padding, dilation, groups });
    return this.#weights!.finished(y);
  }

  override regularization(): Tensor | undefined {
    return this.#weights!.penalty();
  }
}
