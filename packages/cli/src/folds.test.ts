import fc from "fast-check";
import { expect, test } from "vitest";
import { foldsOf, partFold } from "./folds.js";

test("every sample is in one fold, and folds and the classes in them differ by one sample at most", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 2, maxLength: 60 }),
      fc.integer({ min: 2, max: 9 }),
      fc.integer({ min: 0, max: 2 ** 40 }),
      (classes, most, seed) => {
        const folds = Math.min(most, classes.length);
        const found = foldsOf(classes.length, folds, seed, classes);
        const even = (counts: number[]) => Math.max(...counts) - Math.min(...counts) <= 1;
        const count = (fold: number, label?: number) =>
          classes.filter((one, i) => found[i] === fold && (label === undefined || one === label)).length;
        const all = Array.from({ length: folds }, (_, i) => i + 1);
        expect(even(all.map((fold) => count(fold)))).toBe(true);
        for (const label of new Set(classes)) expect(even(all.map((fold) => count(fold, label)))).toBe(true);
        const parts = all.map((fold) => partFold(classes.length, { folds, fold, seed, classes }));
        expect(parts.flatMap(({ inside }) => [...inside]).sort((a, b) => a - b)).toEqual([...classes.keys()]);
        for (const { inside, outside } of parts)
          expect([...inside, ...outside].sort((a, b) => a - b)).toEqual([...classes.keys()]);
      },
    ),
    { numRuns: 30 },
  );
});

test("the seed alone decides, and another one deals otherwise", () => {
  expect(foldsOf(50, 5, 1)).toEqual(foldsOf(50, 5, 1));
  expect(foldsOf(50, 5, 1)).not.toEqual(foldsOf(50, 5, 2));
});

test("more folds than samples are refused", () => {
  expect(() => partFold(3, { folds: 4, fold: 1, seed: 0 })).toThrow(
    "--folds must be at most the number of samples, which is 3, got 4.",
  );
});
