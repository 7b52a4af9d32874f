import {
  Adadelta,
  Adagrad,
  Adam,
  AdamW,
  ConfigError,
  cosineDecay,
  documentedLearningRates,
  fitSteps,
  type Layer,
  layerFromConfig,
  linearDecay,
  type Optimizer,
  RMSprop,
  type Schedule,
  SGD,
  type Shape,
  standardModel,
} from "@loam/nn";
import { UsageError } from "./failure.js";
import { type OptimizerName, SCHEDULE_NAMES, type ScheduleName } from "./names.js";
import type { Settings } from "./settings.js";

/** The optimizers of `--optimizer`, each with a learning rate. */
const OPTIMIZERS: Readonly<Record<OptimizerName, (learningRate: number | Schedule) => Optimizer>> = {
  sgd: (learningRate) => new SGD({ learningRate }),
  momentum: (learningRate) => new SGD({ learningRate, momentum: 0.9 }),
  nesterov: (learningRate) => new SGD({ learningRate, momentum: 0.9, nesterov: true }),
  adagrad: (learningRate) => new Adagrad({ learningRate }),
  rmsprop: (learningRate) => new RMSprop({ learningRate }),
  adadelta: (learningRate) => new Adadelta({ learningRate }),
  adam: (learningRate) => new Adam({ learningRate }),
  adamw: (learningRate) => new AdamW({ learningRate }),
};

/** The schedules of `--schedule`: from the learning rate to 0 over the steps of the run, or the same all along. */
const SCHEDULES: Readonly<Record<ScheduleName, (learningRate: number, steps: number) => number | Schedule>> =
  {
    constant: (learningRate) => learningRate,
    linear: (learningRate, steps) => linearDecay({ learningRate, steps }),
    cosine: (learningRate, steps) => cosineDecay({ learningRate, steps }),
  };

/** How layers of one's own are trained unless told otherwise. */
const CUSTOM = {
  optimizer: "adam",
  learningRate: documentedLearningRates.adam,
  schedule: "constant",
  batchSize: 32,
} as const;

/** Settings in which nothing is open but what the data decides. */
export type TrainingSettings = Settings &
  Required<Pick<Settings, "optimizer" | "learningRate" | "schedule" | "batchSize">>;

/**
 * Fills in what a configuration leaves to the network: optimizer, learning rate, its schedule and batch size.
 * @throws {ConfigError} or {UsageError} for a network that cannot be, whatever the data.
 */
export function withTrainingDefaults(settings: Settings): TrainingSettings {
  const usual = usualTraining(settings);
  const optimizer = settings.optimizer ?? usual.optimizer;
  // A network's own rate and schedule go with its own optimizer; another one brings the rate that is documented for it, which stays.
  const own = optimizer === usual.optimizer;
  return {
    ...settings,
    optimizer,
    learningRate: settings.learningRate ?? (own ? usual.learningRate : documentedLearningRates[optimizer]),
    schedule: settings.schedule ?? (own ? usual.schedule : "constant"),
    batchSize: settings.batchSize ?? usual.batchSize,
  };
}

interface UsualTraining {
  readonly optimizer: OptimizerName;
  readonly learningRate: number;
  readonly schedule: ScheduleName;
  readonly batchSize: number;
}

function usualTraining(settings: Settings): UsualTraining {
  if (settings.model === undefined) {
    makeLayers(settings, [], 0); // layers and options that nobody knows show themselves here
    return CUSTOM;
  }
  const { optimizer, batchSize } = standard(settings, [1, 28, 28], 10);
  const name = optimizer.name.toLowerCase() as OptimizerName;
  const schedule = scheduleName(optimizer.learningRate);
  return { optimizer: name, learningRate: optimizer.learningRateAt(0), schedule, batchSize };
}

function scheduleName(rate: number | Schedule): ScheduleName {
  if (typeof rate === "number") return "constant";
  return SCHEDULE_NAMES.find((name) => rate.kind === `${name}Decay`)!;
}

/** The optimizer of a run on so many samples, from which `validationSplit` is yet to be taken. */
export function makeOptimizer(
  settings: TrainingSettings,
  samples: number,
  validationSplit: number | undefined,
): Optimizer {
  const { optimizer, learningRate, schedule, batchSize, epochs, steps } = settings;
  const length = fitSteps(samples, {
    batchSize,
    ...(epochs !== undefined && { epochs }),
    ...(steps !== undefined && { steps }),
    ...(validationSplit !== undefined && { validationSplit }),
  });
  // No step is left where the split takes all samples: fit says that better.
  return OPTIMIZERS[optimizer](SCHEDULES[schedule](learningRate, Math.max(1, length)));
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
    steps: 1, // the layers do not depend on it, and the decay's kind does not either
    ...(dropout !== undefined && { dropout }),
    ...(l2 !== undefined && { l2 }),
  });
}
