import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KNeighbors } from "../src/model/transfer/index.js";
import { refusal } from "./contracts/refusal.js";

/** All distances by their formulas, sorted as a whole, and the votes counted in words. */
function expected(
  examples: readonly (readonly number[])[],
  labels: readonly string[],
  x: readonly number[],
  k: number,
  distance: string,
) {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const product = (a: readonly number[], b: readonly number[]) => sum(a.map((value, i) => value * b[i]!));
  const far = (y: readonly number[]) => {
    if (distance === "euclidean") return Math.sqrt(sum(x.map((value, i) => (value - y[i]!) ** 2)));
    const lengths = Math.sqrt(product(x, x)) * Math.sqrt(product(y, y));
    return lengths === 0 ? 1 : Math.max(0, 1 - product(x, y) / lengths);
  };
  const order = examples.map((y, i) => ({ i, d: far(y) })).sort((a, b) => a.d - b.d || a.i - b.i);
  const nearest = order.slice(0, k).map(({ i, d }) => ({ label: labels[i]!, distance: d }));
  const votes = (label: string) => nearest.filter((one) => one.label === label).length;
  const most = Math.max(...labels.map(votes));
  return {
    label: nearest.find(({ label }) => votes(label) === most)!.label,
    probabilities: Object.fromEntries(labels.map((label) => [label, votes(label) / nearest.length])),
    neighbors: nearest,
  };
}

/** Small whole numbers, so that there are many ties, and sums without rounding. */
const row = (size: number) => fc.array(fc.integer({ min: -2, max: 2 }), { minLength: size, maxLength: size });

const problem = fc
  .record({ size: fc.integer({ min: 1, max: 9 }), k: fc.integer({ min: 1, max: 6 }) })
  .chain(({ size, k }) =>
    fc.record({
      k: fc.constant(k),
      distance: fc.constantFrom("euclidean" as const, "cosine" as const),
      examples: fc.array(fc.tuple(row(size), fc.constantFrom("a", "b", "c")), {
        minLength: 1,
        maxLength: 12,
      }),
      x: row(size),
      gone: fc.constantFrom("a", "b", "c", "d"),
    }),
  );

describe("KNeighbors", () => {
  it("is the definition, also when some are forgotten and others added", () => {
    fc.assert(
      fc.property(problem, ({ k, distance, examples, x, gone }) => {
        const known = new KNeighbors({ k, distance });
        for (const [values, label] of examples) known.add([values], label);
        const check = (now: typeof examples) => {
          const [rows, labels] = [now.map(([values]) => values), now.map(([, label]) => label)];
          expect(known.predict([x])).toEqual([expected(rows, labels, x, k, distance)]);
        };
        check(examples);
        const left = examples.filter(([, label]) => label !== gone);
        expect(known.forget(gone)).toBe(examples.length - left.length);
        if (left.length > 0) check(left);
        known.add(
          examples.map(([values]) => values),
          examples.map(([, label]) => label),
        );
        check([...left, ...examples]);
      }),
    );
  });

  it("takes one sample or many, typed arrays, numbers as labels and data sets", () => {
    const known = new KNeighbors({ k: 1 });
    known.add(Float64Array.of(0, 0), 7);
    known.add({ data: Uint8Array.of(9, 9, 0, 9), shape: [2, 2, 1] }, "far");
    known.add({
      name: "data",
      inputs: { data: Float32Array.of(5, 0, 5, 1), shape: [2, 2] },
      labels: { data: Uint8Array.of(1, 0), shape: [2] },
      scaling: { kind: "none" },
      classNames: ["one", "two"],
    });
    expect(known.counts).toEqual({ 7: 1, far: 2, two: 1, one: 1 });
    const told = known.predict(Float32Array.of(1, 0, 4, 0, 5, 2, 9, 8));
    expect(told.map(({ label }) => label)).toEqual([7, "two", "one", "far"]);
    expect(known.predict([1, 0])[0]!.probabilities).toEqual({ 7: 1, far: 0, two: 0, one: 0 });
    for (const label of [7, "far", "two", "one"]) known.forget(label);
    known.add([1, 2, 3], "other size");
    expect(known.predict([0, 0, 0])).toHaveLength(1);
  });

  it("refuses what it cannot compare", () => {
    const known = new KNeighbors();
    const empty = refusal(() => known.predict([1]));
    known.add([[1, 2]], "a");
    expect([
      empty,
      refusal(() => known.add([[1, 2, 3]], "a")),
      refusal(() => known.predict([1])),
      refusal(() => known.add([[1, 2]], ["a", "b"])),
      refusal(() => known.add([[1, 2]], [undefined as never])),
      refusal(() => known.add([[1, Number.NaN]], "a")),
      refusal(() => new KNeighbors({ k: 0 })),
      refusal(() => new KNeighbors({ distance: "manhattan" as never })),
      refusal(() => new KNeighbors({ neighbors: 3 } as never)),
    ]).toMatchInlineSnapshot(`
      [
        "ConfigError no-examples: KNeighbors: expected examples before predict, got none; add some.",
        "ShapeError input-shape: KNeighbors: add expected samples of 2 values, got 3 values of shape [1, 3].",
        "ShapeError input-shape: KNeighbors: predict expected samples of 2 values, got 1 values of shape [1].",
        "ShapeError label-shape: KNeighbors: add expected one label, or one for each of 1 examples, got 2.",
        "ConfigError not-a-label: KNeighbors: add expected labels that are texts or numbers, got undefined.",
        "DataError not-finite: KNeighbors: add: input value 2 of sample 1 is NaN; every value must be a finite number.",
        "ConfigError k-not-positive: KNeighbors: k must be an integer of at least 1, got 0.",
        "ConfigError distance-unknown: KNeighbors: distance must be one of "euclidean", "cosine", got "manhattan".",
        "ConfigError unknown-option: KNeighbors: expected options among k, distance, got "neighbors".",
      ]
    `);
    expect(known.counts).toEqual({ a: 1 });
  });
});
