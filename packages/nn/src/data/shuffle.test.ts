import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { shuffledIndices } from "./shuffle.js";

describe("shuffledIndices", () => {
  it("holds every index once", () => {
    fc.assert(
      fc.property(fc.nat(500), fc.maxSafeNat(), fc.nat(), (n, seed, epoch) => {
        const sorted = shuffledIndices(n, seed, epoch).sort();
        expect(sorted).toEqual(Uint32Array.from({ length: n }, (_, i) => i));
      }),
    );
  });

  it("is a function of seed and epoch", () => {
    const text = (seed: number, epoch: number) => String(shuffledIndices(50, seed, epoch));
    expect(text(7, 3)).toBe(text(7, 3));
    const all = [
      text(7, 3),
      text(7, 4),
      text(8, 3),
      text(7 + 2 ** 32, 3),
      String(shuffledIndices(50, 7, 3, "split")),
    ];
    expect(new Set(all).size).toBe(5);
  });

  it("puts every index in every place about equally often", () => {
    const n = 8;
    const rounds = 8000;
    const counts = new Uint32Array(n * n);
    for (let epoch = 0; epoch < rounds; epoch++) {
      const order = shuffledIndices(n, 1, epoch);
      for (let place = 0; place < n; place++) counts[place * n + order[place]!]! += 1;
    }
    // χ² with (n − 1)² = 49 degrees of freedom exceeds 94 once in ten thousand.
    const expected = rounds / n;
    const chi2 = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(chi2).toBeLessThan(94);
  });

  it("refuses a negative seed", () => {
    expect(() => shuffledIndices(3, -1, 0)).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: shuffledIndices: seed must be an integer of at least 0, got -1.]`,
    );
  });
});
