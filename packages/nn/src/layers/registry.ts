import { ConfigError, requireOneOf, showValue } from "../errors.js";
import { Add } from "./add.js";
import { AvgPool2d } from "./avg-pool2d.js";
import { Concatenate } from "./concatenate.js";
import { Conv2d } from "./conv2d.js";
import { Dense } from "./dense.js";
import { Dropout } from "./dropout.js";
import { ELU } from "./elu.js";
import { Flatten } from "./flatten.js";
import type { Layer } from "./layer.js";
import { LeakyReLU } from "./leaky-relu.js";
import { MaxPool2d } from "./max-pool2d.js";
import { ReLU } from "./relu.js";
import { Sigmoid } from "./sigmoid.js";
import { Softmax } from "./softmax.js";
import { Tanh } from "./tanh.js";

/** A layer's class. Its options are checked by its constructor, so that they may come from a file. */
export type LayerClass = new (options: never) => Layer;

/** The layers by their `type`: what a saved architecture may name. */
export const layerClasses: Readonly<Record<string, LayerClass>> = {
  Dense,
  Conv2d,
  MaxPool2d,
  AvgPool2d,
  Flatten,
  Dropout,
  ReLU,
  LeakyReLU,
  ELU,
  Sigmoid,
  Tanh,
  Softmax,
  Add,
  Concatenate,
};

/**
 * Makes a layer from what `layer.type` and `layer.config()` gave. `custom` holds classes of one's own by their type.
 * @throws {ConfigError} `type-unknown`, or what the layer's constructor finds wrong with its options.
 */
export function layerFromConfig(
  type: string,
  config: Readonly<Record<string, unknown>>,
  custom: Readonly<Record<string, LayerClass>> = {},
): Layer {
  const classes = new Map(Object.entries({ ...layerClasses, ...custom }));
  requireOneOf("layer", "type", type, [...classes.keys()]);
  if (typeof config !== "object" || config === null) {
    throw new ConfigError(
      "options-not-an-object",
      `${type}: expected an object of options, got ${showValue(config)}.`,
    );
  }
  return new (classes.get(type)!)(config as never);
}
