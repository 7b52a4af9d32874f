import { requirePositiveInteger } from "../errors.js";
import type { Schedule, ScheduleDefinition } from "./schedule.js";

export interface WarmupOptions {
  /** How many steps lie below the full learning rate. */
  readonly steps: number;
  /** What comes after them; its own steps are counted from there. */
  readonly after: number | Schedule;
}

export interface Warmup extends Schedule, WarmupOptions {
  readonly kind: "warmup";
}

/** Apart from `warmup`, which looks at schedules of every kind and so comes after the list that this is on. */
export const warmupDefinition: ScheduleDefinition<Warmup> = {
  options: ["steps", "after"],
  check: (owner, { steps, after }, rates) => {
    requirePositiveInteger(owner, "steps", steps);
    rates.require(owner, "after", after);
  },
  at: ({ steps, after }, step, rates) =>
    step < steps ? (rates.valueAt(after, 0) * (step + 1)) / (steps + 1) : rates.valueAt(after, step - steps),
};
