import { ConfigError } from "../errors.js";
import type { Shape } from "../graph/shape.js";
import { builtTwice, type Layer } from "../layers/layer.js";
import { Input, requireSampleShape, type SymbolicTensor } from "../layers/symbolic.js";
import { requireLayers, requireModelOptions } from "./checks.js";
import { Model } from "./model.js";
import { nameLayers } from "./name-layers.js";
import { Network } from "./network.js";
import type { ModelOptions } from "./options.js";
import { graphOf, layersOf } from "./trace.js";
import type { Fitting, OutputOf } from "./typed-shapes.js";

export interface SequentialOptions<Input extends Shape = Shape> extends ModelOptions {
  /** The shape of one sample, without the batch dimension. */
  readonly inputShape: Input;
}

/**
 * A chain of layers, trained and used as one. A model may be one of them; see `Model.apply`.
 *
 * ```ts
 * const model = new Sequential([new Dense({ units: 10 })], { inputShape: [784], seed: 7 });
 * model.compile({ optimizer: new Adam(), loss: softmaxCrossEntropy(), metrics: ["accuracy"] });
 * await model.fit(dataset, { epochs: 5, batchSize: 128 });
 * ```
 *
 * `Output` is the shape of a sample of what it makes, as far as the compiler can tell: where sizes are literal it knows them, a picture's height and
 * width are numbers to it, and `Shape` is anything.
 */
export interface Sequential<Output extends Shape = Shape> extends Model {
  readonly outputShape: Output;
}

/** What makes a `Sequential`. */
export interface SequentialConstructor {
  /**
   * A layer that cannot follow the one before it is an error of the compiler's where it knows the shapes, and of this call in any case.
   * @throws {ShapeError} naming the layer whose input does not fit and both shapes.
   * @throws {ConfigError} `no-layers`, `not-a-layer`, `built-twice`, `duplicate-name`, or for an option that is unknown or out of its range.
   */
  new <const Layers extends readonly (Layer | Model)[] = readonly Layer[], const Input extends Shape = Shape>(
    layers: (Layers | readonly (Layer | Model)[]) & Fitting<Layers, Input>,
    options: SequentialOptions<Input>,
  ): Sequential<OutputOf<Layers, Input>>;
  readonly prototype: Sequential;
}

/** Layers one behind the other as a model. Its own type knows no sizes: what they follow from is in the type of the constructor. */
export const Sequential = class Sequential extends Model {
  constructor(layers: readonly (Layer | Model)[], options: SequentialOptions) {
    requireModelOptions("Sequential", options, ["inputShape"], () =>
      requireSampleShape("Sequential", "inputShape", options.inputShape),
    );
    super(chainOf(layers, options.inputShape), { name: "sequential", ...options });
  }
} as SequentialConstructor;

/** The network in which each layer is applied to what the one before it made; names those that have no name. */
export function chainOf(layers: readonly (Layer | Model)[], inputShape: Shape): Network {
  const own = layers.filter((layer): layer is Layer => !(layer instanceof Model));
  requireLayers("Sequential", own);
  if (layers.length === 0)
    throw new ConfigError("no-layers", "Sequential: expected at least one layer, got none.");
  nameLayers("Sequential", own);
  const input = new Input({ shape: inputShape });
  let value: SymbolicTensor = input;
  for (const layer of layers) {
    if (!(layer instanceof Model) && layer.variables.length > 0) throw builtTwice(layer);
    value = layer.apply(value);
  }
  const graph = graphOf([input], [value]);
  return new Network(layersOf(graph), graph);
}
