import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { type GemmShape, gemmScratchBytes, type Precision } from "../src/index.js";
import { gemmReference } from "./reference/gemm.js";
import { openModule } from "./support/module.js";

type Kernel = (...args: number[]) => number;

/** A product to try: sizes, gaps behind rows (elements), and what is added. */
interface Case extends Required<GemmShape> {
  gapA: number;
  gapB: number;
  gapC: number;
  accumulate: boolean;
  bias: boolean;
  relu: boolean;
  threads: number;
}

const plain: Case = {
  M: 7,
  N: 11,
  K: 5,
  transA: false,
  transB: false,
  batch: 1,
  gapA: 0,
  gapB: 0,
  gapC: 0,
  accumulate: false,
  bias: false,
  relu: false,
  threads: 1,
};

/** Numbers in [-1/2, 1/2), the same for the same seed. */
function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
}

const GUARD = 16;

const sameBits = (x: Float32Array, y: Float32Array) => Buffer.from(x.buffer).equals(Buffer.from(y.buffer));

describe.each(["standard", "fast"] as Precision[])("gemm_f32, precision %s", (precision) => {
  let gemm: Kernel;
  let view: (address: number, length: number) => Float32Array;
  let start: number;
  const room = 24 << 20;

  beforeAll(async () => {
    const kernels = await openModule(precision);
    gemm = kernels.exports.gemm_f32 as unknown as Kernel;
    start = kernels.memory.allocate(room);
    view = (address, length) => kernels.memory.f32(address, length);
  });

  /** Runs the case; gaps, guards and scratch begin as NaN. @returns C as it is afterwards, bits and all. */
  function run(c: Case, threads = c.threads) {
    const { M, N, K, transA, transB, batch } = c;
    const lda = (transA ? M : K) + c.gapA;
    const ldb = (transB ? K : N) + c.gapB;
    const ldc = N + c.gapC;
    const sizeA = (transA ? K : M) * lda;
    const sizeB = (transB ? N : K) * ldb;
    const sizeC = M * ldc;
    let free = start;
    const place = (elements: number) => {
      const at = free + GUARD * 4;
      free = Math.ceil((at + elements * 4 + GUARD * 4) / 64) * 64;
      return Math.ceil(at / 64) * 64;
    };
    const atA = place(sizeA * batch);
    const atB = place(sizeB * batch);
    const atBias = place(N);
    const atC = place(sizeC * batch);
    const scratch = gemmScratchBytes(c, threads);
    const atScratch = place(scratch / 4);
    if (free > start + room) throw new Error("the test's memory is too small");
    view(start, (free - start) / 4).fill(Number.NaN);
    const next = numbers(M * 1009 + N * 131 + K);
    const fill = (at: number, size: number, rows: number, columns: number, ld: number) => {
      for (let g = 0; g < batch; g++) {
        const one = view(at + g * size * 4, size);
        for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) one[i * ld + j] = next();
      }
    };
    fill(atA, sizeA, transA ? K : M, transA ? M : K, lda);
    fill(atB, sizeB, transB ? N : K, transB ? K : N, ldb);
    if (c.accumulate) fill(atC, sizeC, M, N, ldc);
    const bias = view(atBias, N);
    for (let j = 0; j < N; j++) bias[j] = next();
    const copy = (at: number, length: number) => view(at, length).slice();
    const before = {
      a: copy(atA, sizeA * batch),
      b: copy(atB, sizeB * batch),
      c: copy(atC, sizeC * batch),
      bias: copy(atBias, N),
    };
    const sizes = [M, N, K, lda, ldb, ldc, Number(transA), Number(transB), Number(c.accumulate)];
    const rest = [Number(c.relu), atScratch, batch, sizeA, sizeB, sizeC];
    for (let t = 0; t < threads; t++) gemm(atC, atA, atB, c.bias ? atBias : 0, ...sizes, ...rest, t, threads);
    expect(sameBits(copy(atA, sizeA * batch), before.a)).toBe(true);
    expect(sameBits(copy(atB, sizeB * batch), before.b)).toBe(true);
    for (const guard of [
      atC - GUARD * 4,
      atC + sizeC * batch * 4,
      atScratch - GUARD * 4,
      atScratch + scratch,
    ]) {
      expect(view(guard, GUARD).every(Number.isNaN)).toBe(true);
    }
    return { before, after: copy(atC, sizeC * batch), lda, ldb, ldc, sizeA, sizeB, sizeC };
  }

  function check(c: Case) {
    const { before, after, lda, ldb, ldc, sizeA, sizeB, sizeC } = run(c);
    const { M, N, K, batch } = c;
    let wrong = 0;
    for (let g = 0; g < batch; g++) {
      const { value, magnitude } = gemmReference({
        ...c,
        a: before.a.subarray(g * sizeA),
        b: before.b.subarray(g * sizeB),
        bias: c.bias ? before.bias : undefined,
        c: c.accumulate ? before.c.subarray(g * sizeC) : undefined,
        lda,
        ldb,
        ldc,
      });
      for (let m = 0; m < M; m++) {
        for (let n = 0; n < ldc; n++) {
          const got = after[g * sizeC + m * ldc + n]!;
          if (n >= N) wrong += Number.isNaN(got) ? 0 : 1;
          else {
            // K products, K additions, bias and C: each rounds by at most 2⁻²⁴ of what it has.
            const bound = (K + 3) * 2 ** -24 * magnitude[m * N + n]!;
            const error = Math.abs(got - value[m * N + n]!);
            wrong += error <= bound ? 0 : 1;
          }
        }
      }
    }
    expect(wrong).toBe(0);
  }

  const size = fc.oneof(fc.constantFrom(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 16, 17, 23, 25, 37), {
    arbitrary: fc.integer({ min: 1, max: 110 }),
    weight: 1,
  });
  const gap = fc.constantFrom(0, 0, 1, 5);
  const cases: fc.Arbitrary<Case> = fc.record({
    M: size,
    N: size,
    K: fc.oneof(
      { arbitrary: size, weight: 9 },
      { arbitrary: fc.integer({ min: 513, max: 1100 }), weight: 1 },
    ),
    transA: fc.boolean(),
    transB: fc.boolean(),
    batch: fc.constantFrom(1, 1, 2, 3),
    gapA: gap,
    gapB: gap,
    gapC: gap,
    accumulate: fc.boolean(),
    bias: fc.boolean(),
    relu: fc.boolean(),
    threads: fc.integer({ min: 1, max: 4 }),
  });

  it("is act(op(A)·op(B) + bias + C) within the error bound, for random shapes", () => {
    fc.assert(fc.property(cases, check), { numRuns: 250, seed: 11 });
  });

  it.each([
    [{ M: 128, N: 100, K: 784 }],
    [{ M: 200, N: 100, K: 128, transA: true }],
    [{ M: 128, N: 10, K: 100 }],
    [{ M: 128, N: 100, K: 10, transB: true }],
    [{ M: 9, N: 32, K: 3000, transA: true }],
    // Tiles across the panels: several blocks of them, with and without a wide last one, and rows of tiles of both heights.
    [{ M: 32, N: 700, K: 10 }],
    [{ M: 27, N: 300, K: 31, transA: true }],
    [{ M: 10, N: 612, K: 32, transA: true }],
    [{ M: 33, N: 259, K: 7, transB: true }],
    // Long sums along k: five columns a tile, or five rows, in several chunks.
    [{ M: 32, N: 10, K: 1300, transB: true }],
    [{ M: 3, N: 13, K: 1031, transB: true }],
    [{ M: 12, N: 3, K: 1030 }],
    [{ M: 6, N: 1100, K: 40, transB: true }],
    [{ M: 40, N: 533, K: 33, transA: true, transB: true }],
  ])("is right at %o", (shape) => {
    for (const threads of [1, 2, 3]) {
      check({ ...plain, bias: true, relu: true, ...shape, threads });
      check({ ...plain, bias: true, accumulate: true, ...shape, threads });
      check({ ...plain, accumulate: true, gapC: 3, ...shape, threads });
    }
  });

  it("gives the same bits for any number of threads", () => {
    fc.assert(
      fc.property(cases, (c) => {
        const one = run(c, 1).after;
        for (const threads of [2, 3, 4]) expect(sameBits(run(c, threads).after, one)).toBe(true);
      }),
      { numRuns: 120, seed: 12 },
    );
  });

  it.each([
    [{ M: 10, N: 612, K: 32, transA: true }],
    [{ M: 32, N: 700, K: 10 }],
    [{ M: 32, N: 10, K: 1300, transB: true }],
  ])("gives the same bits for any number of threads at %o", (shape) => {
    const one = run({ ...plain, bias: true, ...shape }).after;
    for (const threads of [2, 3, 4]) {
      expect(sameBits(run({ ...plain, bias: true, ...shape }, threads).after, one)).toBe(true);
    }
  });

  it("leaves act(bias + C) when K is 0", () => {
    check({ ...plain, K: 0, bias: true, accumulate: true, relu: true });
    check({ ...plain, K: 0 });
  });

  it("lets NaN through ReLU", () => {
    const [a, b, c, scratch] = [start, start + 256, start + 512, start + 1024];
    view(a, 64).fill(1);
    view(b, 64).fill(-1);
    view(a, 64)[9] = Number.NaN;
    gemm(c!, a!, b!, 0, 8, 8, 8, 8, 8, 8, 0, 0, 0, 1, scratch!, 1, 0, 0, 0, 0, 1);
    const expected = Array.from({ length: 64 }, (_, i) => (i >> 3 === 1 ? Number.NaN : 0));
    expect([...view(c!, 64)]).toEqual(expected);
  });
});

describe("gemmScratchBytes", () => {
  it("agrees with the kernels", async () => {
    const { exports } = await openModule();
    const bytes = exports.gemm_f32_scratch_bytes as unknown as Kernel;
    const length = fc.integer({ min: 0, max: 1500 });
    fc.assert(
      fc.property(
        length,
        length,
        length,
        fc.boolean(),
        fc.boolean(),
        fc.integer({ min: 1, max: 5 }),
        (M, N, K, transA, transB, batch) => {
          expect(gemmScratchBytes({ M, N, K, transA, transB, batch }, 3)).toBe(
            bytes(M, N, K, Number(transA), Number(transB), batch, 3) >>> 0,
          );
        },
      ),
      { numRuns: 500, seed: 13 },
    );
  });
});
