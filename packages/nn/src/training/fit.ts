import { type Dataset, splitDataset } from "../data/dataset.js";
import { shuffledIndices } from "../data/shuffle.js";
import { ConfigError, requirePositiveInteger } from "../errors.js";
import type { Compiled, Runtime } from "../model/runtime.js";
import { SCHEDULE_STEPS } from "../program/words.js";
import { evaluate } from "./evaluate.js";
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

/** Trains; see `Sequential.fit`. `startStep` is how many steps the model has been trained before. */
export async function fit(
  runtime: Runtime,
  compiled: Compiled,
  seed: number,
  startStep: number,
  dataset: Dataset,
  options: FitOptions,
): Promise<History> {
  const { batchSize = 32, shuffle = true, signal, sliceMs = 20, onSlice, onEpochEnd } = options;
  requirePositiveInteger("fit", "batchSize", batchSize);
  if (options.steps !== undefined) requirePositiveInteger("fit", "steps", options.steps);
  if (options.epochs !== undefined) requirePositiveInteger("fit", "epochs", options.epochs);
  const [train, validation] = divide(dataset, options, seed);
  const samples = train.inputs.shape[0]!;
  const stepsPerEpoch = Math.ceil(samples / batchSize);
  const totalSteps = options.steps ?? (options.epochs ?? 1) * stepsPerEpoch;
  const epochs = Math.ceil(totalSteps / stepsPerEpoch);
  const { optimizer } = compiled;
  const { words, machine } = runtime;
  const data = await runtime.loadData(train);
  const records: EpochRecord[] = [];
  const began = performance.now();
  let step = 0;
  let seen = 0;
  let paused = 0;

  await words.setScalars(optimizer.scalars(optimizer.learningRateAt(startStep)));
  for (let epoch = 1; epoch <= epochs && !signal?.aborted; epoch++) {
    const epochBegan = performance.now();
    const epochSteps = Math.min(stepsPerEpoch, totalSteps - step);
    await data.setOrder(
      shuffle ? shuffledIndices(samples, seed, epoch) : Uint32Array.from({ length: samples }, (_, i) => i),
    );
    await words.beginPass();
    await words.setStep(startStep + step);
    let epochSeen = 0;
    let sums = { lossSum: 0, correct: 0 };
    for (let done = 0; done < epochSteps && !signal?.aborted; ) {
      const batch = Math.min(batchSize, samples - done * batchSize);
      const { step: program, diagnose } = await runtime.training(train, data, batch, compiled);
      // Only whole batches share a program; a short last one has its own.
      const wholeLeft =
        batch < batchSize
          ? 1
          : Math.min(epochSteps - done, Math.floor((samples - done * batchSize) / batchSize));
      const limit =
        typeof options.sliceSteps === "function"
          ? options.sliceSteps()
          : (options.sliceSteps ?? SCHEDULE_STEPS);
      const times = Math.max(1, Math.min(wholeLeft, limit, SCHEDULE_STEPS));
      const rates = Float64Array.from({ length: times }, (_, i) =>
        optimizer.learningRateAt(startStep + step + i),
      );
      const result = await machine.exclusive(async () => {
        await words.setSchedule(rates);
        const run = await machine.run(program, times, sliceMs);
        if (!run.finite) throw await runtime.explain(diagnose, startStep + step + run.times);
        sums = await words.sums();
        return run;
      });
      done += result.times;
      step += result.times;
      seen += result.times * batch;
      epochSeen += result.times * batch;
      if (onSlice) {
        const now = performance.now();
        const perSecond = seen / ((now - began - paused) / 1000);
        await onSlice({
          epoch,
          epochs,
          step,
          steps: totalSteps,
          loss: sums.lossSum / epochSeen,
          ...(compiled.accuracy && { accuracy: sums.correct / epochSeen }),
          learningRate: rates[result.times - 1]!,
          samplesPerSecond: perSecond,
          secondsLeft: ((totalSteps - step) * batchSize) / perSecond,
        } satisfies Progress);
        paused += performance.now() - now;
      }
    }
    const validated =
      validation && !signal?.aborted ? await evaluate(runtime, compiled, validation, {}) : undefined;
    if (epochSeen === 0) break;
    const record: EpochRecord = {
      epoch,
      steps: step,
      loss: sums.lossSum / epochSeen,
      ...(compiled.accuracy && { accuracy: sums.correct / epochSeen }),
      ...(validated && { validationLoss: validated.loss }),
      ...(validated?.accuracy !== undefined && { validationAccuracy: validated.accuracy }),
      learningRate: optimizer.learningRateAt(startStep + step - 1),
      seconds: (performance.now() - epochBegan) / 1000,
    };
    records.push(record);
    await onEpochEnd?.(record);
  }
  const seconds = (performance.now() - began) / 1000;
  return {
    epochs: records,
    steps: step,
    seconds,
    samplesPerSecond: seen / seconds,
    aborted: signal?.aborted ?? false,
  };
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
  return [training, validation];
}
