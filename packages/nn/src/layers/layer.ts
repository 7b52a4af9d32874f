import { ConfigError, ownerLabel, ShapeError, showValue } from "../errors.js";
import { formatShape, type Shape } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import { input } from "../ops/leaves.js";
import { requireBoolean, requireOptions } from "../options.js";
import type { BuildContext, CallContext } from "./context.js";
import type { OptionRule, OptionRules } from "./option-rules.js";
import { Pass } from "./pass.js";
import { SymbolicTensor } from "./symbolic.js";
import { OwnedVariable, type Variable } from "./variable.js";

export interface LayerOptions {
  /** What messages, `summary` and files call the layer; by default the model counts: `dense1`, `dense2`. */
  readonly name?: string;
  /**
   * Whether training changes the layer's parameters; default true. Also a property to set: what it is when the model is compiled counts, until it is
   * compiled again.
   */
  readonly trainable?: boolean;
}

/**
 * A step of a model: hyper-parameters, the variables it owns, and a `call` that composes ops. The backward pass comes with the ops.
 *
 * One's own layer extends this class: `build` where it has variables, `call` always. The shape of its output is that of `call`.
 * A layer object belongs to one model.
 */
export abstract class Layer {
  /** `Dense`: what a saved architecture calls the class. */
  abstract readonly type: string;
  /** Empty until given or until the model counts. */
  name: string;
  /** Whether training changes its parameters, from the next `compile` on. A BatchNorm that is not trained uses its averages, and leaves them. */
  trainable: boolean;
  #variables: readonly Variable[] = [];
  #options: Readonly<Record<string, unknown>> = {};

  /** @throws {ConfigError} `name-not-usable`, `not-a-boolean` */
  constructor({ name = "", trainable = true }: LayerOptions = {}) {
    if (typeof name !== "string" || name.includes("/")) {
      throw new ConfigError(
        "name-not-usable",
        `Layer: name must be a string without "/", which parts it from the parameter's, got ${showValue(name)}.`,
      );
    }
    this.name = name;
    requireBoolean("Layer", "trainable", trainable);
    this.trainable = trainable;
  }

  /** What errors call the class: a minifier does not shorten it. */
  get className(): string {
    return this.type;
  }

