import { requirePositiveInteger } from "../errors.js";
import type { Schedule, ScheduleDefinition } from "./schedule.js";
import { requireLearningRate, scheduledValue } from "./scheduled-value.js";

export interface WarmupOptions {
  /** How many steps lie below the full learning rate. */
  readonly steps: number;
  /** What comes after them; its own steps are counted from there. */
  readonly after: number | Schedule;
}

export interface Warmup extends Schedule, WarmupOptions {
  readonly kind: "warmup";
}

/**
 * A straight line up to what comes after: value · (step + 1)/(steps + 1) for step < steps, with the value at which `after` begins; from
 * `steps` on `after` at step − steps. The first step is not wasted on a learning rate of 0.
 * @throws {ConfigError} when a number is out of its range.
 */
export function warmup(options: WarmupOptions): Warmup {
  const schedule: Warmup = { ...options, kind: "warmup" };
  warmupDefinition.check("warmup", schedule);
  return schedule;
}

export const warmupDefinition: ScheduleDefinition<Warmup> = {
  options: ["steps", "after"],
  check: (owner, { steps, after }) => {
    requirePositiveInteger(owner, "steps", steps);
    requireLearningRate(owner, "after", after);
  },
  at: ({ steps, after }, step) =>
    step < steps
      ? (scheduledValue(after, 0) * (step + 1)) / (steps + 1)
      : scheduledValue(after, step - steps),
};
