import type { ErrorOwner } from "../errors.js";

/**
 * A learning rate that changes with the step: a kind and its numbers, plain data, so that an optimizer's configuration can be written
 * down. Made by `stepDecay` and so on; `scheduledValue` reads it.
 */
export interface Schedule {
  readonly kind: string;
  readonly [option: string]: unknown;
}

/** What a schedule that is made of others asks about them, whatever kinds they are of. */
export interface Rates {
  /** The rate at a step, counted from 0. */
  valueAt(rate: number | Schedule, step: number): number;
  /** Throws ConfigError for a rate that is not allowed. */
  require(owner: ErrorOwner, name: string, rate: number | Schedule): void;
}

/** What a kind of schedule is made of. */
export interface ScheduleDefinition<Options extends Schedule = Schedule> {
  readonly options: readonly string[];
  /** Throws ConfigError for options that are not allowed. */
  check(owner: ErrorOwner, schedule: Options, rates: Rates): void;
  /** The value at a step counted from 0: a pure function, so that a run that is resumed needs only its step. */
  at(schedule: Options, step: number, rates: Rates): number;
}
