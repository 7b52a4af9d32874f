import { ConfigError, type ErrorOwner, ownerLabel, showValue } from "../errors.js";
import type { Padding, Pair } from "../graph/geometry.js";

/** One number for both axes, or [height, width]. */
export type PairOption = number | Pair;

/**
 * What surrounds an image: as many zeros on every side, [height, width] for both sides of each axis, [top, bottom, left, right], none
 * ("valid"), or so many that the output is ⌈size / stride⌉ ("same"; an odd one goes below or to the right, as in Keras).
 */
export type PaddingOption = number | Pair | Padding | "same" | "valid";

/** A pair from an option. @throws {ConfigError} `not-a-pair` unless both are integers of at least 1. */
export function resolvePair(owner: ErrorOwner, name: string, option: PairOption, least = 1): Pair {
  const pair = typeof option === "number" ? ([option, option] as const) : option;
  const usable =
    Array.isArray(pair) && pair.length === 2 && pair.every((n) => Number.isSafeInteger(n) && n >= least);
  if (usable) return [pair[0]!, pair[1]!];
  throw new ConfigError(
    "not-a-pair",
    `${ownerLabel(owner)}: ${name} must be an integer of at least ${least} or two of them, [height, width], got ${showValue(option)}.`,
  );
}

/** Checks a padding option. @throws {ConfigError} `padding-not-usable` */
export function requirePadding(owner: ErrorOwner, option: PaddingOption): void {
  if (option === "same" || option === "valid") return;
  const sides = typeof option === "number" ? [option] : option;
  const usable =
    Array.isArray(sides) &&
    [1, 2, 4].includes(sides.length) &&
    sides.every((n) => Number.isSafeInteger(n) && n >= 0);
  if (usable && (typeof option === "number" || sides.length > 1)) return;
  throw new ConfigError(
    "padding-not-usable",
    `${ownerLabel(owner)}: padding must be "same", "valid", an integer of at least 0, [height, width] or [top, bottom, left, right], got ${showValue(option)}.`,
  );
}

/** The pads for an image of a given size. */
export function resolvePadding(
  option: PaddingOption,
  [height, width]: Pair,
  kernel: Pair,
  stride: Pair,
  dilation: Pair,
): Padding {
  if (option === "valid") return [0, 0, 0, 0];
  if (option === "same") {
    const [top, bottom] = samePads(height, kernel[0], stride[0], dilation[0]);
    const [left, right] = samePads(width, kernel[1], stride[1], dilation[1]);
    return [top, bottom, left, right];
  }
  if (typeof option === "number") return [option, option, option, option];
  if (option.length === 2) return [option[0], option[0], option[1], option[1]];
  return option;
}

function samePads(size: number, kernel: number, stride: number, dilation: number): Pair {
  const outputs = Math.ceil(size / stride);
  const total = Math.max(0, (outputs - 1) * stride + dilation * (kernel - 1) + 1 - size);
  const before = Math.floor(total / 2);
  return [before, total - before];
}

/** The smallest image side that a kernel fits into. */
export function leastSize(pads: number, kernel: number, dilation: number): number {
  return Math.max(1, dilation * (kernel - 1) + 1 - pads);
}
