import { ConfigError, type ErrorOwner, ownerLabel, requireIn, showValue } from "../errors.js";
import { requireOptions } from "../options.js";
import { constantRateDefinition } from "./constant-rate.js";
import { cosineDecayDefinition } from "./cosine-decay.js";
import { linearDecayDefinition } from "./linear-decay.js";
import type { Rates, Schedule, ScheduleDefinition } from "./schedule.js";
import { stepDecayDefinition } from "./step-decay.js";
import { warmupDefinition } from "./warmup-definition.js";

const definitions: Record<string, ScheduleDefinition<never>> = {
  constantRate: constantRateDefinition,
  stepDecay: stepDecayDefinition,
  cosineDecay: cosineDecayDefinition,
  linearDecay: linearDecayDefinition,
  warmup: warmupDefinition,
};

/** The schedules that can be read, by their kind: these, and each other from when it is first made. */
export const scheduleDefinitions: Readonly<Record<string, ScheduleDefinition<never>>> = definitions;

/** Lets schedules of a kind be read. So a page carries only those besides the first five that it makes. */
export function addScheduleKind(kind: string, definition: ScheduleDefinition<never>): void {
  definitions[kind] = definition;
}

/** What schedules of schedules ask. */
export const rates: Rates = { valueAt: scheduledValue, require: requireLearningRate };

/** The learning rate at a step, counted from 0. */
export function scheduledValue(rate: number | Schedule, step: number): number {
  return typeof rate === "number" ? rate : scheduleDefinitions[rate.kind]!.at(rate as never, step, rates);
}

/**
 * Checks a learning rate, a number or a schedule, perhaps from a file.
 * @throws {ConfigError} `learning-rate-out-of-range`, `schedule-unknown`, `unknown-option`, or what its kind finds wrong.
 */
export function requireLearningRate(owner: ErrorOwner, name: string, rate: number | Schedule): void {
  if (typeof rate === "number") {
    requireIn(owner, name, rate, "[0, Infinity)");
    return;
  }
  const kind: unknown = rate?.kind;
  if (typeof kind !== "string" || !Object.hasOwn(scheduleDefinitions, kind)) {
    throw new ConfigError(
      "schedule-unknown",
      `${ownerLabel(owner)}: ${name} must be a number or one of ${Object.keys(scheduleDefinitions).join(", ")}, got ${showValue(kind ?? rate)}.`,
    );
  }
  const { options, check } = scheduleDefinitions[kind]!;
  const label = `${ownerLabel(owner)}: ${name} ${kind}`;
  requireOptions(label, rate, ["kind", ...options]);
  check(label, rate as never, rates);
}
