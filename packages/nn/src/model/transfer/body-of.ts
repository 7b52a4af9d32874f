import { ConfigError, showValue } from "../../errors.js";
import type { Shape } from "../../graph/shape.js";
import { requireKnown } from "../../known-name.js";
import type { Layer } from "../../layers/layer.js";
import type { SymbolicTensor } from "../../layers/symbolic.js";
import { requireBoolean, requireOptions } from "../../options.js";
import type { Model } from "../model.js";
import type { Call } from "../trace.js";
import { copyLayer, valuesByLayer } from "./copy-layer.js";

export interface BodyOptions {
  /** The last layer that is taken: its name, or its place in `model.layers`, from 0, or back from −1; by default the model's last. */
  readonly upTo?: string | number;
  /** What the layers' `trainable` is to be; as in the model unless given. */
  readonly trainable?: boolean;
}

/** Layers of a model, copied with their weights, to be put into another. */
export interface Body {
  /** Of one sample. */
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  /** In the model's order; where that is one behind the other, they may be spread into a `Sequential`. */
  readonly layers: readonly Layer[];
  /**
   * Applies the layers as the model does, and gives what the last one makes; again, with the same weights.
   * @throws {ShapeError} when the input does not fit.
   */
  apply(x: SymbolicTensor): SymbolicTensor;
}

/**
 * The layers of a trained model, up to one of them, with the weights that they have now: a body for another head.
 *
 * ```ts
 * const body = await bodyOf(await load("pets.safetensors"), { upTo: -2, trainable: false });
 * const net = new Sequential([...body.layers, new Dense({ units: 3, name: "head" })], { inputShape: body.inputShape });
 * ```
 *
 * The layers are copies, which the new model trains and saves as its own; the old one stays as it is and may be closed. Keras shares them: where two
 * models are to have one set of weights, take them along again with `bodyOf`. In `model({ inputs, outputs })`, `body.apply(x)` is the model as a
 * layer, and applied twice it has one set of weights. What the model knows of its data, such as `scaling`, comes from the data of the next `fit`.
 *
 * To train the whole with a small rate later, set `trainable` of `body.layers` to true and compile again.
 * @throws {ConfigError} `up-to-unknown`, `not-single` where the layers up to it have several inputs, `weights-mismatch` when the layers are built on
 * other shapes than they were.
 */
export async function bodyOf(model: Model, options: BodyOptions = {}): Promise<Body> {
  requireOptions("bodyOf", options, ["upTo", "trainable"]);
  const { upTo, trainable } = options;
  if (trainable !== undefined) requireBoolean("bodyOf", "trainable", trainable);
  const { graph, shapes } = model.network;
  const end = upTo === undefined ? graph.outputs[0]! : madeBy(model, upTo);
  const { calls, input } = callsUpTo(model, end);
  const values = valuesByLayer(await model.getWeights());
  const copies = new Map<Layer, Layer>();
  for (const { layer } of calls) {
    if (copies.has(layer)) continue;
    copies.set(layer, copyLayer(layer, values(layer), trainable === undefined ? {} : { trainable }));
  }
  return {
    inputShape: shapes[input]!,
    outputShape: shapes[end]!,
    layers: model.layers.flatMap((layer) => copies.get(layer) ?? []),
    apply(x) {
      const made = new Map<number, SymbolicTensor>([[input, x]]);
      for (const { layer, inputs, value } of calls) {
        made.set(value, copies.get(layer)!.apply(inputs.map((of) => made.get(of)!)));
      }
      return made.get(end)!;
    },
  };
}

/** Which value the last call of a layer makes. */
function madeBy({ layers, network: { graph } }: Model, upTo: string | number): number {
  const names = layers.map(({ name }) => name);
  const layer = typeof upTo === "number" ? layers.at(upTo) : undefined;
  const inside =
    Number.isInteger(upTo) && (upTo as number) < layers.length && (upTo as number) >= -layers.length;
  if (typeof upTo === "number" && !inside) {
    throw new ConfigError(
      "up-to-unknown",
      `bodyOf: upTo must be a layer's name or its place from ${-layers.length} to ${layers.length - 1}, got ${showValue(upTo)}.`,
    );
  }
  if (!layer) requireKnown("bodyOf", "upTo", upTo as string, names);
  const wanted = layer?.name ?? upTo;
  return graph.inputs.length + graph.calls.findLastIndex((call) => call.layer.name === wanted);
}

/** The calls that a value is made of, in their order, and the input. @throws {ConfigError} `not-single` */
function callsUpTo({ name, network: { graph } }: Model, end: number) {
  const first = graph.inputs.length;
  const needed = new Set([end]);
  const calls: (Call & { readonly value: number })[] = [];
  for (let value = end; value >= first; value--) {
    if (!needed.has(value)) continue;
    const call = graph.calls[value - first]!;
    for (const of of call.inputs) needed.add(of);
    calls.unshift({ ...call, value });
  }
  const inputs = [...needed].filter((value) => value < first);
  if (inputs.length === 1) return { calls, input: inputs[0]! };
  throw new ConfigError(
    "not-single",
    `bodyOf: expected layers that are made of one input, got "${name}" with ${inputs.length} up to there; take an earlier layer.`,
  );
}