  /** The options as plain JSON: `new Type(layer.config())` makes the same layer. Those that `take` was told of, unless a class says otherwise. */
  config(): Record<string, unknown> {
    return { ...this.named(), ...this.#options };
  }

  /** Whether `apply` takes a list; `context.inputs` of `call` has them all. */
  readonly takesSeveral: boolean = false;

  /**
   * The shape of one sample's output, without the batch, from that of its input. A layer may have it to refuse an input in better words than its
   * ops do; without it the shape is found by a call of the layer. @throws {ShapeError} when it does not fit.
   */
  outputShape?(inputShape: Shape): Shape;

  /**
   * The layer's output for what an `Input` or another layer's `apply` gave, when a model is put together. Applied again, the layer has the same
   * weights.
   * @throws {ShapeError} when the input does not fit. @throws {ConfigError} `not-symbolic` for anything else, `several-inputs` for a list where the
   * layer takes one.
   */
  apply(x: SymbolicTensor | readonly SymbolicTensor[]): SymbolicTensor {
    const inputs = [x].flat();
    const wrong = inputs.find((one) => !(one instanceof SymbolicTensor));
    if (wrong !== undefined || inputs.length === 0) {
      throw new ConfigError(
        "not-symbolic",
        `${ownerLabel(this)}: expected an Input or what a layer's apply gave, got ${inputs.length === 0 ? "none" : showValue(wrong)}.`,
      );
    }
    if (inputs.length > 1 && !this.takesSeveral) {
      throw new ConfigError(
        "several-inputs",
        `${ownerLabel(this)}: expected one input, got ${inputs.length}; bring them together before it, as with Add or Concatenate.`,
      );
    }
    const shapes = inputs.map(({ shape }) => shape);
    const told = this.outputShape?.(shapes[0]!);
    if (this.#variables.length === 0) this.makeVariables(...shapes);
    return new SymbolicTensor(told ?? this.#shapeOfCall(shapes), this, inputs);
  }

  /** Calls the layer on batches of 2, which no axis of size 1 is taken for. */
  #shapeOfCall(shapes: readonly Shape[]): Shape {
    const xs = shapes.map((shape) => input("x", [2, ...shape]));
    const { result } = Pass.run(false, (pass) => pass.call(this, xs));
    const [batch, ...sample] = result.shape;
    if (batch === 2) return sample;
    throw new ShapeError(
      "output-shape",
      `${ownerLabel(this)}: expected output of shape ${formatShape([2, "..."])} for a batch of 2, got ${formatShape(result.shape)}; keep the batch as the first axis.`,
      this.name ? { layer: this.name } : {},
    );
  }

  /** The layer's variables, in the order in which `build` made them; none before a model has it. */
  get variables(): readonly Variable[] {
    return this.#variables;
  }

  /** Makes the parameters and state variables, for inputs of a shape that `outputShape`, if there is one, has accepted. */
  build(_inputShape: Shape, _context: BuildContext): void {}

  /**
   * Lets `build` make the variables, which models do. @throws {ConfigError} `built-twice` for a layer that has some already.
   */
  makeVariables(...inputShapes: readonly Shape[]): void {
    if (this.#variables.length > 0) throw builtTwice(this);
    const made: Variable[] = [];
    const make = (...rest: VariableArguments) => {
      const variable = new OwnedVariable(this, ...rest);
      made.push(variable);
      return variable;
    };
    this.build(inputShapes[0]!, {
      inputShapes,
      parameter: (name, shape, initializer, { trainable = true } = {}) =>
        make(name, shape, initializer, "trained", trainable),
      state: (name, shape, initializer) => make(name, shape, initializer, "state", false),
    });
    this.#variables = made;
  }

  /** The output for x [batch, …inputShape]. */
  abstract call(x: Tensor, context: CallContext): Tensor;

  /** What the layer adds to the loss, a scalar. */
  regularization?(): Tensor | undefined;

  /** The beginning of every `config`: the name, where there is one, and that it is not trained, where it is not. */
  protected named(): { name?: string; trainable?: boolean } {
    return { ...(this.name && { name: this.name }), ...(!this.trainable && { trainable: false }) };
  }

  /**
   * Reads the options by their rules, in the rules' order, into fields of the same names, which the class declares; refuses those that the layer
   * does not have. What has a value then is in `config`.
   */
  protected take<Options extends LayerOptions, Owner>(
    options: Options,
    rules: OptionRules<Options, Owner>,
  ): void {
    const all = Object.entries<OptionRule<unknown>>(rules);
    const remedy =
      "activation" in Object(options) && !("activation" in rules)
        ? `an activation is a layer of its own, such as ReLU`
        : undefined;
    requireOptions(this, options, [...all.map(([name]) => name), "trainable", "name"], remedy);
    const taken: Record<string, unknown> = {};
    for (const [name, rule] of all) {
      const value = rule(this, name, options[name as keyof Options]);
      Object.assign(this, { [name]: value });
      if (value !== undefined) taken[name] = value;
    }
    this.#options = taken;
  }

  /** The error for an input of the wrong shape; `expected` and `got` are without the batch. */
  protected shapeError(
    code: string,
    expected: readonly (number | string)[],
    got: Shape,
    remedy: string,
  ): ShapeError {
    const [want, have] = [expected, got].map((shape) => formatShape(["batch", ...shape]));
    return new ShapeError(
      code,
      `${ownerLabel(this)}: expected input of shape ${want}, got ${have}; ${remedy}.`,
      this.name ? { layer: this.name } : {},
    );
  }

  /** Called by layers that bring inputs together. @throws {ShapeError} `merge-inputs` for fewer than two, or where they do not fit. */
  protected requireMerge(inputs: readonly Tensor[], expected: string, fit: boolean): void {
    if (inputs.length > 1 && fit) return;
    const got = inputs.map(({ shape }) => formatShape(["batch", ...shape.slice(1)])).join(" and ");
    throw new ShapeError(
      "merge-inputs",
      `${ownerLabel(this)}: expected two or more ${expected}, got ${got}; give apply a list of such.`,
      this.name ? { layer: this.name } : {},
    );
  }

  /** Called by layers with parameters when they are built. @throws {ConfigError} `built-twice` */
  protected requireUnbuilt(parameter: Variable | undefined): void {
    if (parameter) throw builtTwice(this);
  }
}

type VariableArguments =
  ConstructorParameters<typeof OwnedVariable> extends [unknown, ...infer Rest] ? Rest : never;

/** The error for a layer that is in a model already. */
export function builtTwice(layer: Layer): ConfigError {
  return new ConfigError(
    "built-twice",
    `${ownerLabel(layer)}: expected a layer that no model has, got one that is in use already; make a new layer.`,
  );
}
