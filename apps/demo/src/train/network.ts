import {
  Adadelta,
  Adagrad,
  Adam,
  AdamW,
  binaryCrossEntropy,
  type KernelOptimizer,
  type Layer,
  type Loss,
  layerFromConfig,
  meanSquaredError,
  RMSprop,
  Sequential,
  SGD,
  type Shape,
  softmaxCrossEntropy,
  standardModel,
} from "@loam/nn";
import type { FilesFacts, TaskOfNetwork } from "./file-facts.js";
import type { OwnData } from "./files.js";
import type { OptimizerName, Settings } from "./settings.js";

/** What the digits are that the page draws. */
export const DIGITS: Pick<FilesFacts, "inputShape" | "outputs" | "task"> = {
  inputShape: [1, 28, 28],
  outputs: 10,
  task: "classes",
};

/** By what loss each task is learned, as the command does. */
export const LOSS_OF: Readonly<Record<TaskOfNetwork, () => Loss>> = {
  classes: softmaxCrossEntropy,
  numbers: meanSquaredError,
  labels: binaryCrossEntropy,
};

const make: Readonly<Record<OptimizerName, (learningRate: number) => KernelOptimizer>> = {
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
export function makeOptimizer(name: OptimizerName, learningRate: number): KernelOptimizer {
  return make[name](learningRate);
}

/** The layers of one's own network as the library's configuration, ended by a Dense layer with one output a class. */
export function layerConfigs(
  { layers, l2 }: Pick<Settings, "layers" | "l2">,
  classes: number,
): { type: string; [option: string]: unknown }[] {
  const isVector = layers.some(({ type }) => type === "Flatten");
  const whole = [...layers, ...(isVector ? [] : [{ type: "Flatten" }]), { type: "Dense", units: classes }];
  const hasKernel = (type: string) => type === "Dense" || type === "Conv2d";
  return whole.map((layer) =>
    l2 > 0 && hasKernel(layer.type) ? { ...layer, kernelRegularizer: { kind: "l2", l2 } } : layer,
  );
}

/** @throws {ShapeError} or {ConfigError} of the library, when layers do not fit. */
export function makeLayers(settings: Settings, inputShape: Shape, classes: number): readonly Layer[] {
  const { network, dropout, l2 } = settings;
  if (network === "custom") {
    return layerConfigs(settings, classes).map(({ type, ...config }) => layerFromConfig(type, config));
  }
  return standardModel(network, {
    inputShape,
    classes,
    ...(dropout !== undefined && { dropout }),
    ...(l2 > 0 && { l2 }),
  }).layers;
}

/** A model ready to be trained, the same as the `loam` command makes of these settings: to tell so many classes apart, or so many numbers or labels. */
export function makeModel(
  settings: Settings,
  inputShape: Shape,
  { outputs, task }: Pick<FilesFacts, "outputs" | "task">,
  optimizer = makeOptimizer(settings.optimizer, settings.learningRate),
): Sequential {
  return new Sequential(makeLayers(settings, inputShape, outputs), {
    inputShape,
    name: settings.network,
    seed: settings.seed,
  }).compile({
    optimizer,
    loss: LOSS_OF[task](),
    metrics: task === "classes" ? ["accuracy"] : [],
  });
}

/** How many parameters the network has, or why its layers do not fit. Without files the network is for digits. */
export function sizeOf(
  settings: Settings,
  files: OwnData | undefined,
): { parameters: number } | { error: unknown } {
  const facts = (settings.data === "files" && files?.facts) || DIGITS;
  try {
    return makeModel(settings, facts.inputShape, facts);
  } catch (error) {
    return { error };
  }
}
