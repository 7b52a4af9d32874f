import { requireIn, requirePositiveInteger } from "../errors.js";
import type { Schedule, ScheduleDefinition } from "./schedule.js";

export interface LinearDecayOptions {
  /** Where it begins, in [0, ∞). */
  readonly learningRate: number;
  /** After how many steps it has reached its end, and stays there. */
  readonly steps: number;
  /** Where it ends, in [0, ∞); default 0. */
  readonly finalLearningRate?: number;
}

export interface LinearDecay extends Schedule, Required<LinearDecayOptions> {
  readonly kind: "linearDecay";
}

/**
 * final + (learningRate − final) · (1 − step/steps), and final from `steps` on: a straight line.
 * @throws {ConfigError} when a number is out of its range.
 */
export function linearDecay(options: LinearDecayOptions): LinearDecay {
  const schedule: LinearDecay = { finalLearningRate: 0, ...options, kind: "linearDecay" };
  linearDecayDefinition.check("linearDecay", schedule);
  return schedule;
}

export const linearDecayDefinition = {
  options: ["learningRate", "steps", "finalLearningRate"],
  check: (owner, { learningRate, steps, finalLearningRate }) => {
    requireIn(owner, "learningRate", learningRate, "[0, Infinity)");
    requirePositiveInteger(owner, "steps", steps);
    requireIn(owner, "finalLearningRate", finalLearningRate, "[0, Infinity)");
  },
  at: ({ learningRate, steps, finalLearningRate }, step) =>
    step >= steps
      ? finalLearningRate
      : finalLearningRate + (learningRate - finalLearningRate) * (1 - step / steps),
} satisfies ScheduleDefinition<LinearDecay>;
