import type { BatchSource } from "../data/batch-source.js";
import type { Dataset } from "../data/dataset.js";
import { ConfigError, NumericError, requireIn, requirePositiveInteger } from "../errors.js";
import { requireOptions } from "../options.js";
import { exponentialDecay, exponentialDecayDefinition } from "../schedules/exponential-decay.js";
import type { Callback } from "../training/callback.js";
import type { Model } from "./model.js";

export interface FindLearningRateOptions {
  /** Where the rates begin and end, in (0, ∞); defaults 1e-6 and 1. */
  readonly from?: number;
  readonly to?: number;
  /** How many rates are tried, a step each; at least 3, default 100. */
  readonly steps?: number;
  /** Samples a step, default 32. */
  readonly batchSize?: number;
}

/** What `findLearningRate` found. */
export interface LearningRates {
  /** The rates that were tried, rising, and the loss of each step, smoothed: to be looked at. */
  readonly rates: readonly number[];
  readonly losses: readonly number[];
  /** The rate at which the loss fell fastest: one to begin with. */
  readonly suggestion: number;
}

/** How much of the past a smoothed loss keeps, and from how many times the least on nothing more is to be learnt. */
const [KEPT, TOO_MUCH] = [0.9, 4];

/**
 * Trains with a rate that rises from step to step, each by the same factor, until the loss grows beyond measure: Smith, 2017, arXiv:1506.01186.
 *
 * ```ts
 * const { suggestion } = await findLearningRate(() => makeModel().compile({ optimizer: new Adam(), loss }), data);
 * ```
 *
 * `make` gives a compiled model, which is closed afterwards: what it learns here is of no use.
 * @throws {ConfigError} `rates-not-rising`, or for an option that is unknown or out of its range; and what `fit` throws.
 */
export async function findLearningRate(
  make: () => Model | Promise<Model>,
  data: Dataset | BatchSource,
  options: FindLearningRateOptions = {},
): Promise<LearningRates> {
  const owner = "findLearningRate";
  requireOptions(owner, options, ["from", "to", "steps", "batchSize"]);
  const { from = 1e-6, to = 1, steps = 100, batchSize = 32 } = options;
  requireIn(owner, "from", from, "(0, Infinity)");
  requirePositiveInteger(owner, "batchSize", batchSize);
  requireIn(owner, "steps", steps, "[3, Infinity)");
  requirePositiveInteger(owner, "steps", steps);
  if (!(to > from && to < Number.POSITIVE_INFINITY))
    throw new ConfigError("rates-not-rising", `${owner}: expected to above from, ${from}, got ${to}.`);
  // An exponential fall from the last rate to the first, backwards: the same on every host, as the host's own power is not.
  const falling = exponentialDecay({ learningRate: to, every: steps - 1, factor: from / to });
  const rateOf = (step: number) => exponentialDecayDefinition.at(falling, steps - 1 - step);
  const rates: number[] = [];
  const losses: number[] = [];
  let smoothed = 0;
  let forgotten = 1;
  let [epoch, seen, sum] = [0, 0, 0];
  const rise: Callback = {
    name: owner,
    begin({ optimizer }) {
      optimizer.learningRate = rateOf(0);
    },
    batch(progress, training) {
      if (progress.epoch !== epoch) [epoch, seen, sum] = [progress.epoch, 0, 0];
      // What is told is the mean over the epoch so far; a short last batch counts as a whole one.
      seen++;
      const loss = progress.loss * seen - sum;
      sum += loss;
      smoothed = KEPT * smoothed + (1 - KEPT) * loss;
      forgotten *= KEPT;
      rates.push(rateOf(rates.length));
      losses.push(smoothed / (1 - forgotten));
      if (losses.at(-1)! > TOO_MUCH * Math.min(...losses)) training.stop();
      else training.optimizer.learningRate = rateOf(rates.length);
    },
  };
  const model = await make();
  try {
    await model.fit(data, { steps, batchSize, callbacks: [rise] });
  } catch (error) {
    // It went too far, which is what was to be found out.
    if (!(error instanceof NumericError) || losses.length < 3) throw error;
  } finally {
    await model.close();
  }
  let steepest = 1;
  for (let i = 1; i < losses.length - 1; i++) {
    const fall = (at: number) => losses[at + 1]! - losses[at - 1]!;
    if (fall(i) < fall(steepest)) steepest = i;
  }
  return { rates, losses, suggestion: rates[steepest] ?? from };
}
