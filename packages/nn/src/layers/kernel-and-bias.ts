import type { Shape } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import type { Initializer } from "../initializers/initializer.js";
import { addBias } from "../ops/add-bias.js";
import { penalty, type Regularizer } from "../regularizers/regularizer.js";
import { type Activation, activate } from "./activation.js";
import type { BuildContext } from "./context.js";
import type { Variable } from "./variable.js";

/** `KernelOptions` as a layer has them. */
export interface KernelFields {
  readonly activation: Activation | undefined;
  readonly useBias: boolean;
  readonly kernelInitializer: Initializer;
  readonly biasInitializer: Initializer;
  readonly kernelRegularizer: Regularizer | undefined;
}

/** A layer's kernel and, if it has one, its bias [outputs], called `kernel` and `bias`; and what follows their product. */
export class KernelAndBias {
  readonly kernel: Variable;
  readonly #bias: Variable | undefined;
  readonly #layer: KernelFields;

  constructor(layer: KernelFields, shape: Shape, outputs: number, context: BuildContext) {
    this.#layer = layer;
    this.kernel = context.parameter("kernel", shape, layer.kernelInitializer);
    if (layer.useBias) this.#bias = context.parameter("bias", [outputs], layer.biasInitializer);
  }

  /** y + b. */
  biased(y: Tensor): Tensor {
    return this.#bias ? addBias(y, this.#bias.tensor) : y;
  }

  /** The activation of y + b. */
  finished(y: Tensor): Tensor {
    return activate(this.biased(y), this.#layer.activation);
  }

  /** What the kernel adds to the loss, if anything. */
  penalty(): Tensor | undefined {
    const { kernelRegularizer } = this.#layer;
    return kernelRegularizer && penalty(kernelRegularizer, this.kernel.tensor);
  }
}
