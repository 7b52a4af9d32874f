import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createEngine,
  type Engine,
  gemmScratchBytes,
  isShortGemm,
  masksInPlace,
  type Precision,
} from "../src/index.js";
import { gemmReference } from "./reference/gemm.js";
import { f32, run, runOnAnyThreads } from "./support/instruction.js";
import { numbers } from "./support/numbers.js";

const THREADS = 4;
const SCRATCH = 2 ** 19;

/** What `isShortGemm` holds for: odd rows and columns, few rows, and more than one block of columns. */
const shape = fc.record({
  M: fc.integer({ min: 4, max: 40 }),
  N: fc.oneof(fc.integer({ min: 32, max: 140 }), fc.integer({ min: 300, max: 700 })),
  K: fc.integer({ min: 1, max: 32 }),
  transA: fc.boolean(),
  transB: fc.boolean(),
  gap: fc.constantFrom(0, 3),
  rate: fc.constantFrom(undefined, 0.2, 0.5),
});

describe.each(["standard", "fast"] as Precision[])("gemm_masked, precision %s", (precision) => {
  let engine: Engine;
  let scratch: number;
  beforeAll(async () => {
    engine = await createEngine({ threads: THREADS, precision });
    scratch = await engine.allocate(SCRATCH);
  });
  afterAll(() => engine.close());

  it("is scale·op(A)·op(B) where the mask is above 0, and 0 elsewhere, on any number of threads", async () => {
    await fc.assert(
      fc.asyncProperty(shape, async ({ M, N, K, transA, transB, gap, rate }) => {
        expect(isShortGemm({ M, N, K })).toBe(true);
        expect(gemmScratchBytes({ M, N, K, transA, transB }, THREADS)).toBeLessThanOrEqual(SCRATCH);
        const ldc = N + gap;
        const lda = transA ? M : K;
        const ldb = transB ? K : N;
        const a = numbers(1, M * K);
        const b = numbers(2, K * N);
        const mask = numbers(3, M * ldc);
        mask[5] = Number.NaN;
        mask[6] = 0;
        const sizes = { M, N, K, lda, ldb, ldc, transA: Number(transA), transB: Number(transB) };
        const result = await runOnAnyThreads(engine, "gemm_masked", {
          a: { read: a },
          b: { read: b },
          mask: { read: mask },
          c: { write: 4 * M * ldc },
          rate: rate === undefined ? 0 : { read: Float32Array.of(rate) },
          scratch,
          ...sizes,
        });
        const c = f32(result.c);
        const { value, magnitude } = gemmReference({ a, b, M, N, K, lda, ldb, ldc, transA, transB });
        // The dropout's rate is a multiple of 2⁻¹⁶.
        const scale = rate === undefined ? 1 : 65536 / Math.round((1 - rate) * 65536);
        let wrong = 0;
        for (let m = 0; m < M; m++) {
          for (let n = 0; n < N; n++) {
            const i = m * N + n;
            const want = mask[m * ldc + n]! > 0 ? scale * value[i]! : 0;
            const bound = (K + 3) * 2 ** -24 * scale * magnitude[i]!;
            wrong += Math.abs(c[m * ldc + n]! - want) <= bound ? 0 : 1;
          }
          // What lies between two rows stays as it was.
          for (let n = N; n < ldc && m < M - 1; n++) wrong += Number.isNaN(c[m * ldc + n]) ? 0 : 1;
        }
        expect(wrong).toBe(0);
      }),
      { numRuns: 60, seed: 17 },
    );
  });

  it("gives the same bits over its own mask, where that is allowed, on any number of threads", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 12, max: 40 }),
        fc.integer({ min: 4, max: 90 }).map((panels) => 8 * panels),
        fc.integer({ min: 1, max: 32 }),
        fc.boolean(),
        fc.boolean(),
        async (M, N, K, transA, transB) => {
          expect(masksInPlace({ M, N })).toBe(true);
          const mask = numbers(3, M * N);
          const operands = {
            a: { read: numbers(1, M * K) },
            b: { read: numbers(2, K * N) },
            rate: { read: Float32Array.of(0.2) },
            scratch,
            ...{ M, N, K, lda: transA ? M : K, ldb: transB ? K : N, ldc: N },
            ...{ transA: Number(transA), transB: Number(transB) },
          };
          const apart = await run(engine, "gemm_masked", {
            ...operands,
            mask: { read: mask },
            c: { write: 4 * M * N },
          });
          const over = await runOnAnyThreads(engine, "gemm_masked", {
            ...operands,
            mask: { change: mask },
            c: { at: "mask" },
          });
          expect(Buffer.compare(over.mask!, apart.c!)).toBe(0);
        },
      ),
      { numRuns: 40, seed: 18 },
    );
  });
});
