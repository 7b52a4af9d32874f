import { ConfigError, ownerLabel, requireIn } from "../errors.js";
import type { Padding, Pair } from "../graph/geometry.js";
import type { Shape } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import type { Initializer } from "../initializers/initializer.js";
import { conv2dTranspose, transposedCounts } from "../ops/conv2d-transpose.js";
import type { Regularizer } from "../regularizers/regularizer.js";
import type { Activation } from "./activation.js";
import type { BuildContext } from "./context.js";
import { ConvOverImages } from "./conv-over-images.js";
import { KernelAndBias } from "./kernel-and-bias.js";
import { type KernelOptions, kernelRules, requireGroups } from "./kernel-options.js";
import { optional, padding, pair, positiveInteger } from "./option-rules.js";
import { type PaddingOption, type PairOption, resolvePadding, resolvePair } from "./window.js";

export interface Conv2dTransposeOptions extends KernelOptions {
  readonly filters: number;
  readonly kernelSize: PairOption;
  /** How far apart the pixels of x are in y; default 1. */
  readonly stride?: PairOption;
  /**
   * How much of the output's border is left out: so many rows and columns, none ("valid", or 0, the default), or so many that the output is
   * size · stride ("same", as in Keras).
   */
  readonly padding?: PaddingOption;
  /**
   * How many rows and columns the output has behind what the kernel reaches, in [0, stride), as in Keras and PyTorch: for an output whose size several
   * sizes of x would give. By default those of a stride that is longer than the kernel, and none else. Not with "same", which says the size itself.
   */
  readonly outputPadding?: PairOption;
  /** Default 1. */
  readonly dilation?: PairOption;
  /** Into how many groups channels and filters are parted; default 1. Divides both. */
  readonly groups?: number;
}

/**
 * The transpose of a convolution, for images that grow: each pixel adds the kernel times itself to the output,
 *   y[n, f, i·stride − pad + u·dilation, j·stride − pad + v·dilation] += x[n, c, i, j] · w[c, f, u, v], and y[n, f] += b[f] everywhere.
 *
 * x [batch, channels, height, width] → y [batch, filters, outHeight, outWidth], with w [channels, filters/groups, kh, kw], as PyTorch has it, and b
 * [filters]; outHeight = (height − 1)·stride + max(stride, dilation·(kh − 1) + 1) − pads, which is height · stride with "same",
 * and (height − 1)·stride + dilation·(kh − 1) + 1 − pads + outputPadding where that is given.
 * @throws {ConfigError} `filters-not-positive`, `groups-do-not-divide`, `output-padding-out-of-range`, `output-padding-same` and others, when an option is not allowed.
 * @throws {ShapeError} `conv2d-input` for samples that are no images, have other channels, or are so small that padding leaves nothing.
 */
export class Conv2dTranspose extends ConvOverImages {
  readonly type = "Conv2dTranspose";
  declare readonly filters: number;
  declare readonly outputPadding: Pair | undefined;
  declare readonly groups: number;
  declare readonly activation: Activation | undefined;
  declare readonly useBias: boolean;
  declare readonly kernelInitializer: Initializer;
  declare readonly biasInitializer: Initializer;
  declare readonly kernelRegularizer: Regularizer | undefined;
  #weights: KernelAndBias | undefined;

  constructor(options: Conv2dTransposeOptions) {
    super(options);
    this.take<Conv2dTransposeOptions, Conv2dTranspose>(options, {
      filters: positiveInteger(),
      kernelSize: pair(),
      stride: pair(() => 1),
      padding,
      outputPadding: optional((owner, name, given) => resolvePair(owner, name, given as PairOption, 0)),
      dilation: pair(() => 1),
      groups: positiveInteger(1),
      ...kernelRules,
    });
    requireGroups(this);
    this.#requireOutputPadding();
  }

  override outputShape(inputShape: Shape): Shape {
    this.requireChannels(inputShape, this.#weights?.kernel.shape[0], this.groups);
    const [channels, height, width] = inputShape as [number, number, number];
    const { kernelSize, stride, dilation } = this;
    const padding = this.pads([height, width]);
    const [outHeight, outWidth] = transposedCounts(
      this,
      [height, width],
      padding,
      kernelSize,
      stride,
      dilation,
    );
    if (outHeight >= 1 && outWidth >= 1) return [this.filters, outHeight, outWidth];
    throw this.shapeError(
      "conv2d-input",
      [channels, outHeight < 1 ? `more than ${height}` : height, outWidth < 1 ? `more than ${width}` : width],
      inputShape,
      `use less padding, or padding "same"`,
    );
  }

  override build([channels]: Shape, context: BuildContext): void {
    this.requireUnbuilt(this.#weights?.kernel);
    const shape = [channels!, this.filters / this.groups, ...this.kernelSize];
    this.#weights = new KernelAndBias(this, shape, this.filters, context);
  }

  override call(x: Tensor): Tensor {
    const { stride, dilation, groups } = this;
    const padding = this.pads([x.shape[2]!, x.shape[3]!]);
    const y = conv2dTranspose(x, this.#weights!.kernel.tensor, { stride, padding, dilation, groups });
    return this.#weights!.finished(y);
  }

  override regularization(): Tensor | undefined {
    return this.#weights!.penalty();
  }

  /** The pads of the convolution that goes the other way, from images of size · stride where they are to be the "same". */
  protected override pads([height, width]: Pair): Padding {
    const { kernelSize, stride, dilation, outputPadding } = this;
    const larger = [height * stride[0], width * stride[1]] as const;
    const pads = resolvePadding(this.padding, larger, kernelSize, stride, dilation);
    if (!outputPadding) return pads;
    // What is more behind the reach of the kernel is left out less of; the rest of a long stride is there without it.
    const more = ([0, 1] as const).map((axis) => {
      const reach = dilation[axis] * (kernelSize[axis] - 1) + 1;
      return outputPadding[axis] - Math.max(0, stride[axis] - reach);
    }) as [number, number];
    return [pads[0], pads[1] - more[0], pads[2], pads[3] - more[1]];
  }

  #requireOutputPadding(): void {
    const { outputPadding, stride } = this;
    if (!outputPadding) return;
    for (const axis of [0, 1] as const) {
      requireIn(this, "outputPadding", outputPadding[axis], `[0, ${stride[axis]})`);
    }
    if (this.padding !== "same") return;
    throw new ConfigError(
      "output-padding-same",
      `${ownerLabel(this)}: outputPadding does not go with padding "same", whose output is size · stride; leave one of them out.`,
    );
  }
}
