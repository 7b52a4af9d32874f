import type { SymbolicTensor } from "../layers/symbolic.js";
import { requireModelOptions } from "./checks.js";
import { Model } from "./model.js";
import { nameLayers } from "./name-layers.js";
import { Network } from "./network.js";
import type { ModelOptions } from "./options.js";
import { layersOf, trace } from "./trace.js";

export interface GraphOptions extends ModelOptions {
  /** Every `Input` that the outputs are made of: one, or a list. */
  readonly inputs: SymbolicTensor | readonly SymbolicTensor[];
  /** What `apply` gave: one, or a list. */
  readonly outputs: SymbolicTensor | readonly SymbolicTensor[];
}

/**
 * A model of layers that are connected in any way but a circle: with branches, several inputs or outputs, and layers that are applied more than
 * once and have one set of weights.
 *
 * ```ts
 * const x = new Input({ shape: [784] });
 * const h = new ReLU().apply(new Dense({ units: 32 }).apply(x));
 * const y = new Add().apply([h, new Dense({ units: 32 }).apply(h)]);
 * const net = model({ inputs: x, outputs: new Dense({ units: 10 }).apply(y), seed: 7 });
 * ```
 *
 * It trains, is saved and read as a `Sequential` is. With several inputs it trains on a `BatchSource`, since a data set has one, and predicts by
 * `predictAll`; with several outputs it can do only the latter.
 * @throws {ConfigError} `not-symbolic`, `graph-inputs`, `no-layers`, `duplicate-name`, `built-twice` for a layer of another model, or for an
 * option that is unknown or out of its range.
 */
export function model(options: GraphOptions): Model {
  requireModelOptions("model", options, ["inputs", "outputs"]);
  const graph = trace([options.inputs].flat(), [options.outputs].flat());
  const layers = layersOf(graph);
  nameLayers("model", layers, graph.parts);
  return new Model(new Network(layers, graph), { name: "model", ...options });
}
