import type { Shape } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import type { Initializer } from "../initializers/initializer.js";
import type { Variable } from "./variable.js";

/** What a layer may ask for while it is built. */
export interface BuildContext {
  /** The shapes of one sample of all inputs, for a layer that takes several. */
  readonly inputShapes: readonly Shape[];
  /** A variable that is learnt by gradients. */
  parameter(
    name: string,
    shape: Shape,
    initializer: Initializer,
    options?: { readonly trainable?: boolean },
  ): Variable;
  /** A variable that is not: it keeps its value until a training step assigns another one. It is saved with the weights. */
  state(name: string, shape: Shape, initializer: Initializer): Variable;
}

/** What a layer may ask for while it is called. */
export interface CallContext {
  readonly training: boolean;
  /** All inputs, x the first of them, for a layer that takes several. */
  readonly inputs: readonly Tensor[];
  /** A stream of random numbers of this call's own, by the order of the layers. */
  stream(): number;
  /**
   * Says what a state variable of this layer is to hold after the training step. In this call it goes on being read as it was; a step that
   * stops at a loss that is not finite has assigned nothing.
   * @throws {ConfigError} `assign-not-training` while predicting or evaluating, which change nothing; `assign-not-state` for a variable that is
   * learnt, or another layer's; `assigned-twice` within one call. @throws {ShapeError} `assign-shape` when the value has another shape.
   */
  assign(variable: Variable, value: Tensor): void;
}
