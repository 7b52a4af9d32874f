import { cosSmall } from "@loam/kernels-as";
import { requireIn, requirePositiveInteger } from "../errors.js";
import type { Schedule, ScheduleDefinition } from "./schedule.js";
import { addScheduleKind } from "./scheduled-value.js";

export interface OneCycleOptions {
  /** The top, in [0, ∞). */
  readonly learningRate: number;
  /** How many steps the cycle has: those of the whole training. */
  readonly steps: number;
  /** Which share of the steps goes up, in (0, 1); default 0.3. */
  readonly rise?: number;
  /** How many times smaller than the top the beginning is, in [1, ∞); default 25. */
  readonly startDivisor?: number;
  /** How many times smaller than the beginning the end is, in [1, ∞); default 10,000. */
  readonly endDivisor?: number;
}

export interface OneCycle extends Schedule, Required<OneCycleOptions> {
  readonly kind: "oneCycle";
}

/**
 * Up from learningRate/startDivisor to learningRate, and down to learningRate/(startDivisor·endDivisor), each along half a wave of a cosine; the top
 * is at step rise·steps − 1, the end at steps − 1 and after. Smith & Topin, 2018, arXiv:1708.07120, with the numbers of PyTorch's OneCycleLR, which
 * moves the momentum too; this does not.
 * @throws {ConfigError} when a number is out of its range.
 */
export function oneCycle(options: OneCycleOptions): OneCycle {
  const schedule: OneCycle = {
    ...{ rise: 0.3, startDivisor: 25, endDivisor: 10_000 },
    ...options,
    kind: "oneCycle",
  };
  oneCycleDefinition.check("oneCycle", schedule);
  addScheduleKind("oneCycle", oneCycleDefinition);
  return schedule;
}

export const oneCycleDefinition = {
  options: ["learningRate", "steps", "rise", "startDivisor", "endDivisor"],
  check: (owner, { learningRate, steps, rise, startDivisor, endDivisor }) => {
    requireIn(owner, "learningRate", learningRate, "[0, Infinity)");
    requirePositiveInteger(owner, "steps", steps);
    requireIn(owner, "rise", rise, "(0, 1)");
    requireIn(owner, "startDivisor", startDivisor, "[1, Infinity)");
    requireIn(owner, "endDivisor", endDivisor, "[1, Infinity)");
  },
  at: ({ learningRate: top, steps, rise, startDivisor, endDivisor }, step) => {
    const start = top / startDivisor;
    const end = start / endDivisor;
    const peak = rise * steps - 1;
    if (step < peak) return wave(start, top, step / peak);
    return step < steps - 1 ? wave(top, end, (step - peak) / (steps - 1 - peak)) : end;
  },
} satisfies ScheduleDefinition<OneCycle>;

/** From one value to another along half a wave, at a share of the way in [0, 1]. */
function wave(from: number, to: number, share: number): number {
  return to + ((from - to) / 2) * (1 + cosSmall(Math.PI * share));
}
