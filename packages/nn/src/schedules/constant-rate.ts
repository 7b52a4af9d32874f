import { requireIn } from "../errors.js";
import type { Schedule, ScheduleDefinition } from "./schedule.js";

export interface ConstantRate extends Schedule {
  readonly kind: "constantRate";
  readonly learningRate: number;
}

/** The same learning rate at every step, which a plain number says as well. @throws {ConfigError} `learning-rate-out-of-range` */
export function constantRate(learningRate: number): ConstantRate {
  const schedule: ConstantRate = { kind: "constantRate", learningRate };
  constantRateDefinition.check("constantRate", schedule);
  return schedule;
}

export const constantRateDefinition = {
  options: ["learningRate"],
  check: (owner, { learningRate }) => requireIn(owner, "learningRate", learningRate, "[0, Infinity)"),
  at: ({ learningRate }) => learningRate,
} satisfies ScheduleDefinition<ConstantRate>;
