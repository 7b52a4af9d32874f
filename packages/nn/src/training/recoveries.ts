import type { OnNaN, Recovery } from "./recovery.js";
import { RollBack } from "./roll-back.js";
import type { Compiled, Runtime } from "./runtime.js";
import { SkipSteps } from "./skip-steps.js";

/** How a fit goes on behind a step that is not finite. */
export function recoveryOf(how: Exclude<OnNaN, "stop">, runtime: Runtime, compiled: Compiled): Recovery {
  return how === "skip" ? new SkipSteps(runtime) : new RollBack(runtime, compiled);
}
