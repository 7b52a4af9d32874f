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

export interface SequentialOptions extends ModelOptions {
  /** The shape of one sample, without the batch dimension. */
  readonly inputShape: Shape;
}

/**
 * A chain of layers, trained and used as one. A model may be one of them; see `Model.apply`.
 *
 * ```ts
 * const model = new Sequential([new Dense({ units: 10 })], { inputShape: [784], seed: 7 });
 * model.compile({ optimizer: new Adam(), loss: softmaxCrossEntropy(), metrics: ["accuracy"] });
 * await model.fit(dataset, { epochs: 5, batchSize: 128 });
 * ```
 */
export class Sequential extends Model {
  /**
   * @throws {ShapeError} naming the layer whose input does not fit and both shapes.
   * @throws {ConfigError} `no-layers`, `not-a-layer`, `built-twice`, `duplicate-name`, or for an option that is unknown or out of its range.
   */
  constructor(layers: readonly (Layer | Model)[], options: SequentialOptions) {
    requireModelOptions("Sequential", options, ["inputShape"], () =>
      requireSampleShape("Sequential", "inputShape", options.inputShape),
    );
    super(chainOf(layers, options.inputShape), { name: "sequential", ...options });
  }
}

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
