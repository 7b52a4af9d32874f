import { requireIn, requirePositiveInteger } from "../errors.js";
import type { Schedule, ScheduleDefinition } from "./schedule.js";

export interface StepDecayOptions {
  /** Where it begins, in [0, ∞). */
  readonly learningRate: number;
  /** After how many steps it falls, again and again. */
  readonly every: number;
  /** By what it is multiplied then, in (0, 1]; default 0.1. */
  readonly factor?: number;
}

export interface StepDecay extends Schedule, Required<StepDecayOptions> {
  readonly kind: "stepDecay";
}

/** learningRate · factor^⌊step / every⌋: stairs. @throws {ConfigError} when a number is out of its range. */
export function stepDecay(options: StepDecayOptions): StepDecay {
  const schedule: StepDecay = { factor: 0.1, ...options, kind: "stepDecay" };
  stepDecayDefinition.check("stepDecay", schedule);
  return schedule;
}

export const stepDecayDefinition = {
  options: ["learningRate", "every", "factor"],
  check: (owner, { learningRate, every, factor }) => {
    requireIn(owner, "learningRate", learningRate, "[0, Infinity)");
    requirePositiveInteger(owner, "every", every);
    requireIn(owner, "factor", factor, "(0, 1]");
  },
  at: ({ learningRate, every, factor }, step) => learningRate * power(factor, Math.floor(step / every)),
} satisfies ScheduleDefinition<StepDecay>;

/** xⁿ by repeated squaring: the host's own power may differ between engines. */
function power(x: number, n: number): number {
  let result = 1;
  for (let square = x, left = n; left > 0; square *= square, left = Math.floor(left / 2)) {
    if (left % 2 === 1) result *= square;
  }
  return result;
}
