import { cosSmall } from "@loam/kernels-as";
import { requireIn, requirePositiveInteger } from "../errors.js";
import type { Schedule, ScheduleDefinition } from "./schedule.js";

export interface CosineDecayOptions {
  /** Where it begins, in [0, ∞). */
  readonly learningRate: number;
  /** After how many steps it has reached its end, and stays there. */
  readonly steps: number;
  /** Where it ends, in [0, ∞); default 0. */
  readonly finalLearningRate?: number;
}

export interface CosineDecay extends Schedule, Required<CosineDecayOptions> {
  readonly kind: "cosineDecay";
}

/**
 * final + (learningRate − final) · (1 + cos(π·step/steps)) / 2, and final from `steps` on.
 * Loshchilov & Hutter, 2017, arXiv:1608.03983, without the restarts.
 * @throws {ConfigError} when a number is out of its range.
 */
export function cosineDecay(options: CosineDecayOptions): CosineDecay {
  const schedule: CosineDecay = { finalLearningRate: 0, ...options, kind: "cosineDecay" };
  cosineDecayDefinition.check("cosineDecay", schedule);
  return schedule;
}

export const cosineDecayDefinition = {
  options: ["learningRate", "steps", "finalLearningRate"],
  check: (owner, { learningRate, steps, finalLearningRate }) => {
    requireIn(owner, "learningRate", learningRate, "[0, Infinity)");
    requirePositiveInteger(owner, "steps", steps);
    requireIn(owner, "finalLearningRate", finalLearningRate, "[0, Infinity)");
  },
  at: ({ learningRate, steps, finalLearningRate }, step) => {
    if (step >= steps) return finalLearningRate;
    return (
      finalLearningRate + ((learningRate - finalLearningRate) * (1 + cosSmall((Math.PI * step) / steps))) / 2
    );
  },
} satisfies ScheduleDefinition<CosineDecay>;
