import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEngine, type Engine } from "../src/index.js";
import { f32, runOnAnyThreads, u32 } from "./support/instruction.js";
import { EPSILON, expectNear, numbers } from "./support/numbers.js";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ threads: 4 });
});
afterAll(() => engine.close());

const NONE = 2 ** 32 - 1;
/** A quiet NaN's bits. */
const NAN = 0x7fc00000;

/** outer, n, count and inner: around a vector (4), and around where rows are split in columns (64). */
const SIZES: [number, number, number, number][] = [
  [0, 3, 2, 4],
  [1, 0, 5, 3],
  [1, 1, 0, 3],
  [2, 3, 4, 0],
  [1, 1, 1, 1],
  [1, 40, 53, 1],
  [3, 7, 17, 1],
  [2, 5, 9, 3],
  [1, 10, 64, 4],
  [2, 33, 13, 5],
  [1, 17, 40, 63],
  [2, 6, 11, 64],
  [1, 6, 29, 65],
  [1, 3, 101, 131],
];

describe.each(SIZES)("%i times rows among %i, %i of them, of %i", (outer, n, count, inner) => {
  // Some twice, some never, and some that there are not: just beyond, and far.
  const indices = Uint32Array.from(
    { length: count },
    (_, i) => [n, NONE, (i * i + 3) % (n + 1)][i % 7] ?? i % (n || 1),
  );
  const sizes = { outer, n, count, inner };

  it("gather_rows picks them, and writes `missing` where there is none", async () => {
    const x = numbers(3, outer * n * inner, -2, 2);
    const { y } = await runOnAnyThreads(engine, "gather_rows", {
      ...{ x: { read: x }, indices: { read: indices }, ...sizes, missing: NAN },
    });
    const want = Float32Array.from({ length: outer * count * inner }, (_, at) => {
      const index = indices[Math.floor(at / inner) % count]!;
      return index < n ? x[(Math.floor(at / inner / count) * n + index) * inner + (at % inner)]! : Number.NaN;
    });
    expectNear(f32(y), want, () => 0);
  });

  it("scatter_add_rows adds them up, and leaves out those that have no place", async () => {
    const x = numbers(5, outer * count * inner, -2, 2);
    const { y } = await runOnAnyThreads(engine, "scatter_add_rows", {
      ...{ x: { read: x }, indices: { read: indices }, ...sizes },
    });
    const want = new Float64Array(outer * n * inner);
    x.forEach((value, at) => {
      const index = indices[Math.floor(at / inner) % count]!;
      if (index < n) want[(Math.floor(at / inner / count) * n + index) * inner + (at % inner)]! += value;
    });
    // A rounding for each of at most `count` numbers below 2, of sums below 2·count.
    expectNear(f32(y), want, () => 2 * count ** 2 * EPSILON);
  });
});

it("scatter_add_rows adds in the order of the indices", async () => {
  // Forward, 2²⁴ + 1 + 1 stays 2²⁴; any other order gives more.
  const { y } = await runOnAnyThreads(engine, "scatter_add_rows", {
    x: { read: Float32Array.of(2 ** 24, 1, 1) },
    indices: { read: Uint32Array.of(1, 1, 1) },
    ...{ outer: 1, n: 2, count: 3, inner: 1 },
  });
  expect(f32(y)).toEqual(Float32Array.of(0, 2 ** 24));
});

describe.each([0, 1, 3, 4, 5, 16, 17, 33, 53])("%i numbers", (n) => {
  it("arange counts", async () => {
    const { y } = await runOnAnyThreads(engine, "arange", { n, start: -0.5, step: 0.25 });
    expect(f32(y)).toEqual(Float32Array.from({ length: n }, (_, i) => -0.5 + i * 0.25));
  });

  it("to_u32 cuts the fraction off", async () => {
    const x = numbers(7, n, 0, 1000);
    const { y } = await runOnAnyThreads(engine, "to_u32", { x: { read: x }, n });
    expect(u32(y)).toEqual(Uint32Array.from(x, Math.trunc));
  });
});

it("to_u32 makes 2³² − 1 of what is no u32", async () => {
  const cases: [number, number][] = [
    [-0, 0],
    [-0.99999994, 0],
    [-1, NONE],
    [-7, NONE],
    [Number.NaN, NONE],
    [Number.NEGATIVE_INFINITY, NONE],
    [Number.POSITIVE_INFINITY, NONE],
    [2 ** 32, NONE],
    [2 ** 32 - 256, 2 ** 32 - 256],
    [2 ** 31, 2 ** 31],
    [16777215, 16777215],
  ];
  const { y } = await runOnAnyThreads(engine, "to_u32", {
    x: { read: Float32Array.from(cases, ([x]) => x) },
    n: cases.length,
  });
  expect([...u32(y)]).toEqual(cases.map(([, want]) => want));
});
