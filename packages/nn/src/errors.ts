/**
 * Everything Loam throws. An error is one sentence: who (with the user's name for it), what was expected, what was found,
 * and what to do. `code` is stable and kebab-case; docs/errors.md lists every one with cause and cure.
 */

import { INFINITY_SIGN } from "./signs.js";

/** Where the trouble lies, as far as it is known. Each kind uses the fields that make sense for it. */
export interface ErrorDetails {
  readonly file?: string;
  readonly byte?: number;
  readonly row?: number;
  readonly column?: number | string;
  readonly step?: number;
  readonly op?: string;
  readonly layer?: string;
  readonly cause?: unknown;
}

/** The most characters of a sentence: a name that it quotes comes from a file, and may be as long as one. */
const LONGEST = 4000;

/** Base of all errors that Loam throws on purpose; catch this one to catch them all. */
export abstract class LoamError extends Error {
  readonly code: string;
  readonly details: ErrorDetails;

  constructor(code: string, sentence: string, details: ErrorDetails = {}) {
    super(
      sentence.length > LONGEST ? `${sentence.slice(0, LONGEST)}...` : sentence,
      "cause" in details ? { cause: details.cause } : undefined,
    );
    this.code = code;
    this.details = details;
  }
}

/** A tensor, layer or batch has a shape that does not fit. */
export class ShapeError extends LoamError {
  override readonly name = "ShapeError";
}

/** An option, a layer's configuration or a combination of them is not allowed. */
export class ConfigError extends LoamError {
  override readonly name = "ConfigError";
}

/** The values of a data set are wrong; details name file, row and column as far as known. */
export class DataError extends LoamError {
  override readonly name = "DataError";
}

/** Bytes are not what their format says; details name file and byte as far as known. */
export class FormatError extends LoamError {
  override readonly name = "FormatError";
}

/** A number stopped being finite; details name step, op and layer. */
export class NumericError extends LoamError {
  override readonly name = "NumericError";
}

/** The host cannot do what is needed: no file, no network, no memory, no worker. */
export class PlatformError extends LoamError {
  override readonly name = "PlatformError";
}

/** Loam contradicted itself. Never the user's fault. */
export class InternalError extends LoamError {
  override readonly name = "InternalError";

  constructor(code: string, sentence: string, details: ErrorDetails = {}) {
    super(code, `internal: ${sentence} Please report this.`, details);
  }
}

/**
 * Whom an error speaks of: a plain label, or an object with the user's name for it. `className` is preferred to the
 * constructor's name, which a minifier may have shortened.
 */
export type ErrorOwner = string | { readonly className?: string; readonly name?: string };

/** `Dense "hidden2"`, `Adam`, or the label itself. */
export function ownerLabel(owner: ErrorOwner): string {
  if (typeof owner === "string") return owner;
  const kind = owner.className ?? owner.constructor.name;
  return owner.name ? `${kind} "${owner.name}"` : kind;
}

/** A value as a sentence shows it: strings quoted, arrays in brackets, long and deep things shortened. */
export function showValue(value: unknown): string {
  if (Array.isArray(value)) return showList(value, 4);
  if (typeof value === "string") return value.length > 60 ? `"${value.slice(0, 57)}..."` : `"${value}"`;
  if (typeof value === "object" && value !== null) {
    // What was read from JSON may have a constructor of its own, which is none.
    const { name } = (value.constructor ?? {}) as { name?: unknown };
    return typeof name === "string" ? name : "an object";
  }
  if (typeof value === "function") return "a function";
  return Object.is(value, -0) ? "-0" : String(value);
}

function showList(list: readonly unknown[], depth: number): string {
  if (depth === 0) return "[...]";
  const shown = list
    .slice(0, 32)
    .map((one) => (Array.isArray(one) ? showList(one, depth - 1) : showValue(one)));
  return `[${shown.join(", ")}${list.length > 32 ? ", ..." : ""}]`;
}

/** `kernelSize` → `kernel-size`: how an option's name appears in a code. */
export function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/**
 * Checks that `value` is an integer of at least 1.
 * @throws {ConfigError} `<name>-not-positive`
 */
export function requirePositiveInteger(owner: ErrorOwner, name: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1) return;
  throw new ConfigError(
    `${kebab(name)}-not-positive`,
    `${ownerLabel(owner)}: ${name} must be an integer of at least 1, got ${showValue(value)}.`,
  );
}

/**
 * Checks that `value` is an integer of at least 0.
 * @throws {ConfigError} `<name>-negative`
 */
export function requireNonNegativeInteger(owner: ErrorOwner, name: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 0) return;
  if (Number.isInteger(value) && value > 0) requireIn(owner, name, value, "[0, 9007199254740991]");
  throw new ConfigError(
    `${kebab(name)}-negative`,
    `${ownerLabel(owner)}: ${name} must be an integer of at least 0, got ${showValue(value)}.`,
  );
}

/**
 * Checks that `value` is a number in an interval written as in mathematics: `[0, 1)`, `(0, Infinity)`.
 * @throws {ConfigError} `<name>-out-of-range`
 */
export function requireIn(owner: ErrorOwner, name: string, value: number, interval: string): void {
  const parts = /^([[(])\s*(\S+)\s*,\s*(\S+)\s*([\])])$/.exec(interval);
  if (!parts) throw new InternalError("bad-interval", `${showValue(interval)} is not an interval.`);
  const [, open, low, high, close] = parts as unknown as [string, string, string, string, string];
  // From a file it may be anything, and to compare an object can fail.
  if (typeof value === "number") {
    const above = open === "[" ? value >= Number(low) : value > Number(low);
    const below = close === "]" ? value <= Number(high) : value < Number(high);
    if (above && below) return;
  }
  throw new ConfigError(
    `${kebab(name)}-out-of-range`,
    `${ownerLabel(owner)}: ${name} must be in ${interval.replaceAll("Infinity", INFINITY_SIGN)}, got ${showValue(value)}.`,
  );
}

/**
 * Checks that `value` is one of a short list of names.
 * @throws {ConfigError} `<name>-unknown`
 */
export function requireOneOf<T extends string>(
  owner: ErrorOwner,
  name: string,
  value: string,
  allowed: readonly T[],
): asserts value is T {
  if ((allowed as readonly string[]).includes(value)) return;
  throw new ConfigError(
    `${kebab(name)}-unknown`,
    `${ownerLabel(owner)}: ${name} must be one of ${allowed.map((one) => `"${one}"`).join(", ")}, got ${showValue(value)}.`,
  );
}
