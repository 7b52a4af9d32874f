import { ConfigError, type ErrorOwner, ownerLabel, showValue } from "../errors.js";

/** Checks an axis of what a layer is called on. @throws {ConfigError} `axis-not-usable` for the batch, which is axis 0, and for no whole number. */
export function requireAxis(owner: ErrorOwner, name: string, given: unknown): number {
  if (Number.isSafeInteger(given) && given !== 0) return given as number;
  throw new ConfigError(
    "axis-not-usable",
    `${ownerLabel(owner)}: ${name} must be an integer other than 0, which is the batch, got ${showValue(given)}.`,
  );
}
