import { ConfigError, showValue } from "../errors.js";
import { requireKnown } from "../known-name.js";
import type { Layer } from "./layer.js";

/** A layer's class. Its options are checked by its constructor, so that they may come from a file. */
export type LayerClass = new (options: never) => Layer;

/**
 * Makes a layer of one of some classes.
 * @throws {ConfigError} `type-unknown`, `options-not-an-object`, or what the layer's constructor finds wrong with its options.
 */
export function makeLayer(
  classes: ReadonlyMap<string, LayerClass>,
  type: string,
  config: Readonly<Record<string, unknown>>,
): Layer {
  requireKnown("layer", "type", type, [...classes.keys()]);
  if (typeof config !== "object" || config === null) {
    throw new ConfigError(
      "options-not-an-object",
      `${type}: expected an object of options, got ${showValue(config)}.`,
    );
  }
  return new (classes.get(type)!)(config as never);
}
