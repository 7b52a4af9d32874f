import {
  Adadelta,
  Adagrad,
  Adam,
  AdamW,
  AMSGrad,
  clipByGlobalNorm,
  cosineDecay,
  cosineRestarts,
  documentedLearningRates,
  exponentialDecay,
  fitSteps,
  LAMB,
  type Layer,
  Lion,
  linearDecay,
  Nadam,
  type Optimizer,
  type OptimizerOptions,
  oneCycle,
  polynomialDecay,
  RMSprop,
  type Schedule,
  SGD,
  type Shape,
  standardModel,
  stepDecay,
  warmup,
} from "@loam/nn";
import {
  isLanguageModel,
  isTextModel,
  type LAYER_MODELS,
  type OptimizerName,
  SCHEDULE_NAMES,
  type ScheduleName,
} from "./names.js";
import { ownLayers } from "./own-network.js";
import type { Settings } from "./settings.js";
import { TEXT_TRAINING } from "./text-network.js";

/** The optimizers of `--optimizer`, each with a learning rate. */
const OPTIMIZERS: Readonly<Record<OptimizerName, (options: OptimizerOptions) => Optimizer>> = {
  sgd: (options) => new SGD(options),
  momentum: (options) => new SGD({ ...options, momentum: 0.9 }),
  nesterov: (options) => new SGD({ ...options, momentum: 0.9, nesterov: true }),
  adagrad: (options) => new Adagrad(options),
  rmsprop: (options) => new RMSprop(options),
  adadelta: (options) => new Adadelta(options),
  adam: (options) => new Adam(options),
  adamw: (options) => new AdamW(options),
  amsgrad: (options) => new AMSGrad(options),
  nadam: (options) => new Nadam(options),
  lion: (options) => new Lion(options),
  lamb: (options) => new LAMB(options),
};

/** The schedules of `--schedule`, over the steps of the run. */
const SCHEDULES: Readonly<Record<ScheduleName, (learningRate: number, steps: number) => number | Schedule>> =
  {
    constant: (learningRate) => learningRate,
    linear: (learningRate, steps) => linearDecay({ learningRate, steps }),
    cosine: (learningRate, steps) => cosineDecay({ learningRate, steps }),
    "warmup-cosine": (learningRate, steps) => cosineDecay({ learningRate, steps }),
    // Waves of 1, 2 and 4 sevenths.
    restarts: (learningRate, steps) => cosineRestarts({ learningRate, steps: Math.ceil(steps / 7) }),
    "one-cycle": (learningRate, steps) => oneCycle({ learningRate, steps }),
    step: (learningRate, steps) => stepDecay({ learningRate, every: Math.ceil(steps / 3) }),
    exponential: (learningRate, steps) => exponentialDecay({ learningRate, every: steps, factor: 0.01 }),
    polynomial: (learningRate, steps) => polynomialDecay({ learningRate, steps, power: 2 }),
    // Lowered by a callback.
    plateau: (learningRate) => learningRate,
  };

/** The rate over a run of so many steps, of which the first may rise to where its schedule begins. */
function rateOf(
  { learningRate, schedule, warmup: asked }: TrainingSettings,
  steps: number,
): number | Schedule {
  const rise = Math.min(asked ?? (schedule === "warmup-cosine" ? Math.ceil(steps / 20) : 0), steps - 1);
  const after = SCHEDULES[schedule](learningRate, steps - rise);
  return rise > 0 ? warmup({ steps: rise, after }) : after;
}

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
  if (settings.from !== undefined) return CUSTOM;
  if (settings.model === undefined) {
    makeLayers(settings, [], 1); // layers and options that nobody knows show themselves here
    return CUSTOM;
  }
  if (isTextModel(settings.model)) return TEXT_TRAINING[settings.model];
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
  const { optimizer, batchSize, accumulate, epochs, steps, ema } = settings;
  const length = fitSteps(samples, {
    batchSize,
    ...(accumulate !== undefined && { accumulate }),
    ...(epochs !== undefined && { epochs }),
    ...(steps !== undefined && { steps }),
    ...(validationSplit !== undefined && { validationSplit }),
  });
  // No step is left where the split takes all samples: fit says that better.
  const options = {
    learningRate: rateOf(settings, Math.max(1, length)),
    ...(ema !== undefined && { emaMomentum: ema }),
  };
  // As language models are trained: nanoGPT's settings.
  if (optimizer === "adamw" && isLanguageModel(settings.model))
    return new AdamW({
      ...options,
      beta2: 0.99,
      weightDecay: 0.1,
      decayMatricesOnly: true,
      clipping: clipByGlobalNorm(1),
    });
  return OPTIMIZERS[optimizer](options);
}

/**
 * The layers of `--model` or of the configuration.
 * @throws {UsageError} naming the layer of the configuration that nobody knows or whose options are wrong.
 */
export function makeLayers(settings: Settings, inputShape: Shape, classes: number): readonly Layer[] {
  if (settings.model !== undefined) return standard(settings, inputShape, classes).layers;
  return ownLayers(settings.layers!, classes);
}

function standard({ model, dropout, l2 }: Settings, inputShape: Shape, classes: number) {
  return standardModel(model as (typeof LAYER_MODELS)[number], {
    inputShape,
    classes,
    steps: 1, // the layers do not depend on it, and the decay's kind does not either
    ...(dropout !== undefined && { dropout }),
    ...(l2 !== undefined && { l2 }),
  });
}
