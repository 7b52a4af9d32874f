import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planMemory } from "./plan-memory.js";

const lifetime = fc
  .record({
    bytes: fc.integer({ min: 0, max: 5000 }),
    first: fc.integer({ min: 0, max: 30 }),
    length: fc.integer({ min: 0, max: 10 }),
  })
  .map(({ bytes, first, length }) => ({ bytes, first, last: first + length }));

describe("planMemory", () => {
  it("never lets two lifetimes share memory at the same time", () => {
    fc.assert(
      fc.property(fc.array(lifetime, { maxLength: 40 }), (lifetimes) => {
        const { offsets, bytes } = planMemory(lifetimes);
        lifetimes.forEach((a, i) => {
          expect(offsets[i]! % 64).toBe(0);
          expect(offsets[i]! + a.bytes).toBeLessThanOrEqual(bytes);
          lifetimes.slice(i + 1).forEach((b, k) => {
            const j = i + 1 + k;
            const together = a.first <= b.last && b.first <= a.last;
            const apart = offsets[i]! + a.bytes <= offsets[j]! || offsets[j]! + b.bytes <= offsets[i]!;
            expect(!together || apart || a.bytes === 0 || b.bytes === 0).toBe(true);
          });
        });
      }),
    );
  });

  it("uses memory again: a chain needs two stretches, not one a step", () => {
    const chain = Array.from({ length: 10 }, (_, i) => ({ bytes: 1024, first: i, last: i + 1 }));
    expect(planMemory(chain).bytes).toBe(2048);
  });
});
