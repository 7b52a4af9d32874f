import {
  Adadelta,
  Adagrad,
  Adam,
  AdamW,
  type Layer,
  layerFromConfig,
  type Optimizer,
  RMSprop,
  Sequential,
  SGD,
  type Shape,
  softmaxCrossEntropy,
  standardModel,
} from "@loam/nn";
import type { LayerSpec } from "./layer-specs.js";
import type { OptimizerName, Settings } from "./settings.js";

const make: Readonly<Record<OptimizerName, (learningRate: number) => Optimizer>> = {
  sgd: (learningRate) => new SGD({ learningRate }),
  momentum: (learningRate) => new SGD({ learningRate, momentum: 0.9 }),
  nesterov: (learningRate) => new SGD({ learningRate, momentum: 0.9, nesterov: true }),
  adagrad: (learningRate) => new Adagrad({ learningRate }),
  rmsprop: (learningRate) => new RMSprop({ learningRate }),
  adadelta: (learningRate) => new Adadelta({ learningRate }),
  adam: (learningRate) => new Adam({ learningRate }),
  adamw: (learningRate) => new AdamW({ learningRate }),
};

/** The library's optimizer of a name. */
export function makeOptimizer(name: OptimizerName, learningRate: number): Optimizer {
  return make[name](learningRate);
}

/** The layers of one's own network as the library's configuration, ended by a Dense layer with one output a class. */
export function layerConfigs(
  layers: readonly LayerSpec[],
  classes: number,
): { type: string; [option: string]: unknown }[] {
  const isVector = layers.some(({ type }) => type === "Flatten");
  return [...layers, ...(isVector ? [] : [{ type: "Flatten" }]), { type: "Dense", units: classes }];
}

/** @throws {ShapeError} or {ConfigError} of the library, when layers do not fit. */
export function makeLayers(settings: Settings, inputShape: Shape, classes: number): readonly Layer[] {
  if (settings.network === "custom") {
    return layerConfigs(settings.layers, classes).map(({ type, ...config }) => layerFromConfig(type, config));
  }
  return standardModel(settings.network, {
    inputShape,
    classes,
    ...(settings.dropout !== undefined && { dropout: settings.dropout }),
    ...(settings.l2 > 0 && { l2: settings.l2 }),
  }).layers;
}

/** A model ready to be trained, the same as the `loam` command makes of these settings. */
export function makeModel(settings: Settings, inputShape: Shape, classes: number): Sequential {
  return new Sequential(makeLayers(settings, inputShape, classes), {
    inputShape,
    name: settings.network,
    seed: settings.seed,
  }).compile({
    optimizer: makeOptimizer(settings.optimizer, settings.learningRate),
    loss: softmaxCrossEntropy(),
    metrics: ["accuracy"],
  });
}
