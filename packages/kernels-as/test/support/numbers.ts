// Test data, and comparison against float64.
import { expect } from "vitest";

/** Half a unit in the last place of an f32 near 1. */
export const EPSILON = 2 ** -24;
export const SMALLEST_NORMAL = 2 ** -126;

/** Numbers in [low, high) from a seed, with full mantissas; the same on every host. */
export function numbers(seed: number, length: number, low = -1, high = 1): Float32Array {
  let state = (Math.imul(seed, 0x9e3779b1) + 12345) >>> 0;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return low + ((high - low) * (state >>> 8)) / 0x100_0000;
  });
}

/**
 * Fails, naming the worst place, where |got − want| is above tolerance(want, i); NaN and infinities must be the same.
 */
export function expectNear(
  got: ArrayLike<number>,
  want: ArrayLike<number>,
  tolerance: (want: number, i: number) => number,
  what = "value",
): void {
  expect(got.length, `${what}: length`).toBe(want.length);
  let worst = -1;
  let most = 1;
  for (let i = 0; i < want.length; i++) {
    if (Object.is(got[i], want[i]) || got[i] === want[i]) continue;
    const ratio = Math.abs(got[i]! - want[i]!) / tolerance(want[i]!, i);
    if (!(ratio <= most)) {
      worst = i;
      most = Number.isNaN(ratio) ? Number.POSITIVE_INFINITY : ratio;
    }
  }
  if (worst >= 0) {
    expect.fail(
      `${what} at ${worst} of ${want.length}: got ${got[worst]}, want ${want[worst]}, ${most} times the tolerance`,
    );
  }
}

/** `count` units in the last place of an f32 like `want`; denormal results may be 0. */
export function ulps(count: number): (want: number) => number {
  return (want) => Math.max(count * 2 * EPSILON * Math.abs(want), SMALLEST_NORMAL);
}
