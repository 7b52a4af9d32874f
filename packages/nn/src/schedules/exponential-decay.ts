import { pow } from "@loam/kernels-as";
import { requireIn, requirePositiveInteger } from "../errors.js";
import type { Schedule, ScheduleDefinition } from "./schedule.js";
import { addScheduleKind } from "./scheduled-value.js";

export interface ExponentialDecayOptions {
  /** Where it begins, in [0, ∞). */
  readonly learningRate: number;
  /** Over how many steps it falls by `factor`. */
  readonly every: number;
  /** By what it is multiplied over these, in (0, 1]; default 0.1. */
  readonly factor?: number;
}

export interface ExponentialDecay extends Schedule, Required<ExponentialDecayOptions> {
  readonly kind: "exponentialDecay";
}

/**
 * learningRate · factor^(step / every): a smooth fall, of which `stepDecay` is the stairs. Keras' ExponentialDecay.
 * @throws {ConfigError} when a number is out of its range.
 */
export function exponentialDecay(options: ExponentialDecayOptions): ExponentialDecay {
  const schedule: ExponentialDecay = { factor: 0.1, ...options, kind: "exponentialDecay" };
  exponentialDecayDefinition.check("exponentialDecay", schedule);
  addScheduleKind("exponentialDecay", exponentialDecayDefinition);
  return schedule;
}

export const exponentialDecayDefinition = {
  options: ["learningRate", "every", "factor"],
  check: (owner, { learningRate, every, factor }) => {
    requireIn(owner, "learningRate", learningRate, "[0, Infinity)");
    requirePositiveInteger(owner, "every", every);
    requireIn(owner, "factor", factor, "(0, 1]");
  },
  at: ({ learningRate, every, factor }, step) => learningRate * pow(factor, step / every),
} satisfies ScheduleDefinition<ExponentialDecay>;
