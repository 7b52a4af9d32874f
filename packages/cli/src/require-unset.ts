import { UsageError } from "./failure.js";
import { flagOf } from "./flags.js";
import type { Settings } from "./settings.js";

/** Settings that speak of rows or pictures on their own, and not of windows over several. */
export const NOT_FOR_WINDOWS = [
  "limit",
  "task",
  "scaling",
  "classes",
  "classWeight",
  "weight",
  "augment",
] as const;

/** @throws {UsageError} naming a setting that was given, and why it cannot be: `--limit does not go with recordings`. */
export function requireUnset<Name extends keyof Settings>(
  settings: Partial<Pick<Settings, Name>>,
  names: readonly Name[],
  why: string,
): void {
  for (const name of names) {
    if (settings[name] !== undefined) throw new UsageError(`${flagOf(name)} ${why}`);
  }
}
