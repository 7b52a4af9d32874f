import type { Shape } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import type { Initializer } from "../initializers/initializer.js";
import { conv2d } from "../ops/conv2d.js";
import { reshape } from "../ops/reshape.js";
import { imageAsSteps, stepsAsImage } from "../ops/steps-as-image.js";
import type { Regularizer } from "../regularizers/regularizer.js";
import { type Activation, activate } from "./activation.js";
import type { BuildContext } from "./context.js";
import { KernelAndBias } from "./kernel-and-bias.js";
import { type KernelOptions, kernelRules, requireGroups } from "./kernel-options.js";
import { positiveInteger } from "./option-rules.js";
import { causalPadding, type StepsPaddingOption, stepsPads } from "./steps-window.js";
import { WindowsOverSteps } from "./windows-over-steps.js";

export interface Conv1dOptions<Filters extends number = number> extends KernelOptions {
  readonly filters: Filters;
  /** How many steps a window has. */
  readonly kernelSize: number;
  /** Default 1. */
  readonly stride?: number;
  /** Default 0; "causal" puts all zeros before the first step, so that no output sees a later one. */
  readonly padding?: StepsPaddingOption | "causal";
  /** Default 1. */
  readonly dilation?: number;
  /** Into how many groups channels and filters are parted; default 1. Divides both. */
  readonly groups?: number;
}

/**
 * Convolution over sequences, with the channels last as in Keras:
 *   y[n, t, f] = b[f] + Σ x[n, t·stride − pad + u·dilation, c] · w[f, c, u], zero outside.
 *
 * x [batch, steps, channels] → y [batch, outSteps, filters], with w [filters, channels/groups, kernelSize], as PyTorch has it, and b [filters].
 * @throws {ConfigError} `filters-not-positive`, `groups-do-not-divide` and others, when an option is not allowed.
 * @throws {ShapeError} `steps-input` for samples that are no sequences, or have other channels or fewer steps than a window.
 */
export class Conv1d<Filters extends number = number> extends WindowsOverSteps {
  readonly type = "Conv1d";
  declare readonly filters: number;
  declare readonly kernelSize: number;
  declare readonly stride: number;
  declare readonly padding: StepsPaddingOption | "causal";
  declare readonly dilation: number;
  declare readonly groups: number;
  declare readonly activation: Activation | undefined;
  declare readonly useBias: boolean;
  declare readonly kernelInitializer: Initializer;
  declare readonly biasInitializer: Initializer;
  declare readonly kernelRegularizer: Regularizer | undefined;
  #weights: KernelAndBias | undefined;

  constructor(options: Conv1dOptions<Filters>) {
    super(options);
    this.take<Conv1dOptions, Conv1d>(options, {
      filters: positiveInteger(),
      kernelSize: positiveInteger(),
      stride: positiveInteger(1),
      padding: causalPadding,
      dilation: positiveInteger(1),
      groups: positiveInteger(1),
      ...kernelRules,
    });
    requireGroups(this);
  }

  override outputShape(inputShape: Shape): Shape {
    const { steps, features } = this.requireSteps(inputShape);
    const { groups } = this;
    const each = this.#weights?.kernel.shape[1];
    const channels = each && each * groups;
    if (channels !== undefined && features !== channels) {
      const remedy = "its parameters were made for the former";
      throw this.shapeError("steps-input", [steps, channels], inputShape, remedy);
    }
    if (features % groups !== 0) {
      const remedy = `channels come in ${groups} groups`;
      throw this.shapeError("steps-input", [steps, `a multiple of ${groups}`], inputShape, remedy);
    }
    return [this.requireWindows(this, inputShape), this.filters];
  }

  override build([, channels]: Shape, context: BuildContext): void {
    this.requireUnbuilt(this.#weights?.kernel);
    const shape = [this.filters, channels! / this.groups, this.kernelSize];
    this.#weights = new KernelAndBias(this, shape, this.filters, context);
  }

  override call(x: Tensor): Tensor {
    const { groups } = this;
    const { kernel } = this.#weights!;
    const [filters, channels, size] = kernel.shape as [number, number, number];
    const y = conv2d(stepsAsImage(x), reshape(kernel.tensor, [filters, channels, 1, size]), {
      stride: [1, this.stride],
      padding: [0, 0, ...stepsPads(this, x.shape[1]!)],
      dilation: [1, this.dilation],
      groups,
    });
    const biased = this.#weights!.biased(y);
    // Softmax goes along the last axis, which has to be that of the filters; what goes element by element stays with the convolution.
    if (this.activation === "softmax") return activate(imageAsSteps(biased), this.activation);
    return imageAsSteps(activate(biased, this.activation));
  }

  override regularization(): Tensor | undefined {
    return this.#weights!.penalty();
  }
}
