import type { Lowering } from "../graph/op.js";
import type { OptimizerState } from "../program/optimizer-state.js";
import type { Callback } from "./callback.js";

/** What `fit` does where a step's loss, gradients or weights are not finite. */
export type OnNaN = "stop" | "rollback" | "skip";

/** A step that was left. */
export interface LostStep {
  readonly samples: number;
  /** Whether figures are of them: of a step whose loss was finite and whose gradients were not. */
  readonly isSeen: boolean;
  /** How many steps the model, and the optimizer, have behind them with it. */
  readonly steps: number;
  readonly taken: number;
}

/** An epoch that is over. */
export interface EndedEpoch {
  readonly epoch: number;
  /** Its steps, those that were left among them, and whether its figures are of any samples. */
  readonly steps: number;
  readonly isSeen: boolean;
  /** What it is judged by, and whether that was measured behind its last step, on validation data. */
  readonly loss: number;
  readonly isValidated: boolean;
  /** How many steps the optimizer has taken. */
  readonly taken: number;
}

/** How a fit goes on behind a step that is not finite. Its methods are called while nobody else uses the engine. */
export interface Recovery {
  /** What of it belongs into a checkpoint. */
  readonly callback: Callback;
  /** Samples of this epoch that its figures are not of, and steps of the fit that left nothing behind. */
  readonly unseen: number;
  readonly lost: number;
  /** Whether it goes on behind one more. */
  readonly goesOn: boolean;
  /** Whether weights that are not finite are put right as well. */
  readonly mendsWeights: boolean;
  /** What programs do before they update the weights. */
  guard?(state: OptimizerState): Promise<(emit: Lowering["emit"]) => void>;
  /** Whether the guard left the step that was left last. */
  guarded(): Promise<boolean>;
  /** Told before the first step, unless the fit goes on from a checkpoint. */
  begin(taken: number): Promise<void>;
  /** @returns how many steps the optimizer is to have taken now. @throws {NumericError} when there is no going on. */
  passOver(step: LostStep): Promise<number>;
  /** @returns as `passOver`. @throws {NumericError} as well */
  epochEnd(epoch: EndedEpoch): Promise<number>;
}
