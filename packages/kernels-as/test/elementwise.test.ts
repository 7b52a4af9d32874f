import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEngine, type Engine } from "../src/index.js";
import { type BinaryKind, binaryKinds, type UnaryKind, unaryKinds } from "../src/instructions/index.js";
import { binary, gradientFrom, permute, unary, unarySlope } from "./reference/elementwise.js";
import { f32, run, runOnAnyThreads } from "./support/instruction.js";
import { expectNear, numbers, ulps } from "./support/numbers.js";

/** Around the vector (4), the unrolled loops (8, 16) and a share's cache line; a prime beyond three turns. */
const SIZES = [0, 1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 33, 53, 131];
const KINDS = Object.keys(unaryKinds) as UnaryKind[];
const BINARY = Object.keys(binaryKinds) as BinaryKind[];

/** Measured maxima, rounded up: see the heads of assembly/math; what is one operation is rounded once. */
const ULPS: Partial<Record<UnaryKind, number>> = { exp: 1.1, log: 1, elu: 1.6, sigmoid: 2.5, tanh: 1.2 };
/** A gradient is formed from the rounded output, whose error it takes over. */
const SLOPE_ULPS: Partial<Record<UnaryKind, number>> = { exp: 2, sqrt: 2, log: 1, reciprocal: 4 };

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ threads: 4 });
});
afterAll(() => engine.close());

/** Where the function has values. */
const domain = (kind: UnaryKind): [number, number] =>
  kind === "log" || kind === "sqrt" ? [1e-3, 9] : kind === "exp" ? [-20, 20] : [-6, 6];

const inputs = (kind: UnaryKind, n: number): Float32Array => numbers(n + kind.length, n, ...domain(kind));

describe.each(KINDS)("unary %s", (kind) => {
  const alpha = 0.375;

  it.each(SIZES)("%i elements", async (n) => {
    const x = inputs(kind, n);
    const { y } = await runOnAnyThreads(engine, "unary", {
      y: { write: 4 * n },
      x: { read: x },
      n,
      kind: unaryKinds[kind],
      alpha,
    });
    const want = Float64Array.from(x, (value) => unary[kind](value, alpha));
    expectNear(f32(y), want, ulps(ULPS[kind] ?? 0.51));
  });

  it("gives a number the same bits wherever it stands, and in place", async () => {
    const x = inputs(kind, 37);
    const all = await run(engine, "unary", {
      y: { at: "x" },
      x: { change: x },
      n: 37,
      kind: unaryKinds[kind],
      alpha,
    });
    for (const skip of [1, 2, 3, 33]) {
      const part = x.slice(skip);
      const { y } = await run(engine, "unary", {
        y: { write: part.byteLength },
        x: { read: part },
        n: part.length,
        kind: unaryKinds[kind],
        alpha,
      });
      expect(f32(y)).toEqual(f32(all.x).slice(skip));
    }
  });

  it.each(SIZES)("gradient of %i elements", async (n) => {
    const x = inputs(kind, n);
    const dy = numbers(n + 99, n);
    const output = Float32Array.from(x, (value) => unary[kind](value, alpha));
    const { dx } = await runOnAnyThreads(engine, "unary_grad", {
      dx: { write: 4 * n },
      v: { read: gradientFrom[kind] === "output" ? output : x },
      dy: { read: dy },
      n,
      kind: unaryKinds[kind],
      alpha,
    });
    const want = Float64Array.from(x, (value, i) => unarySlope[kind](value, alpha) * dy[i]!);
    const relative = SLOPE_ULPS[kind];
    // Of sigmoid, tanh and elu the gradient takes 1 − y, y and y + α, which are a rounding of 1 or α apart from what they should be.
    expectNear(
      f32(dx),
      want,
      relative ? ulps(relative) : (_, i) => 2 ** -22 * Math.abs(dy[i]!) + ulps(1)(want[i]!),
    );
  });

  it("gradient in place of dy, and of the kept values", async () => {
    const n = 21;
    const x = inputs(kind, n);
    const v =
      gradientFrom[kind] === "output" ? Float32Array.from(x, (value) => unary[kind](value, alpha)) : x;
    const dy = numbers(5, n);
    const rest = { n, kind: unaryKinds[kind], alpha };
    const apart = await run(engine, "unary_grad", {
      dx: { write: 4 * n },
      v: { read: v },
      dy: { read: dy },
      ...rest,
    });
    const overDy = await run(engine, "unary_grad", {
      dx: { at: "dy" },
      v: { read: v },
      dy: { change: dy },
      ...rest,
    });
    const overV = await run(engine, "unary_grad", {
      dx: { at: "v" },
      v: { change: v },
      dy: { read: dy },
      ...rest,
    });
    expect(overDy.dy).toEqual(apart.dx);
    expect(overV.v).toEqual(apart.dx);
  });
});

