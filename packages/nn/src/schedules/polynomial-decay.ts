import { pow } from "@loam/kernels-as";
import { requireIn, requirePositiveInteger } from "../errors.js";
import type { Schedule, ScheduleDefinition } from "./schedule.js";
import { addScheduleKind } from "./scheduled-value.js";

export interface PolynomialDecayOptions {
  /** Where it begins, in [0, ∞). */
  readonly learningRate: number;
  /** After how many steps it has reached its end, and stays there. */
  readonly steps: number;
  /** Where it ends, in [0, ∞); default 0. */
  readonly finalLearningRate?: number;
  /** Of the polynomial, in (0, ∞); default 1, which is `linearDecay`. */
  readonly power?: number;
}

export interface PolynomialDecay extends Schedule, Required<PolynomialDecayOptions> {
  readonly kind: "polynomialDecay";
}

/**
 * final + (learningRate − final) · (1 − step/steps)^power, and final from `steps` on. Keras' PolynomialDecay.
 * @throws {ConfigError} when a number is out of its range.
 */
export function polynomialDecay(options: PolynomialDecayOptions): PolynomialDecay {
  const schedule: PolynomialDecay = { finalLearningRate: 0, power: 1, ...options, kind: "polynomialDecay" };
  polynomialDecayDefinition.check("polynomialDecay", schedule);
  addScheduleKind("polynomialDecay", polynomialDecayDefinition);
  return schedule;
}

export const polynomialDecayDefinition = {
  options: ["learningRate", "steps", "finalLearningRate", "power"],
  check: (owner, { learningRate, steps, finalLearningRate, power }) => {
    requireIn(owner, "learningRate", learningRate, "[0, Infinity)");
    requirePositiveInteger(owner, "steps", steps);
    requireIn(owner, "finalLearningRate", finalLearningRate, "[0, Infinity)");
    requireIn(owner, "power", power, "(0, Infinity)");
  },
  at: ({ learningRate, steps, finalLearningRate, power }, step) => {
    if (step >= steps) return finalLearningRate;
    return finalLearningRate + (learningRate - finalLearningRate) * pow(1 - step / steps, power);
  },
} satisfies ScheduleDefinition<PolynomialDecay>;
