import * as classes from "./classes.js";
import type { Layer } from "./layer.js";
import { type LayerClass, makeLayer } from "./make-layer.js";

/** The layers by their `type`: what a saved architecture may name. */
export const layerClasses: Readonly<Record<string, LayerClass>> = { ...classes };

/** Whether a layer is the library's of its type, and none that extends it and may compute something else. */
export function isStandard(layer: Layer): boolean {
  return Object.hasOwn(layerClasses, layer.type) && layerClasses[layer.type] === layer.constructor;
}

/** What options mean that files before them could not have. */
const former: Readonly<Record<string, object>> = {
  BatchNorm: { axis: 1 },
  GroupNorm: { axis: 1 },
  PReLU: { axis: 1 },
};

/** `layerFromConfig` of what a file says, which may be older than an option. */
export function layerFromFile(
  type: string,
  config: Readonly<Record<string, unknown>>,
  custom: Readonly<Record<string, LayerClass>>,
): Layer {
  const before = Object.hasOwn(custom, type) ? undefined : former[type];
  return layerFromConfig(type, { ...before, ...config }, custom);
}

/**
 * Makes a layer from what `layer.type` and `layer.config()` gave. `custom` holds classes of one's own by their type.
 * @throws {ConfigError} `type-unknown`, or what the layer's constructor finds wrong with its options.
 */
export function layerFromConfig(
  type: string,
  config: Readonly<Record<string, unknown>>,
  custom: Readonly<Record<string, LayerClass>> = {},
): Layer {
  return makeLayer(new Map(Object.entries({ ...layerClasses, ...custom })), type, config);
}
