import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Lifetime, planMemory } from "./plan-memory.js";

const lifetime = fc
  .record({
    bytes: fc.integer({ min: 0, max: 5000 }),
    first: fc.integer({ min: 0, max: 30 }),
    length: fc.integer({ min: 0, max: 10 }),
  })
  .map(({ bytes, first, length }) => ({ bytes, first, last: first + length }));

/** The rule as it is said: each into the lowest gap among those before it that live at the same time, the largest first. */
function plainly(lifetimes: readonly Lifetime[]): number[] {
  const offsets: number[] = [];
  const aligned = ({ bytes }: Lifetime) => Math.ceil(bytes / 64) * 64;
  const order = lifetimes.map((_, i) => i).sort((a, b) => lifetimes[b]!.bytes - lifetimes[a]!.bytes || a - b);
  for (const i of order) {
    const { first, last } = lifetimes[i]!;
    const others = [...offsets.entries()]
      .filter(
        ([j, offset]) => offset !== undefined && lifetimes[j]!.first <= last && first <= lifetimes[j]!.last,
      )
      .map(([j, offset]) => ({ begin: offset, end: offset + aligned(lifetimes[j]!) }));
    const isFree = (at: number) =>
      others.every(({ begin, end }) => at + aligned(lifetimes[i]!) <= begin || end <= at);
    offsets[i] = Math.min(...[0, ...others.map(({ end }) => end)].filter(isFree));
  }
  return offsets;
}

/** What a network of so many layers keeps: what each makes until its gradient is there, and gradients for one step. */
function deep(layers: number, count: () => void): Lifetime[] {
  const life = (first: number, last: number): Lifetime => ({
    bytes: 256,
    last,
    get first() {
      count();
      return first;
    },
  });
  return [
    ...Array.from({ length: layers }, (_, i) => life(i, 2 * layers - i)),
    ...Array.from({ length: layers }, (_, i) => life(layers + i, layers + i + 1)),
  ];
}

describe("planMemory", () => {
  it("is greedy by size, also where there are more lifetimes than are looked through one by one", () => {
    const some = fc.array(lifetime, { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(some, (lifetimes) => {
        expect(planMemory(lifetimes).offsets).toEqual(plainly(lifetimes));
      }),
      { numRuns: 25 },
    );
    const all = deep(150, () => {});
    expect(planMemory(all).offsets).toEqual(plainly(all));
  });

  it("looks at about twice as much for twice as many layers", () => {
    const looks = (layers: number) => {
      let count = 0;
      planMemory(deep(layers, () => count++));
      return count;
    };
    expect(looks(2000) / looks(1000)).toBeLessThan(2.5);
  });

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
