import { type Dataset, splitDataset } from "../data/dataset.js";
import { shuffledIndices } from "../data/shuffle.js";
import { ConfigError, DataError, requireIn, requirePositiveInteger } from "../errors.js";
import type { LoadedData } from "../program/data-store.js";
import { SCHEDULE_STEPS } from "../program/words.js";
import type { Checkpointer, FitMoment, FitPosition, FitRun } from "./checkpointer.js";
import { evaluate } from "./evaluate.js";
import { requireFiniteWeights } from "./finite-weights.js";
import { fitSteps } from "./fit-steps.js";
import type { EpochRecord, History, Progress } from "./progress.js";

export interface FitOptions {
  /** How often to go through the data; default 1. */
  readonly epochs?: number;
  /** Steps in all, in place of `epochs`: the last epoch may be a part of one. */
  readonly steps?: number;
  /** Samples a step, default 32; the last batch of an epoch is as short as it has to be. */
  readonly batchSize?: number;
  /** A new order every epoch, a function of (seed, epoch); default true. */
  readonly shuffle?: boolean;
  /** The share of the data, in (0, 1), that is set aside for validation, chosen by the seed. */
  readonly validationSplit?: number;
  /** Evaluated after every epoch. */
  readonly validationData?: Dataset;
  /** Keeps checkpoints, or goes on from one: `checkpoints` of `@loam/nn/checkpoint`. */
  readonly checkpoint?: Checkpointer;
  /** Stops the run between two slices; what has been learnt stays. */
  readonly signal?: AbortSignal;
  /** Called after every slice; while a promise that it returns is pending, training waits. */
  readonly onSlice?: (progress: Progress) => void | Promise<void>;
  readonly onEpochEnd?: (record: EpochRecord) => void | Promise<void>;
  /** The most steps that a slice may have, asked before each: 1 to go step by step. */
  readonly sliceSteps?: number | (() => number);
  /** How long a slice may take, in milliseconds; default 20. */
  readonly sliceMs?: number;
}

export const FIT_OPTIONS: readonly (keyof FitOptions)[] = [
  "epochs",
  "steps",
  "batchSize",
  "shuffle",
  "validationSplit",
  "validationData",
  "checkpoint",
  "signal",
  "onSlice",
  "onEpochEnd",
  "sliceSteps",
  "sliceMs",
];

/** What a model has been through, over all fits: steps, and epochs that were at least begun. */
export interface TrainedSoFar {
  steps: number;
  epochs: number;
}

/** Trains; see `Sequential.fit`. Keeps in `counter` what the model has been through. */
export async function fit(run: FitRun, counter: TrainedSoFar): Promise<History> {
  const { runtime, dataset, options, model } = run;
  requireIn("fit", "sliceMs", options.sliceMs ?? 20, "(0, Infinity]");
  const totalSteps = fitSteps(dataset.inputs.shape[0]!, options);
  const [train, validation] = divide(dataset, options, model.seed);
  return runtime.withData(train, (data) => fitOn(run, counter, { train, data, validation, totalSteps }));
}

/** What a fit goes through. */
interface FitData {
  readonly train: Dataset;
  /** `train` in memory. */
  readonly data: LoadedData;
  readonly validation: Dataset | undefined;
  readonly totalSteps: number;
}

