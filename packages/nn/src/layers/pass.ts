import { ConfigError, ownerLabel, ShapeError } from "../errors.js";
import { formatShape } from "../graph/shape.js";
import { type Tensor, withScope } from "../graph/tensor.js";
import type { CallContext } from "./context.js";
import { OwnedVariable, type Variable } from "./variable.js";

/** What a pass needs of a layer. */
interface Called {
  readonly name: string;
  readonly className: string;
  readonly variables: readonly Variable[];
  call(x: Tensor, context: CallContext): Tensor;
}

/** One way of a batch through the layers of a network: hands out streams of random numbers and collects what is assigned. */
export class Pass {
  #streams = 0;
  readonly #assigned = new Map<OwnedVariable, Tensor>();

  private constructor(private readonly training: boolean) {}

  /** Calls layers in `work`; what they assigned in a training pass comes with its result. */
  static run<T>(training: boolean, work: (pass: Pass) => T) {
    const pass = new Pass(training);
    try {
      const result = work(pass);
      return { result, assigns: [...pass.#assigned].map(([{ leaf }, value]) => ({ to: leaf, value })) };
    } finally {
      for (const variable of pass.#assigned.keys()) variable.show(undefined);
    }
  }

  /** A layer's output, its ops marked with the layer's name. @throws {ShapeError} of its ops, which then names the layer. */
  call(layer: Called, inputs: readonly Tensor[]): Tensor {
    const now = new Map<OwnedVariable, Tensor>();
    const context: CallContext = {
      training: this.training,
      inputs,
      stream: () => this.#streams++,
      assign: (variable, value) => {
        now.set(this.#assignable(layer, variable, value, now), value);
      },
    };
    const y = withScope(layer.name, () => named(layer, () => layer.call(inputs[0]!, context)));
    // Only behind the call: within it, a variable is what it was.
    for (const [variable, value] of now) {
      this.#assigned.set(variable, value);
      variable.show(value);
    }
    return y;
  }

  /** The variable, if this call of the layer may assign the value to it. */
  #assignable(
    layer: Called,
    variable: Variable,
    value: Tensor,
    now: ReadonlyMap<OwnedVariable, Tensor>,
  ): OwnedVariable {
    const fail = (code: string, expected: string) =>
      new ConfigError(code, `${ownerLabel(layer)}: expected ${expected}.`, { layer: layer.name });
    const shown = `"${variable.name}"`;
    if (!this.training) {
      throw fail(
        "assign-not-training",
        `assign(${shown}) in training only, got it while predicting; look at context.training first`,
      );
    }
    const own = layer.variables.includes(variable) && variable instanceof OwnedVariable;
    if (!own || variable.role !== "state") {
      throw fail(
        "assign-not-state",
        `assign to be given a variable of its own made by context.state, got ${shown}${own ? ", which is learnt by gradients" : ""}; make one in build`,
      );
    }
    if (now.has(variable)) {
      throw fail(
        "assigned-twice",
        `one assign a variable and call, got two for ${shown}; put them together in one value`,
      );
    }
    if (variable.fits(value)) return variable;
    throw new ShapeError(
      "assign-shape",
      `${ownerLabel(layer)}: expected a value of shape ${formatShape(variable.shape)} for ${shown}, got ${formatShape(value.shape)}; assign what has the variable's shape.`,
      { layer: layer.name },
    );
  }
}

/** What `work` gives, or its error with the layer before it. */
function named<T>(layer: Called, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const owner = ownerLabel(layer);
    if (!(error instanceof ShapeError) || error.message.startsWith(owner)) throw error;
    throw new ShapeError(error.code, `${owner}: ${error.message}`, { ...error.details, layer: layer.name });
  }
}