describe("unary at its edges", () => {
  const infinity = Number.POSITIVE_INFINITY;

  async function apply(kind: UnaryKind, values: readonly number[], alpha = 0.5): Promise<number[]> {
    const x = Float32Array.from(values);
    const { y } = await run(engine, "unary", {
      y: { write: x.byteLength },
      x: { read: x },
      n: x.length,
      kind: unaryKinds[kind],
      alpha,
    });
    return [...f32(y)];
  }

  it("passes NaN through every function, whatever its payload", async () => {
    for (const kind of KINDS) {
      const x = new Uint32Array([0x7fc00000, 0xffc00000, 0x7f800001, 0x7fffffff, 0x7fc00155]);
      const { y } = await run(engine, "unary", {
        y: { write: 20 },
        x: { read: x },
        n: 5,
        kind: unaryKinds[kind],
        alpha: 0.5,
      });
      expect([...f32(y)].every(Number.isNaN), kind).toBe(true);
    }
  });

  it("meets infinities, zeros and the ends of the range", async () => {
    expect(
      await apply("exp", [-infinity, infinity, 0, -0, 88.72283, 88.72284, -87.33, -87.34, -104]),
    ).toEqual([
      0,
      infinity,
      1,
      1,
      expect.closeTo(3.4028e38, -35),
      infinity,
      expect.closeTo(1.18e-38, 40),
      0,
      0,
    ]);
    expect(await apply("log", [0, -0, -1, infinity, 1])).toEqual([
      -infinity,
      -infinity,
      Number.NaN,
      infinity,
      0,
    ]);
    expect(await apply("log", [1e-40])).toEqual([expect.closeTo(Math.log(Math.fround(1e-40)), 4)]);
    expect(await apply("tanh", [-infinity, infinity, -0, 0, 20])).toEqual([-1, 1, -0, 0, 1]);
    expect(await apply("sigmoid", [-infinity, infinity, 0, -200, 200])).toEqual([0, 1, 0.5, 0, 1]);
    expect(await apply("elu", [-infinity, infinity, 0])).toEqual([-0.5, infinity, 0]);
    expect(await apply("relu", [-infinity, infinity, 0, -1e-45, 1e-45])).toEqual([
      0,
      infinity,
      0,
      0,
      Math.fround(1e-45),
    ]);
    expect(await apply("sign", [-infinity, infinity, 0, -0, -1e-45])).toEqual([-1, 1, 0, -0, -1]);
    expect(await apply("reciprocal", [infinity, 0])).toEqual([0, infinity]);
    expect(await apply("sqrt", [-1, infinity])).toEqual([Number.NaN, infinity]);
  });
});

describe.each(BINARY)("binary %s", (kind) => {
  const want = (a: ArrayLike<number>, b: (i: number) => number): Float64Array =>
    Float64Array.from(a, (value, i) => Math.fround(binary[kind](value, b(i))));

  it.each(SIZES)("%i elements", async (n) => {
    const a = numbers(n, n);
    const b = numbers(n + 7, n, 0.5, 2);
    const { y } = await runOnAnyThreads(engine, "binary", {
      y: { write: 4 * n },
      a: { read: a },
      b: { read: b },
      n,
      kind: binaryKinds[kind],
    });
    expectNear(
      f32(y),
      want(a, (i) => b[i]!),
      () => 0,
    );
  });

  it.each([
    [1, 1],
    [1, 35],
    [3, 4],
    [5, 7],
    [13, 33],
    [2, 0],
  ])("%i rows of %i with a row, and with a column", async (rows, cols) => {
    const a = numbers(rows + cols, rows * cols);
    const row = numbers(1, cols, 0.5, 2);
    const column = numbers(2, rows, 0.5, 2);
    const rest = { rows, cols, kind: binaryKinds[kind] };
    const byRow = await runOnAnyThreads(engine, "binary_rows", {
      y: { write: a.byteLength },
      a: { read: a },
      b: { read: row },
      ...rest,
    });
    expectNear(
      f32(byRow.y),
      want(a, (i) => row[i % cols]!),
      () => 0,
    );
    const byColumn = await runOnAnyThreads(engine, "binary_cols", {
      y: { at: "a" },
      a: { change: a },
      b: { read: column },
      ...rest,
    });
    expectNear(
      f32(byColumn.a),
      want(a, (i) => column[Math.floor(i / cols)]!),
      () => 0,
    );
  });

  it("passes NaN from either side", async () => {
    const a = Float32Array.of(Number.NaN, 1, Number.NaN);
    const b = Float32Array.of(1, Number.NaN, Number.NaN);
    const { y } = await run(engine, "binary", {
      y: { write: 12 },
      a: { read: a },
      b: { read: b },
      n: 3,
      kind: binaryKinds[kind],
    });
    expect([...f32(y)].every(Number.isNaN)).toBe(true);
  });
});

