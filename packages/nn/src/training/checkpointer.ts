import type { CheckedData } from "../data/batch-source.js";
import type { CallbackState } from "./callback.js";
import type { SavedMetrics } from "./metric-results.js";
import type { EpochRecord } from "./progress.js";
import type { RunOptions } from "./run-options.js";
import type { Compiled, Runtime } from "./runtime.js";
import type { TrainedModel } from "./trained-model.js";

/** Where a fit stands between two steps: with weights and the optimizer's slots, all that going on needs. Plain data. */
export interface FitPosition {
  /** Steps that the model had been trained before this fit. */
  readonly startStep: number;
  /** Of these, those before the optimizer was compiled: its own count, and so its schedule, begins there. */
  readonly optimizerStart: number;
  /** Epochs that the model had begun before this fit: the orders of the samples go on from there. */
  readonly startEpoch: number;
  /** Steps done in this fit. */
  readonly step: number;
  /** The epoch that is going on, from 1, and how many of its steps are done. */
  readonly epoch: number;
  readonly epochStep: number;
  /** Sums over the samples seen in this epoch: Σ loss, and how many were told right. */
  readonly lossSum: number;
  readonly correct: number;
  /** What the metrics have counted in this epoch. */
  readonly metrics?: SavedMetrics;
  /** The epochs that are over. */
  readonly records: readonly EpochRecord[];
  /** Time spent so far, in all and in this epoch. */
  readonly seconds: number;
  readonly epochSeconds: number;
  /** The callbacks' states, by name. */
  readonly callbacks?: Readonly<Record<string, CallbackState>>;
  /** Why a callback stopped the fit, if one did: it does not go on then. */
  readonly stopped?: string;
}

/** The fit that a checkpointer looks after. */
export interface FitRun {
  readonly model: TrainedModel;
  readonly runtime: Runtime;
  readonly compiled: Compiled;
  readonly dataset: CheckedData;
  /** The options' own, looked at. */
  readonly validationData?: CheckedData;
  readonly options: RunOptions;
  /** Names of the callbacks that have a state. */
  readonly callbacks: readonly string[];
}

/** When a position is reached: between two slices, when an epoch is over, or when the fit is: done, stopped by its signal, or out of samples that could not be read. */
export type FitMoment = "slice" | "epoch" | "end";

/** What keeps a fit's positions, and brings one back: made by `checkpoints` of `@loam/nn/checkpoint`. */
export interface Checkpointer {
  /** Called before the first step. Puts the numbers back and says where to go on, if there is something to go on from. */
  begin(run: FitRun): Promise<FitPosition | undefined>;
  /** How many steps may follow `step` before `reached` must be called. */
  stepsLeft(step: number): number;
  /**
   * Training waits while the promise is pending. `loss` is what the position is judged by: of the epoch that is over on the validation data, or on
   * what was trained on where there is none, as it is then inside an epoch too; undefined where nothing was measured.
   */
  reached(run: FitRun, moment: FitMoment, position: FitPosition, loss: number | undefined): Promise<void>;
}
