import { cosineRestartsDefinition } from "./cosine-restarts.js";
import { exponentialDecayDefinition } from "./exponential-decay.js";
import { oneCycleDefinition } from "./one-cycle.js";
import { polynomialDecayDefinition } from "./polynomial-decay.js";
import { addScheduleKind } from "./scheduled-value.js";

/** Lets schedules of every kind be read, as a configuration may name them. */
export function knowEverySchedule(): void {
  addScheduleKind("exponentialDecay", exponentialDecayDefinition);
  addScheduleKind("polynomialDecay", polynomialDecayDefinition);
  addScheduleKind("cosineRestarts", cosineRestartsDefinition);
  addScheduleKind("oneCycle", oneCycleDefinition);
}
