import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEngine, type Engine } from "../src/index.js";
import { logSumExp, maxCols, softmax, softmaxGrad, sumCols, sumRows } from "./reference/reduce.js";
import { f32, f64, run, runOnAnyThreads } from "./support/instruction.js";
import { EPSILON, expectNear, numbers, SMALLEST_NORMAL } from "./support/numbers.js";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ threads: 4 });
});
afterAll(() => engine.close());

/** Around the vector (4), the block of columns (16), the chunk of rows (32) and that of elements (256). */
const SHAPES: [number, number][] = [
  [0, 5],
  [1, 1],
  [3, 4],
  [5, 3],
  [4, 15],
  [31, 16],
  [32, 17],
  [33, 33],
  [101, 53],
  [2, 255],
  [3, 256],
  [2, 257],
  [7, 1031],
];

const absolute = (x: Float32Array): Float64Array => Float64Array.from(x, Math.abs);

/** Numbers whose sum float32 does not hold, though it holds their mean; every third column has small ones. */
it.each([
  [5, 3],
  [40, 16],
  [33, 37],
])("the means of numbers of 2e38 over the rows of [%i, %i] are what they are", async (rows, cols) => {
  const x = Float32Array.from({ length: rows * cols }, (_, i) => ((i % cols) % 3 ? 2e38 : i / 8));
  const { y } = await runOnAnyThreads(engine, "sum_rows", {
    y: { write: 4 * cols },
    x: { read: x },
    batch: 1,
    rows,
    cols,
    scale: 1 / rows,
    accumulate: 0,
  });
  const means = sumRows(x, rows, cols).map((sum) => sum / rows);
  expectNear(f32(y), means, (mean) => 34 * EPSILON * Math.abs(mean));
  // A column has the same bits whatever is beside it.
  const alone = Float32Array.from({ length: rows }, (_, r) => x[r * cols]!);
  const first = await runOnAnyThreads(engine, "sum_rows", {
    y: { write: 4 },
    x: { read: alone },
    batch: 1,
    rows,
    cols: 1,
    scale: 1 / rows,
    accumulate: 0,
  });
  expect(f32(first.y)[0]).toBe(f32(y)[0]);
});

it("sums over the rows of several matrices have the bits of each alone", async () => {
  const [batch, rows, cols] = [5, 70, 21];
  const x = numbers(8, batch * rows * cols);
  const call = { rows, cols, scale: 0.25, accumulate: 0 };
  const all = await runOnAnyThreads(engine, "sum_rows", {
    y: { write: 4 * batch * cols },
    x: { read: x },
    batch,
    ...call,
  });
  for (let b = 0; b < batch; b++) {
    const own = x.slice(b * rows * cols, (b + 1) * rows * cols);
    const one = await runOnAnyThreads(engine, "sum_rows", {
      y: { write: 4 * cols },
      x: { read: own },
      batch: 1,
      ...call,
    });
    expect(f32(all.y).slice(b * cols, (b + 1) * cols)).toEqual(f32(one.y));
  }
});

describe.each(SHAPES)("sums over [%i, %i]", (rows, cols) => {
  const x = numbers(rows + cols, rows * cols);
  const y = numbers(3, Math.max(rows, cols));
  const shape = { rows, cols, scale: 0.5 };

  it("by rows, over what is there or on top of it", async () => {
    const sum = sumRows(x, rows, cols);
    const size = sumRows(absolute(x), rows, cols);
    const fresh = await runOnAnyThreads(engine, "sum_rows", {
      y: { write: 4 * cols },
      x: { read: x },
      batch: 1,
      ...shape,
      accumulate: 0,
    });
    const bound = (_: number, c: number): number => 34 * EPSILON * (size[c]! + 1);
    expectNear(
      f32(fresh.y),
      sum.map((s) => s / 2),
      bound,
    );
    const more = await runOnAnyThreads(engine, "sum_rows", {
      y: { change: y.slice(0, cols) },
      x: { read: x },
      batch: 1,
      ...shape,
      accumulate: 1,
    });
    expectNear(
      f32(more.y),
      sum.map((s, c) => y[c]! + s / 2),
      bound,
    );
  });

  it("by columns, over what is there or on top of it", async () => {
    const sum = sumCols(x, rows, cols);
    const size = sumCols(absolute(x), rows, cols);
    const fresh = await runOnAnyThreads(engine, "sum_cols", {
      y: { write: 4 * rows },
      x: { read: x },
      ...shape,
      accumulate: 0,
    });
    const bound = (_: number, r: number): number => 18 * EPSILON * (size[r]! + 1);
    expectNear(
      f32(fresh.y),
      sum.map((s) => s / 2),
      bound,
    );
    const more = await runOnAnyThreads(engine, "sum_cols", {
      y: { change: y.slice(0, rows) },
      x: { read: x },
      ...shape,
      accumulate: 1,
    });
    expectNear(
      f32(more.y),
      sum.map((s, r) => y[r]! + s / 2),
      bound,
    );
  });

  it("of squares and of magnitudes", async () => {
    const n = rows * cols;
    const squares = x.reduce((total, v) => total + v * v, 0);
    const magnitudes = x.reduce((total, v) => total + Math.abs(v), 0);
    const start = Float32Array.of(2);
    const s = await runOnAnyThreads(engine, "sum_squares", {
      y: { write: 4 },
      x: { read: x },
      n,
      scale: 3,
      accumulate: 0,
    });
    expectNear(f32(s.y), [3 * squares], () => 20 * EPSILON * 3 * squares);
    const a = await runOnAnyThreads(engine, "sum_abs", {
      y: { change: start },
      x: { read: x },
      n,
      scale: 3,
      accumulate: 1,
    });
    expectNear(f32(a.y), [2 + 3 * magnitudes], () => 20 * EPSILON * (2 + 3 * magnitudes));
  });

  it("accumulates weighted in float64", async () => {
    const total = x.reduce((sum, v) => sum + v, 0);
    const size = x.reduce((sum, v) => sum + Math.abs(v), 0);
    const { sum } = await runOnAnyThreads(engine, "accumulate", {
      sum: { change: Float64Array.of(1000) },
      x: { read: x },
      n: x.length,
      weight: 0.25,
    });
    expectNear(f64(sum), [1000 + total / 4], () => 17 * EPSILON * size);
  });
});

