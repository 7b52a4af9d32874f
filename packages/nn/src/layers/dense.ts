import { type Shape, sizeOf } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import { glorotUniform } from "../initializers/glorot.js";
import type { Initializer } from "../initializers/initializer.js";
import { zeros } from "../initializers/zeros.js";
import { addBias } from "../ops/add-bias.js";
import { matmul } from "../ops/matmul.js";
import { reshape } from "../ops/reshape.js";
import { penalty, type Regularizer } from "../regularizers/regularizer.js";
import { type Activation, activate, activation } from "./activation.js";
import type { BuildContext } from "./context.js";
import { Layer, type LayerOptions } from "./layer.js";
import { boolean, initializer, positiveInteger, regularizer } from "./option-rules.js";
import type { Variable } from "./variable.js";

export interface DenseOptions extends LayerOptions {
  readonly units: number;
  /** What is done to the output, such as "relu"; nothing by default. */
  readonly activation?: Activation;
  /** Default true. */
  readonly useBias?: boolean;
  /** Default `glorotUniform()`. */
  readonly kernelInitializer?: Initializer;
  /** Default `zeros()`. */
  readonly biasInitializer?: Initializer;
  /** What the kernel adds to the loss, such as `l2(1e-4)`. */
  readonly kernelRegularizer?: Regularizer;
}

/**
 * Fully connected layer: y = x·W + b, and its activation if it has one.
 *
 * x [batch, inputs] → y [batch, units], with W [inputs, units] and b [units]; of x [batch, …, inputs] each row for itself, as each step of a
 * sequence. The lessons' MulLayer and AddLayer; the bias's gradient is the sum of dy over the batch, not their mean over everything.
 * @throws {ConfigError} `units-not-positive` and others, when an option is not allowed. @throws {ShapeError} `dense-input`.
 */
export class Dense extends Layer {
  readonly type = "Dense";
  declare readonly units: number;
  declare readonly activation: Activation | undefined;
  declare readonly useBias: boolean;
  declare readonly kernelInitializer: Initializer;
  declare readonly biasInitializer: Initializer;
  declare readonly kernelRegularizer: Regularizer | undefined;
  #w: Variable | undefined;
  #b: Variable | undefined;

  constructor(options: DenseOptions) {
    super(options);
    this.take<DenseOptions, Dense>(options, {
      units: positiveInteger(),
      activation,
      useBias: boolean(true),
      kernelInitializer: initializer(glorotUniform),
      biasInitializer: initializer(zeros),
      kernelRegularizer: regularizer,
    });
  }

  override outputShape(inputShape: Shape): Shape {
    const inputs = this.#w?.shape[0];
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
    this.requireUnbuilt(this.#w);
    this.#w = context.parameter("kernel", [inputShape.at(-1)!, this.units], this.kernelInitializer);
    if (this.useBias) this.#b = context.parameter("bias", [this.units], this.biasInitializer);
  }

  override call(x: Tensor): Tensor {
    const lead = x.shape.slice(0, -1);
    const y = matmul(reshape(x, [sizeOf(lead), x.shape.at(-1)!]), this.#w!.tensor);
    const rows = activate(this.#b ? addBias(y, this.#b.tensor) : y, this.activation);
    return reshape(rows, [...lead, this.units]);
  }

  override regularization(): Tensor | undefined {
    return this.kernelRegularizer && penalty(this.kernelRegularizer, this.#w!.tensor);
  }
}
