import type { Json } from "../training/callback.js";

/** The settings of a configuration, of which a user's own space says more. */
export type AnySettings = { readonly [setting: string]: Json };

/** One training that a sweep asks for: a configuration with a seed and, of a cross-validation, a fold; and how far it is to go. */
export interface Trial<Settings = AnySettings> {
  /** Unlike all others' of the sweep, and fit for the name of a file: `c007-s1`, `c007-s1-f2`. The same one comes again when its budget is raised. */
  readonly id: string;
  /** The number of its configuration, from 1 in the order in which they were drawn. */
  readonly configuration: number;
  readonly settings: Settings;
  /** For all that is random in its training. */
  readonly seed: number;
  /** From 1. */
  readonly fold?: number;
  /** How often its budget was raised, from 0; always 0 but in successive halving. */
  readonly rung: number;
  /**
   * How long it may train in all, as a share in (0, 1] of a whole training. A trial that comes again with more may go on where it was, or begin anew.
   */
  readonly budget: number;
}

/** How a trial went. */
export interface TrialOutcome {
  /** What is to be minimised or maximised; null where the trial failed. */
  readonly value: number | null;
  /** Why it failed, as a sentence. */
  readonly error?: string;
  /** Set where a larger budget would change nothing: such a trial is not asked for again, and keeps its value. */
  readonly isWhole?: boolean;
  /** Whatever else is to be known of it. */
  readonly detail?: Json;
}

/** What runs trials: a function in this process, others' processes, or machines behind a queue. */
export interface SweepEngine<Settings = AnySettings> {
  /** How many trials it is given at a time. */
  readonly slots: number;
  /**
   * Runs a trial to its end. A trial that fails is an outcome, with its sentence; a promise that rejects ends the sweep.
   * When the signal comes the promise may settle as it likes: nobody waits for a value.
   */
  run(trial: Trial<Settings>, signal: AbortSignal): Promise<TrialOutcome>;
}
