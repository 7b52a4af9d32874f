import { rates } from "./scheduled-value.js";
import { type Warmup, type WarmupOptions, warmupDefinition } from "./warmup-definition.js";

export type { Warmup, WarmupOptions } from "./warmup-definition.js";

/**
 * A straight line up to what comes after: value · (step + 1)/(steps + 1) for step < steps, with the value at which `after` begins; from
 * `steps` on `after` at step − steps. The first step is not wasted on a learning rate of 0.
 * @throws {ConfigError} when a number is out of its range.
 */
export function warmup(options: WarmupOptions): Warmup {
  const schedule: Warmup = { ...options, kind: "warmup" };
  warmupDefinition.check("warmup", schedule, rates);
  return schedule;
}