async function fitOn(
  run: FitRun,
  counter: TrainedSoFar,
  { train, data, validation, totalSteps }: FitData,
): Promise<History> {
  const { runtime, compiled, dataset, options, model } = run;
  const { seed } = model;
  const { batchSize = 32, shuffle = true, signal, sliceMs = 20, onSlice, onEpochEnd, checkpoint } = options;
  const samples = train.inputs.shape[0]!;
  const stepsPerEpoch = Math.ceil(samples / batchSize);
  const epochs = Math.ceil(totalSteps / stepsPerEpoch);
  /** Samples that so many steps of one epoch, or of the whole fit, go through. */
  const seenInEpoch = (steps: number) => Math.min(steps * batchSize, samples);
  const seenInAll = (steps: number) =>
    Math.floor(steps / stepsPerEpoch) * samples + seenInEpoch(steps % stepsPerEpoch);
  const { optimizer } = compiled;
  const { words, machine } = runtime;

  const state = await runtime.stateOf(optimizer, counter.steps);
  const from = await checkpoint?.begin(run);
  const records: EpochRecord[] = [...(from?.records ?? [])];
  const startStep = from?.startStep ?? counter.steps;
  const startEpoch = from?.startEpoch ?? counter.epochs;
  if (from) state.startStep = from.optimizerStart;
  /** How many steps the optimizer has taken, which began later than the model if it was compiled later. */
  const taken = (step: number) => startStep + step - state.startStep;
  const began = performance.now() - 1000 * (from?.seconds ?? 0);
  const resumedAt = { step: from?.step ?? 0, time: performance.now() };
  let { step } = resumedAt;
  let paused = 0;
  let position: FitPosition | undefined;
  const rates = new Float64Array(SCHEDULE_STEPS);
  /** More steps than the next slice will have the time for, so that no more rates are worked out than it needs. */
  let likely = SCHEDULE_STEPS;
  counter.steps = startStep + step;
  model.scaling = dataset.scaling;
  model.classNames = dataset.classNames;
  /** Whether the signal stopped the run before its last step. */
  const stopped = () => signal?.aborted === true && step < totalSteps;

  await words.setScalars(optimizer.scalars(optimizer.learningRateAt(taken(0))));
  for (let epoch = from?.epoch ?? 1; epoch <= epochs && !stopped(); epoch++) {
    counter.epochs = startEpoch + epoch;
    const resumed = epoch === from?.epoch ? from : undefined;
    const epochBegan = performance.now() - 1000 * (resumed?.epochSeconds ?? 0);
    let done = resumed?.epochStep ?? 0;
    let sums = { lossSum: resumed?.lossSum ?? 0, correct: resumed?.correct ?? 0 };
    const epochSteps = Math.min(stepsPerEpoch, totalSteps - step + done);
    /** Tells the checkpointer where training is: inside this epoch, or at the beginning of the next. */
    const reached = async (moment: FitMoment): Promise<void> => {
      if (!checkpoint) return;
      const seconds = { seconds: since(began), epochSeconds: since(epochBegan) };
      const start = { startStep, startEpoch, optimizerStart: state.startStep };
      position = { ...start, step, epoch, epochStep: done, ...sums, ...seconds, records: [...records] };
      if (moment === "epoch") {
        const next = { epoch: epoch + 1, epochStep: 0, lossSum: 0, correct: 0, epochSeconds: 0 };
        position = { ...position, ...next };
      }
      await checkpoint.reached(run, moment, position);
    };
    await data.setOrder(
      shuffle
        ? shuffledIndices(samples, seed, startEpoch + epoch)
        : Uint32Array.from({ length: samples }, (_, i) => i),
    );
    await words.beginPass(seenInEpoch(done), sums);
    await words.setStep(taken(step));
    while (done < epochSteps && !stopped()) {
      const batch = Math.min(batchSize, samples - done * batchSize);
      // Only whole batches share a program; a short last one has its own.
      const wholeLeft =
        batch < batchSize
          ? 1
          : Math.min(epochSteps - done, Math.floor((samples - done * batchSize) / batchSize));
      const limit =
        typeof options.sliceSteps === "function"
          ? options.sliceSteps()
          : (options.sliceSteps ?? SCHEDULE_STEPS);
      requirePositiveInteger("fit", "sliceSteps", limit);
      const due = checkpoint?.stepsLeft(step) ?? SCHEDULE_STEPS;
      const times = Math.max(1, Math.min(wholeLeft, limit, due, likely));
      for (let i = 0; i < times; i++) rates[i] = optimizer.learningRateAt(taken(step + i));
      const result = await runtime.training(train, data, batch, compiled, ({ step: program, diagnose }) =>
        machine.exclusive(async () => {
          await words.setSchedule(rates.subarray(0, times));
          const ran = await machine.run(program, times, sliceMs);
          counter.steps = startStep + step + ran.times;
          if (!ran.finite) throw await runtime.explain(diagnose, counter.steps);
          sums = await words.sums();
          return ran;
        }),
      );
      done += result.times;
      step += result.times;
      likely = result.times < times ? Math.min(SCHEDULE_STEPS, 4 * result.times) : SCHEDULE_STEPS;
      const now = performance.now();
      if (onSlice) {
        const seen = seenInAll(step) - seenInAll(resumedAt.step);
        const perSecond = seen / (since(resumedAt.time) - paused);
        await onSlice({
          epoch,
          epochs,
          step,
          steps: totalSteps,
          loss: sums.lossSum / seenInEpoch(done),
          ...(compiled.accuracy && { accuracy: sums.correct / seenInEpoch(done) }),
          learningRate: rates[result.times - 1]!,
          samplesPerSecond: perSecond,
          secondsLeft: ((totalSteps - step) * batchSize) / perSecond,
        } satisfies Progress);
      }
      await reached("slice");
      paused += since(now);
    }
    const cutShort = stopped() || done < stepsPerEpoch;
    const validated =
      validation && !stopped() ? await evaluate(runtime, compiled, validation, {}) : undefined;
    if (done === 0) break;
    const record: EpochRecord = {
      epoch,
      steps: step,
      loss: sums.lossSum / seenInEpoch(done),
      ...(compiled.accuracy && { accuracy: sums.correct / seenInEpoch(done) }),
      ...(validated && { validationLoss: validated.loss }),
      ...(validated?.accuracy !== undefined && { validationAccuracy: validated.accuracy }),
      learningRate: optimizer.learningRateAt(taken(step - 1)),
      seconds: since(epochBegan),
    };
    records.push(record);
    await onEpochEnd?.(record);
    // An epoch that was cut short may be gone on with: its position stays the one inside it.
    if (!cutShort) await reached("epoch");
  }
  // The last step's gradient may have been what the loss was not: not finite.
  requireFiniteWeights(await machine.exclusive(() => runtime.readWeights()), counter.steps);
  if (position) await checkpoint?.reached(run, "end", position);
  const seconds = since(began);
  return {
    epochs: records,
    steps: step,
    seconds,
    samplesPerSecond: seenInAll(step) / seconds,
    aborted: stopped(),
  };
}

/** Seconds since a moment of `performance.now()`. */
function since(moment: number): number {
  return (performance.now() - moment) / 1000;
}

function divide(dataset: Dataset, options: FitOptions, seed: number): [Dataset, Dataset | undefined] {
  const { validationSplit, validationData } = options;
  if (validationSplit === undefined) return [dataset, validationData];
  if (validationData) {
    throw new ConfigError(
      "two-validations",
      "fit: expected validationSplit or validationData, got both; leave one out.",
    );
  }
  const { training, validation } = splitDataset(dataset, validationSplit, seed);
  const [left, held] = [training, validation].map(({ inputs }) => inputs.shape[0]!);
  if (left === 0 || held === 0) {
    throw new DataError(
      "no-samples",
      `${dataset.name}: a validation split of ${validationSplit} leaves ${left} samples for training and ${held} for validation; take a split that leaves both some.`,
    );
  }
  return [training, validation];
}
