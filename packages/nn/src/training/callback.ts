import type { BatchSource } from "../data/batch-source.js";
import type { Dataset } from "../data/dataset.js";
import type { Optimizer } from "../optimizers/optimizer.js";
import type { NamedValue } from "../program/parameter-store.js";
import type { EvaluateOptions, Evaluation } from "./evaluate.js";
import type { Inputs, Output, PredictOptions } from "./predict.js";
import type { EpochRecord, History, Progress } from "./progress.js";
import type { TrainedModel } from "./trained-model.js";

/** What JSON can say: numbers are finite. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A model while it is trained: what a callback may do with it between two slices. */
export interface ModelInTraining extends TrainedModel {
  /** Parameters and state by name, copied. */
  getWeights(): Promise<NamedValue[]>;
  /** Sets parameters and state by name. */
  setWeights(weights: readonly NamedValue[]): Promise<void>;
  /** As `Model.predict`, with the weights of this moment. */
  predict(inputs: Inputs, options?: PredictOptions): Promise<Output>;
  /** As `Model.evaluate`, with the weights of this moment. */
  evaluate(data: Dataset | BatchSource, options?: EvaluateOptions): Promise<Evaluation>;
}

/** The fit that a callback is called by. */
export interface Training {
  readonly model: ModelInTraining;
  /** What the model was compiled with: its `learningRate` may be set, which a checkpoint keeps. */
  readonly optimizer: Optimizer;
  /** Epochs and steps that the fit is to have. */
  readonly epochs: number;
  readonly steps: number;
  /** The epoch that is going on, from 1, and the steps done in this fit. */
  readonly epoch: number;
  readonly step: number;
  /** What an epoch's record will hold: `loss`, and `accuracy`, metrics by their names, `validationLoss` … where they are measured. */
  readonly figures: readonly string[];
  /** Ends the fit before its next step, as if it had no more of them; `History.stopped` is the reason, by default the callback's name. */
  stop(reason?: string): void;
}

/**
 * What is called while a model is fitted. All is optional, and any method may return a promise, for which training waits:
 *
 * ```ts
 * const goodEnough: Callback = {
 *   name: "goodEnough",
 *   epochEnd({ accuracy = 0 }, training) {
 *     if (accuracy > 0.99) training.stop(`accuracy ${accuracy}`);
 *   },
 * };
 * await model.fit(data, { epochs: 100, callbacks: [goodEnough] });
 * ```
 *
 * An error that it throws ends the fit, which rejects with it; the model stays as it is then, and may be used and fitted again.
 *
 * A callback that carries something from one epoch to the next gives it as `state` and takes it back with `restore`: then a fit that goes on
 * from a checkpoint does what an unbroken one would. It begins anew in `begin`, as one object may serve several fits.
 */
export interface Callback {
  /** By which its state is saved, and which `History.stopped` says; needed with `state`, and then unlike the others' of the fit. */
  readonly name?: string;
  /** How many steps pass from one call of `batch` to the next; default 1. */
  readonly everySteps?: number;
  /** Before the first step, also when the fit goes on from a checkpoint: `training.step` says where. */
  begin?(training: Training): void | Promise<void>;
  /**
   * After every `everySteps`-th step of the fit. Steps are run in slices of many, which then end there: with 1, every step is a slice of its own,
   * and a small model's training slows down by the way there and back.
   */
  batch?(progress: Progress, training: Training): void | Promise<void>;
  /** After every slice of steps, which costs nothing. How many a slice has is up to the clock: for progress, and nothing that decides a bit. */
  slice?(progress: Progress, training: Training): void | Promise<void>;
  /** After every epoch and its validation; also after one that `steps`, `stop` or the signal cut short. */
  epochEnd?(record: EpochRecord, training: Training): void | Promise<void>;
  /** When all steps are done, or the fit was stopped; not after an error. The last checkpoint holds what was before. */
  end?(history: History, training: Training): void | Promise<void>;
  /** What goes on to the next step, as plain JSON. */
  state?(): Json;
  /** Numbers too many for JSON, beside `state`, with names of their own. They are not copied: replace arrays, do not change them. */
  tensors?(): readonly NamedValue[];
  /** Called after `begin` with what `state` and `tensors` gave when the checkpoint was made. */
  restore?(state: Json, tensors: readonly NamedValue[]): void | Promise<void>;
}

/** What a checkpoint keeps of a callback. */
export interface CallbackState {
  readonly state: Json;
  readonly tensors: readonly NamedValue[];
}
