import { requireIn } from "../errors.js";
import type { Schedule, ScheduleDefinition } from "./schedule.js";
import { addScheduleKind } from "./scheduled-value.js";

/** A factor times another schedule: what a rate becomes that is lowered while it changes. */
interface ScaledRate extends Schedule {
  readonly kind: "scaledRate";
  readonly factor: number;
  readonly of: Schedule;
}

const scaledRateDefinition = {
  options: ["factor", "of"],
  check: (owner, { factor, of }, rates) => {
    requireIn(owner, "factor", factor, "[0, Infinity)");
    rates.require(owner, "of", of);
  },
  at: ({ factor, of }, step, rates) => factor * rates.valueAt(of, step),
} satisfies ScheduleDefinition<ScaledRate>;

/** Lets such rates be read from a checkpoint. */
export function knowScaledRates(): void {
  addScheduleKind("scaledRate", scaledRateDefinition);
}

/** The rate times a factor, at every step. */
export function scaled(rate: number | Schedule, factor: number): number | Schedule {
  if (typeof rate === "number") return rate * factor;
  if (rate.kind !== "scaledRate") return { kind: "scaledRate", factor, of: rate };
  const { factor: before, of } = rate as ScaledRate;
  return { kind: "scaledRate", factor: before * factor, of };
}
