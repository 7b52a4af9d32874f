import type { Checkpoint } from "@loam/nn/checkpoint";
import type { Config } from "./config.js";
import { CommandError, UsageError } from "./failure.js";
import { showCount } from "./format.js";
import type { TrainingSettings } from "./network.js";

/** Flags that make a run longer: with a constant rate, no bit of the epochs before depends on them. */
export const LENGTHS: ReadonlySet<string> = new Set(["epochs", "steps", "patience"]);

export function asksForMore(flags: Config): boolean {
  return Object.keys(flags).some((name) => LENGTHS.has(name));
}

/**
 * The checkpoint from which a run goes on that is to be longer than was asked at first: it ends with the bits of one that was asked so at first.
 * @throws {UsageError} where such a run would have had other steps before, or no more of them. @throws {CommandError} where no checkpoint was kept.
 */
export function lengthened(
  path: string,
  { schedule, epochs, steps, patience }: TrainingSettings,
  checkpoint: Checkpoint | undefined,
): Checkpoint {
  if (checkpoint === undefined) {
    throw new CommandError(
      `${path}: keeps no checkpoint to go on from, as runs of earlier versions do; train its network further with --from.`,
    );
  }
  if (schedule !== "constant" && schedule !== "plateau") {
    throw new UsageError(
      `${path}: its learning rate follows the length of the run (${schedule}), and in a longer one would have been another from the first step on; train anew, or train its network further with --from.`,
    );
  }
  const { position } = checkpoint;
  const done = position.epochStep === 0 ? position.epoch - 1 : position.epoch;
  if (epochs !== undefined && epochs < done) {
    throw new UsageError(
      `${path}: this run has gone through ${showCount(done)} epochs; --epochs says how many there are to be in all, so give more than that.`,
    );
  }
  if (steps !== undefined && steps < position.step) {
    throw new UsageError(
      `${path}: this run has done ${showCount(position.step)} steps; --steps says how many there are to be in all, so give more than that.`,
    );
  }
  if (position.stopped === undefined) return checkpoint;
  const waited = waitedOf(checkpoint);
  if (patience !== undefined && waited >= patience) {
    throw new UsageError(
      `${path}: this run ended as ${position.stopped}, and would have so with any number of epochs; a --patience above ${waited} goes on.`,
    );
  }
  const { stopped: _stopped, ...going } = position;
  return { ...checkpoint, position: going };
}

/** For how many epochs the run had got no better. */
function waitedOf({ position }: Checkpoint): number {
  const { state } = position.callbacks?.earlyStopping ?? {};
  return Number((state as { waited?: unknown } | undefined)?.waited ?? 0);
}
