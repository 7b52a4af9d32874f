import { ConfigError, ownerLabel } from "../../errors.js";
import { formatShape, type Shape, sameShape } from "../../graph/shape.js";
import { given } from "../../initializers/given.js";
import type { Initializer } from "../../initializers/initializer.js";
import type { Layer } from "../../layers/layer.js";
import type { LayerClass } from "../../layers/make-layer.js";
import type { NamedValue } from "../../program/parameter-store.js";

/**
 * A layer like another, of its class, with its options and its name, whose variables begin with these values, by their own names ("kernel").
 * `options` replaces some of the options.
 */
export function copyLayer(
  layer: Layer,
  values: ReadonlyMap<string, Pick<NamedValue, "shape" | "data">>,
  options: Readonly<Record<string, unknown>> = {},
): Layer {
  const Class = layer.constructor as LayerClass;
  const copy = new Class({ ...layer.config(), name: layer.name, ...options } as never);
  const build = copy.build.bind(copy);
  const begin = (name: string, shape: Shape): Initializer => {
    const value = values.get(name);
    if (value && sameShape(value.shape, shape)) return given(value.data);
    throw new ConfigError(
      "weights-mismatch",
      `${ownerLabel(copy)}: expected an input as that of the layer it was copied from, got one that asks for "${name}" of shape ${formatShape(shape)} where ${value ? formatShape(value.shape) : "nothing"} was copied.`,
    );
  };
  copy.build = (inputShape, context) =>
    build(inputShape, {
      ...context,
      parameter: (name, shape, _, more) => context.parameter(name, shape, begin(name, shape), more),
      state: (name, shape) => context.state(name, shape, begin(name, shape)),
    });
  return copy;
}

/** Each layer's values by their own names, from all of a model's. */
export function valuesByLayer(weights: readonly NamedValue[]) {
  const layers = new Map<string, Map<string, NamedValue>>();
  for (const weight of weights) {
    const cut = weight.name.indexOf("/");
    const layer = weight.name.slice(0, cut);
    const own = layers.get(layer) ?? new Map<string, NamedValue>();
    layers.set(layer, own.set(weight.name.slice(cut + 1), weight));
  }
  return (layer: Layer): ReadonlyMap<string, NamedValue> => layers.get(layer.name) ?? new Map();
}
