import { type Shape, sizeOf } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import type { Initializer } from "../initializers/initializer.js";
import { matmul } from "../ops/matmul.js";
import { reshape } from "../ops/reshape.js";
import type { Regularizer } from "../regularizers/regularizer.js";
import type { Activation } from "./activation.js";
import type { BuildContext } from "./context.js";
import { KernelAndBias } from "./kernel-and-bias.js";
import { type KernelOptions, kernelRules } from "./kernel-options.js";
import { Layer } from "./layer.js";
import { positiveInteger } from "./option-rules.js";

export interface DenseOptions<Units extends number = number> extends KernelOptions {
  readonly units: Units;
}

/**
 * Fully connected layer: y = x·W + b, and its activation if it has one.
 *
 * x [batch, inputs] → y [batch, units], with W [inputs, units] and b [units]; of x [batch, …, inputs] each row for itself, as each step of a
 * sequence. The lessons' MulLayer and AddLayer; the bias's gradient is the sum of dy over the batch, not their mean over everything.
 * @throws {ConfigError} `units-not-positive` and others, when an option is not allowed. @throws {ShapeError} `dense-input`.
 */
export class Dense<Units extends number = number> extends Layer {
  readonly type = "Dense";
  declare readonly units: number;
  declare readonly activation: Activation | undefined;
  declare readonly useBias: boolean;
  declare readonly kernelInitializer: Initializer;
  declare readonly biasInitializer: Initializer;
  declare readonly kernelRegularizer: Regularizer | undefined;
  #weights: KernelAndBias | undefined;

  constructor(options: DenseOptions<Units>) {
    super(options);
    this.take<DenseOptions, Dense>(options, {
      units: positiveInteger(),
      ...kernelRules,
    });
  }

  override outputShape(inputShape: Shape): Shape {
    const inputs = this.#weights?.kernel.shape[0];
    if (inputShape.length === 0 || (inputs !== undefined && inputShape.at(-1) !== inputs)) {
      throw this.shapeError(
        "dense-input",
        ["...", inputs ?? "inputs"],
        inputShape,
        inputShape.length === 0
          ? "give every sample at least one number"
          : "its parameters were made for the former",
      );
    }
    return [...inputShape.slice(0, -1), this.units];
  }

  override build(inputShape: Shape, context: BuildContext): void {
    this.requireUnbuilt(this.#weights?.kernel);
    this.#weights = new KernelAndBias(this, [inputShape.at(-1)!, this.units], this.units, context);
  }

  override call(x: Tensor): Tensor {
    const lead = x.shape.slice(0, -1);
    const y = matmul(reshape(x, [sizeOf(lead), x.shape.at(-1)!]), this.#weights!.kernel.tensor);
    return reshape(this.#weights!.finished(y), [...lead, this.units]);
  }

  override regularization(): Tensor | undefined {
    return this.#weights!.penalty();
  }
}
