import { CommandError } from "./failure.js";

/**
 * Refuses figures that are not numbers: weights can all be finite and what they make of some data is not. JSON would say null, and the command
 * would seem to have worked.
 * @throws {CommandError}
 */
export function requireFinite(what: string, figures: Iterable<number>, cure: string): void {
  for (const figure of figures) {
    if (!Number.isFinite(figure)) throw new CommandError(`${what} is not a finite number; ${cure}.`);
  }
}
