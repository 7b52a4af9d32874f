import type { Shape } from "../../graph/shape.js";
import { BatchNorm } from "../../layers/batch-norm.js";
import { Conv2d } from "../../layers/conv2d.js";
import { Dense } from "../../layers/dense.js";
import type { Layer } from "../../layers/layer.js";
import { Input, type SymbolicTensor } from "../../layers/symbolic.js";
import type { NamedValue } from "../../program/parameter-store.js";
import { model as connect } from "../functional.js";
import type { Model } from "../model.js";
import type { ModelOptions } from "../options.js";
import type { Call, Graph } from "../trace.js";
import { copyLayer, valuesByLayer } from "./copy-layer.js";

type Values = ReadonlyMap<string, Pick<NamedValue, "shape" | "data">>;

/**
 * A model that gives what this one does in `predict`, without the work of the BatchNorms that follow a Conv2d or Dense directly: with averages m and
 * v that stand still, γ·(x·W + b − m)/√(v + ε) + β is x·(W·s) + (b − m)·s + β, where s = γ/√(v + ε).
 *
 * Outputs differ by rounding alone. Folded is what nobody else reads: a layer without an activation, applied once, whose output goes into the
 * BatchNorm and nowhere else; a Dense on rows of pictures, whose channels come first, is not. The model is new, with weights of its own, and knows of its data what the old one
 * does. It is meant to be used: trained further, it would have no BatchNorm.
 * @throws {ConfigError} for an option that is unknown or out of its range.
 */
export async function foldBatchNorm(model: Model, options: ModelOptions = {}): Promise<Model> {
  const { graph } = model.network;
  const valuesOf = valuesByLayer(await model.getWeights());
  const folded = new Map<Layer, Layer>();
  for (const call of graph.calls) {
    const before = foldable(graph, call);
    if (before) folded.set(before, call.layer);
  }
  const copies = new Map(
    model.layers.map((layer) => {
      const norm = folded.get(layer);
      if (!norm) return [layer, copyLayer(layer, valuesOf(layer))];
      const values = foldedValues(layer, valuesOf(layer), norm as BatchNorm, valuesOf(norm));
      return [layer, copyLayer(layer, values, { useBias: true })];
    }),
  );
  const gone = new Set(folded.values());
  const ins = graph.inputs.map(({ name, shape }) => new Input({ name, shape }));
  const made: SymbolicTensor[] = [...ins];
  for (const { layer, inputs } of graph.calls) {
    const xs = inputs.map((value) => made[value]!);
    made.push(gone.has(layer) ? xs[0]! : copies.get(layer)!.apply(xs));
  }
  const outputs = graph.outputs.map((value) => made[value]!);
  const result = connect({ name: model.name, seed: model.seed, ...options, inputs: ins, outputs });
  const { scaling, classNames, schema, loss } = model;
  return Object.assign(result, { scaling, classNames, schema, loss });
}

/** The layer into which the BatchNorm that is called here can go. */
function foldable({ inputs, calls, outputs }: Graph, norm: Call): Layer | undefined {
  const value = norm.inputs[0]!;
  const before = calls[value - inputs.length];
  if (norm.layer.constructor !== BatchNorm || !before) return undefined;
  const { layer, shape } = before;
  const isConv = layer.constructor === Conv2d;
  if (!isConv && layer.constructor !== Dense) return undefined;
  // The channels must be what the layer before makes: Conv2d's come first, Dense's last.
  if ((norm.layer as BatchNorm).axisIn(shape) !== (isConv ? 1 : shape.length)) return undefined;
  if ((layer as Conv2d | Dense).activation !== undefined) return undefined;
  const once = (one: Layer) => calls.filter((call) => call.layer === one).length === 1;
  const readers = [...calls.flatMap((call) => call.inputs), ...outputs].filter((one) => one === value);
  return readers.length === 1 && once(layer) && once(norm.layer) ? layer : undefined;
}

/** Kernel and bias with what the BatchNorm does in them. */
function foldedValues(layer: Layer, own: Values, { epsilon }: BatchNorm, norm: Values): Values {
  const { data, shape } = own.get("kernel")!;
  const channels = norm.get("movingMean")!.shape[0]!;
  const at = (values: Values, name: string, channel: number, otherwise: number) =>
    values.get(name)?.data[channel] ?? otherwise;
  const bias = new Float32Array(channels);
  const scales = new Float64Array(channels);
  for (let c = 0; c < channels; c++) {
    scales[c] = at(norm, "gamma", c, 1) / Math.sqrt(at(norm, "movingVariance", c, 1) + epsilon);
    const centered = at(own, "bias", c, 0) - at(norm, "movingMean", c, 0);
    bias[c] = centered * scales[c]! + at(norm, "beta", c, 0);
  }
  const channelOf = channelsOf(layer, shape);
  const kernel = data.map((weight, i) => weight * scales[channelOf(i)]!);
  return new Map([
    ["kernel", { shape, data: kernel }],
    ["bias", { shape: [channels], data: bias }],
  ]);
}

/** Which channel a weight makes: Conv2d's lie one behind the other, Dense's side by side. */
function channelsOf(layer: Layer, shape: Shape): (place: number) => number {
  if (layer.constructor === Dense) return (place) => place % shape[1]!;
  const size = shape.slice(1).reduce((product, one) => product * one, 1);
  return (place) => Math.floor(place / size);
}
