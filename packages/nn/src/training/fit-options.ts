import type { Callback } from "./callback.js";
import type { Checkpointer } from "./checkpointer.js";
import type { EpochRecord, Progress } from "./progress.js";
import type { RunOptions } from "./run-options.js";

export interface FitOptions extends RunOptions {
  /** Called at the fit's moments, each in the order of this list; see `Callback`. */
  readonly callbacks?: readonly Callback[];
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
  "accumulate",
  "shuffle",
  "validationSplit",
  "validationData",
  "sampleWeight",
  "classWeight",
  "onNaN",
  "callbacks",
  "checkpoint",
  "signal",
  "onSlice",
  "onEpochEnd",
  "sliceSteps",
  "sliceMs",
];
