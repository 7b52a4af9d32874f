import { ConfigError, type ErrorOwner, ownerLabel, showValue } from "./errors.js";

/**
 * Checks that `options` is a plain object that has no key but those in `allowed`, so that a misspelt option is not silently a default.
 * @throws {ConfigError} `options-not-an-object` or `unknown-option`
 */
export function requireOptions(
  owner: ErrorOwner,
  options: unknown,
  allowed: readonly string[],
  remedy?: string,
): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new ConfigError(
      "options-not-an-object",
      `${ownerLabel(owner)}: expected an object of options, got ${showValue(options)}.`,
    );
  }
  const unknown = Object.keys(options).filter((key) => !allowed.includes(key));
  if (unknown.length === 0) return;
  const known = allowed.length === 0 ? "no options" : `options among ${allowed.join(", ")}`;
  throw new ConfigError(
    "unknown-option",
    `${ownerLabel(owner)}: expected ${known}, got ${unknown.map(showValue).join(" and ")}${remedy ? `; ${remedy}` : ""}.`,
  );
}

/** Checks that `value` is true or false. @throws {ConfigError} `not-a-boolean` */
export function requireBoolean(owner: ErrorOwner, name: string, value: unknown): asserts value is boolean {
  if (typeof value === "boolean") return;
  throw new ConfigError(
    "not-a-boolean",
    `${ownerLabel(owner)}: ${name} must be true or false, got ${showValue(value)}.`,
  );
}

/** Checks that `value` is a number that is neither NaN nor infinite. @throws {ConfigError} `not-finite` */
export function requireFinite(owner: ErrorOwner, name: string, value: unknown): asserts value is number {
  if (Number.isFinite(value)) return;
  throw new ConfigError(
    "not-finite",
    `${ownerLabel(owner)}: ${name} must be a finite number, got ${showValue(value)}.`,
  );
}
