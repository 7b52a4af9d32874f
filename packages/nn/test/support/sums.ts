import { expect } from "vitest";

/** Half a unit in the last place of a float32 near 1. */
export const EPSILON = 2 ** -24;

/** Roundings that an element may cost beside those of its sum. */
const ROUNDINGS = 16;

/**
 * Sums in float64 that remember how many terms they had and how large these were: what bounds the error of the same sums in float32, whose
 * order is free, K·2⁻²⁴·Σ|terms| for K terms. The bound is that of the worst element, since a kernel may compute neighbours together.
 */
export class Sums {
  readonly values: Float64Array;
  readonly #magnitudes: Float64Array;
  readonly #counts: Uint32Array;
  #carried = 0;

  constructor(length: number) {
    this.values = new Float64Array(length);
    this.#magnitudes = new Float64Array(length);
    this.#counts = new Uint32Array(length);
  }

  add(at: number, ...terms: readonly number[]): void {
    for (const term of terms) {
      this.values[at]! += term;
      this.#magnitudes[at]! += Math.abs(term);
      this.#counts[at]! += 1;
    }
  }

  /** Says that the terms were sums of so many numbers themselves. */
  carry(terms: number): void {
    this.#carried = Math.max(this.#carried, terms);
  }

  get tolerance(): number {
    return (largest(this.#counts) + this.#carried + ROUNDINGS) * EPSILON * largest(this.#magnitudes);
  }
}

export function largest(values: Float64Array | Float32Array | Uint32Array): number {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}

/** Fails with the worst element's index, both values and their difference; NaN is as far as can be. */
export function expectNear(
  what: string,
  got: ArrayLike<number>,
  want: ArrayLike<number>,
  tolerance: number,
): void {
  expect(got.length, what).toBe(want.length);
  let worst = 0;
  let difference = 0;
  for (let i = 0; i < got.length; i++) {
    const apart = Math.abs(got[i]! - want[i]!);
    if (apart <= difference) continue;
    worst = i;
    difference = apart;
  }
  expect(
    difference <= tolerance,
    `${what}[${worst}]: got ${got[worst]}, want ${want[worst]}, ${difference} apart where ${tolerance} is allowed`,
  ).toBe(true);
}