describe.each(SHAPES.filter(([, cols]) => cols < 300))("rows of [%i, %i]", (rows, cols) => {
  const x = numbers(rows * cols, rows * cols, -8, 8);

  it("maximum", async () => {
    const { y } = await runOnAnyThreads(engine, "max_cols", {
      y: { write: 4 * rows },
      x: { read: x },
      rows,
      cols,
    });
    expectNear(f32(y), maxCols(x, rows, cols), () => 0);
  });

  it("softmax, also in place", async () => {
    const want = softmax(x, rows, cols);
    const apart = await runOnAnyThreads(engine, "softmax", {
      y: { write: x.byteLength },
      x: { read: x },
      rows,
      cols,
    });
    // The difference from the maximum is rounded (16·2⁻²⁴ of the exponential), then the exponential, the sum and the product.
    expectNear(f32(apart.y), want, (w) => 22 * EPSILON * w + SMALLEST_NORMAL);
    const over = await run(engine, "softmax", { y: { at: "x" }, x: { change: x }, rows, cols });
    expect(over.x).toEqual(apart.y);
  });

  it("gradient of softmax, also in place", async () => {
    const p = Float32Array.from(softmax(x, rows, cols));
    const dy = numbers(5, x.length);
    const rest = { rows, cols };
    const apart = await runOnAnyThreads(engine, "softmax_grad", {
      dx: { write: x.byteLength },
      y: { read: p },
      dy: { read: dy },
      ...rest,
    });
    expectNear(
      f32(apart.dx),
      softmaxGrad(p, dy, rows, cols),
      (_, i) => 6 * EPSILON * p[i]! + SMALLEST_NORMAL,
    );
    const overDy = await run(engine, "softmax_grad", {
      dx: { at: "dy" },
      y: { read: p },
      dy: { change: dy },
      ...rest,
    });
    expect(overDy.dy).toEqual(apart.dx);
    const overY = await run(engine, "softmax_grad", {
      dx: { at: "y" },
      y: { change: p },
      dy: { read: dy },
      ...rest,
    });
    expect(overY.y).toEqual(apart.dx);
  });

  it("log-sum-exp", async () => {
    const { y } = await runOnAnyThreads(engine, "log_sum_exp", {
      y: { write: 4 * rows },
      x: { read: x },
      rows,
      cols,
    });
    expectNear(f32(y), logSumExp(x, rows, cols), () => 24 * EPSILON);
  });
});

describe("rows at their edges", () => {
  const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;

  async function rowwise(
    name: "softmax" | "log_sum_exp" | "max_cols",
    row: readonly number[],
  ): Promise<number[]> {
    const x = Float32Array.from(row);
    const size = name === "softmax" ? x.length : 1;
    const { y } = await run(engine, name, {
      y: { write: 4 * size },
      x: { read: x },
      rows: 1,
      cols: x.length,
    });
    return [...f32(y)];
  }

  it("do not overflow", async () => {
    expect(await rowwise("softmax", [1e30, 1e30, -1e30])).toEqual([0.5, 0.5, 0]);
    expect(await rowwise("softmax", [-infinity, 0, -infinity, 0, 0])).toEqual([
      0,
      Math.fround(1 / 3),
      0,
      Math.fround(1 / 3),
      Math.fround(1 / 3),
    ]);
    expect(await rowwise("log_sum_exp", [1000, -1000])).toEqual([1000]);
    expect(await rowwise("log_sum_exp", [-infinity, -infinity])).toEqual([-infinity]);
    expect(await rowwise("log_sum_exp", [infinity, 0])).toEqual([infinity]);
    expect(await rowwise("max_cols", [-infinity, -infinity, -infinity])).toEqual([-infinity]);
  });

  it("pass NaN", async () => {
    for (let i = 0; i < 6; i++) {
      const row = [1, 2, 3, 4, 5, 6].map((value, j) => (i === j ? nan : value));
      expect(await rowwise("max_cols", row)).toEqual([nan]);
      expect(await rowwise("log_sum_exp", row)).toEqual([nan]);
      expect(await rowwise("softmax", row)).toEqual([nan, nan, nan, nan, nan, nan]);
    }
  });

  it("keep the digits of a log-sum-exp whose other terms are tiny", async () => {
    const [y] = await rowwise("log_sum_exp", [0, -20]);
    expect(y).toBeCloseTo(Math.log1p(Math.exp(-20)), 14);
  });
});
