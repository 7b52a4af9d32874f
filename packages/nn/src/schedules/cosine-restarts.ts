import { cosSmall } from "@loam/kernels-as";
import { requireIn, requirePositiveInteger } from "../errors.js";
import type { Schedule, ScheduleDefinition } from "./schedule.js";
import { addScheduleKind } from "./scheduled-value.js";

export interface CosineRestartsOptions {
  /** Where the first wave begins, in [0, ∞). */
  readonly learningRate: number;
  /** How many steps the first wave has. */
  readonly steps: number;
  /** By what each wave is longer than the one before, a whole number of at least 1; default 2. */
  readonly growth?: number;
  /** By what each wave's beginning is multiplied, in (0, 1]; default 1. */
  readonly factor?: number;
  /** Where each wave ends, in [0, ∞); default 0. */
  readonly finalLearningRate?: number;
}

export interface CosineRestarts extends Schedule, Required<CosineRestartsOptions> {
  readonly kind: "cosineRestarts";
}

/**
 * Half waves of a cosine, one behind the other: final + (top − final) · (1 + cos(π·s/length)) / 2 with s the step within its wave, where wave
 * i = 0, 1, … has length steps·growthⁱ and top learningRate·factorⁱ. Loshchilov & Hutter, 2017, arXiv:1608.03983; Keras' CosineDecayRestarts.
 * @throws {ConfigError} when a number is out of its range.
 */
export function cosineRestarts(options: CosineRestartsOptions): CosineRestarts {
  const schedule: CosineRestarts = {
    ...{ growth: 2, factor: 1, finalLearningRate: 0 },
    ...options,
    kind: "cosineRestarts",
  };
  cosineRestartsDefinition.check("cosineRestarts", schedule);
  addScheduleKind("cosineRestarts", cosineRestartsDefinition);
  return schedule;
}

export const cosineRestartsDefinition = {
  options: ["learningRate", "steps", "growth", "factor", "finalLearningRate"],
  check: (owner, { learningRate, steps, growth, factor, finalLearningRate }) => {
    requireIn(owner, "learningRate", learningRate, "[0, Infinity)");
    requirePositiveInteger(owner, "steps", steps);
    requirePositiveInteger(owner, "growth", growth);
    requireIn(owner, "factor", factor, "(0, 1]");
    requireIn(owner, "finalLearningRate", finalLearningRate, "[0, Infinity)");
  },
  at: ({ learningRate, steps, growth, factor, finalLearningRate }, step) => {
    let length = steps;
    let top = learningRate;
    let within = step;
    while (within >= length) {
      within -= length;
      length *= growth;
      top *= factor;
    }
    const share = (1 + cosSmall((Math.PI * within) / length)) / 2;
    return finalLearningRate + (top - finalLearningRate) * share;
  },
} satisfies ScheduleDefinition<CosineRestarts>;
