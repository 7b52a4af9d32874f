import type { Callback } from "@loam/nn";
import type { Checkpoint } from "@loam/nn/checkpoint";
import type { TrainingSettings } from "./network.js";

/** Why a run ended that is to go on later. */
export const PAUSED = "paused";

/** A moment of a run: so many epochs, or steps. */
export type Length = { readonly epochs: number } | { readonly steps: number };

/** Where a share in (0, 1) of a run ends, at least one epoch or step from its beginning; undefined for all of it. */
export function shareOf({ epochs = 1, steps }: TrainingSettings, share: number): Length | undefined {
  const whole = steps ?? epochs;
  const part = Math.max(1, Math.round(share * whole));
  if (part >= whole) return undefined;
  return steps === undefined ? { epochs: part } : { steps: part };
}

/** Stops a fit there, unless it is past it. Rates and all else follow the length of the whole run, so that no bit tells that it paused. */
export function pauseAt(length: Length): Callback {
  if ("epochs" in length) {
    return {
      epochEnd({ epoch }, training) {
        if (epoch >= length.epochs) training.stop(PAUSED);
      },
    };
  }
  return {
    everySteps: length.steps,
    batch({ step }, training) {
      if (step >= length.steps) training.stop(PAUSED);
    },
  };
}

/** The checkpoint of a run that paused, as one that goes on. */
export function withoutPause(checkpoint: Checkpoint): Checkpoint {
  const { stopped, ...position } = checkpoint.position;
  return stopped === PAUSED ? { ...checkpoint, position } : checkpoint;
}