describe("fill, copy, scale_shift", () => {
  it.each(SIZES)("%i elements", async (n) => {
    const x = numbers(n, n);
    const filled = await runOnAnyThreads(engine, "fill", { y: { write: 4 * n }, n, value: 0.1 });
    expect(f32(filled.y)).toEqual(new Float32Array(n).fill(0.1));
    const copied = await runOnAnyThreads(engine, "copy", { y: { write: 4 * n }, x: { read: x }, n });
    expect(f32(copied.y)).toEqual(x);
    const scaled = await runOnAnyThreads(engine, "scale_shift", {
      y: { write: 4 * n },
      x: { read: x },
      n,
      scale: 3,
      shift: -0.25,
    });
    expectNear(
      f32(scaled.y),
      Float64Array.from(x, (v) => Math.fround(Math.fround(3 * v) - 0.25)),
      () => 0,
    );
  });
});

describe("permute", () => {
  const names = [0, 1, 2, 3, 4, 5];

  async function check(x: Float32Array, dims: readonly number[], strides: readonly number[]): Promise<void> {
    const want = permute(x, dims, strides);
    const { y } = await runOnAnyThreads(engine, "permute", {
      y: { write: 4 * want.length },
      x: { read: x },
      rank: dims.length,
      ...Object.fromEntries(names.map((d) => [`dim${d}`, dims[d] ?? 0])),
      ...Object.fromEntries(names.map((d) => [`stride${d}`, strides[d] ?? 0])),
    } as Parameters<typeof run<"permute">>[2]);
    expectNear(f32(y), want, () => 0);
  }

  it.each([
    [[7], [1]],
    [[7], [2]],
    [[], []],
    [
      [5, 9],
      [1, 5],
    ],
    [
      [4, 4],
      [1, 4],
    ],
    [
      [3, 8],
      [1, 3],
    ],
    [
      [8, 3],
      [0, 1],
    ],
    [
      [8, 3],
      [1, 0],
    ],
    [
      [2, 3, 0],
      [1, 1, 1],
    ],
  ])("dims %j from strides %j", (dims, strides) => check(numbers(1, 200), dims, strides));

  it("brings NHWC to NCHW and back", async () => {
    const [n, h, w, c] = [3, 5, 7, 6];
    await check(numbers(2, n * h * w * c), [n, c, h * w], [c * h * w, 1, c]);
    await check(numbers(3, n * h * w * c), [n, h * w, c], [c * h * w, 1, h * w]);
  });

  it("any order of any dimensions", async () => {
    const permutation = fc.integer({ min: 1, max: 6 }).chain((rank) =>
      fc.record({
        order: fc.shuffledSubarray([...Array(rank).keys()], { minLength: rank }),
        sizes: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: rank, maxLength: rank }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(permutation, async ({ order, sizes }) => {
        const source = sizes.map((_, d) => sizes.slice(d + 1).reduce((a, b) => a * b, 1));
        const x = numbers(
          4,
          sizes.reduce((a, b) => a * b, 1),
        );
        await check(
          x,
          order.map((d) => sizes[d]!),
          order.map((d) => source[d]!),
        );
      }),
      { numRuns: 60, seed: 1 },
    );
  });
});
