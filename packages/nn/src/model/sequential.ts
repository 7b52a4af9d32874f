import type { Shape } from "../graph/shape.js";
import type { Layer } from "../layers/layer.js";
import { requireSampleShape } from "../layers/symbolic.js";
import { requireLayers, requireModelOptions } from "./checks.js";
import { Model } from "./model.js";
import { Network } from "./network.js";
import type { ModelOptions } from "./options.js";

export interface SequentialOptions extends ModelOptions {
  /** The shape of one sample, without the batch dimension. */
  readonly inputShape: Shape;
}

/**
 * A chain of layers, trained and used as one.
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
  constructor(layers: readonly Layer[], options: SequentialOptions) {
    requireModelOptions("Sequential", options, ["inputShape"], () =>
      requireSampleShape("Sequential", "inputShape", options.inputShape),
    );
    requireLayers("Sequential", layers);
    super(new Network(layers, options.inputShape), { name: "sequential", ...options });
  }
}
