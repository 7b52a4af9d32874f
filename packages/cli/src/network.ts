import {
  Adadelta,
  Adagrad,
  Adam,
  AdamW,
  ConfigError,
  documentedLearningRates,
  type Layer,
  layerFromConfig,
  type Optimizer,
  RMSprop,
  SGD,
  type Shape,
  standardModel,
} from "@loam/nn";
import { UsageError } from "./failure.js";
import type { OptimizerName } from "./names.js";
import type { Settings } from "./settings.js";

/** The optimizers of `--optimizer`, each with a learning rate. */
const OPTIMIZERS: Readonly<Record<OptimizerName, (learningRate: number) => Optimizer>> = {
  sgd: (learningRate) => new SGD({ learningRate }),
  momentum: (learningRate) => new SGD({ learningRate, momentum: 0.9 }),
  nesterov: (learningRate) => new SGD({ learningRate, momentum: 0.9, nesterov: true }),
  adagrad: (learningRate) => new Adagrad({ learningRate }),
  rmsprop: (learningRate) => new RMSprop({ learningRate }),
  adadelta: (learningRate) => new Adadelta({ learningRate }),
  adam: (learningRate) => new Adam({ learningRate }),
  adamw: (learningRate) => new AdamW({ learningRate }),
};

/** How layers of one's own are trained unless told otherwise. */
const CUSTOM = { optimizer: "adam", learningRate: documentedLearningRates.adam, batchSize: 32 } as const;

/** Settings in which nothing is open but what the data decides. */
export type TrainingSettings = Settings &
  Required<Pick<Settings, "optimizer" | "learningRate" | "batchSize">>;

/**
 * Fills in what a configuration leaves to the network: optimizer, learning rate and batch size.
 * @throws {ConfigError} or {UsageError} for a network that cannot be, whatever the data.
 */
export function withTrainingDefaults(settings: Settings): TrainingSettings {
  const usual = usualTraining(settings);
  const optimizer = settings.optimizer ?? usual.optimizer;
  return {
    ...settings,
    optimizer,
    learningRate: settings.learningRate ?? rateOf(optimizer, usual),
    batchSize: settings.batchSize ?? usual.batchSize,
  };
}

interface UsualTraining {
  readonly optimizer: OptimizerName;
  readonly learningRate: number;
  readonly batchSize: number;
}

/** A network's own rate goes with its own optimizer; another optimizer brings the rate that is documented for it. */
function rateOf(optimizer: OptimizerName, usual: UsualTraining): number {
  return optimizer === usual.optimizer ? usual.learningRate : documentedLearningRates[optimizer];
}

function usualTraining(settings: Settings): UsualTraining {
  if (settings.model === undefined) {
    makeLayers(settings, [], 0); // layers and options that nobody knows show themselves here
    return CUSTOM;
  }
  const { optimizer, batchSize } = standard(settings, [1, 28, 28], 10);
  const name = optimizer.name.toLowerCase() as OptimizerName;
  return { optimizer: name, learningRate: optimizer.learningRateAt(0), batchSize };
}

export function makeOptimizer({ optimizer, learningRate }: TrainingSettings): Optimizer {
  return OPTIMIZERS[optimizer](learningRate);
}

/**
 * The layers of `--model` or of the configuration.
 * @throws {UsageError} naming the layer of the configuration that nobody knows or whose options are wrong.
 */
export function makeLayers(settings: Settings, inputShape: Shape, classes: number): readonly Layer[] {
  if (settings.model !== undefined) return standard(settings, inputShape, classes).layers;
  return settings.layers!.map(({ type, ...config }, i) => {
    try {
      return layerFromConfig(type, config);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      throw new UsageError(`layer ${i + 1} of the configuration: ${error.message}`);
    }
  });
}

function standard({ model, dropout, l2 }: Settings, inputShape: Shape, classes: number) {
  return standardModel(model!, {
    inputShape,
    classes,
    ...(dropout !== undefined && { dropout }),
    ...(l2 !== undefined && { l2 }),
  });
}
