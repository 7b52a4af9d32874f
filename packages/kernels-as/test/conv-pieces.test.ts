// Kernels of other sizes and strides by Winograd: in pieces of up to three taps (assembly/conv/winograd-pieces.ts).
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ConvGeometry } from "../src/instructions/conv.js";
import { chooseConv2dAlgorithm, conv2dFault, poolsInConv2d } from "../src/instructions/conv-plan.js";
import { convPasses, expectReference } from "./support/conv-passes.js";
import { expectSame, expectSameRecords, floats } from "./support/conv-run.js";
import { engine, THREADS } from "./support/file-engine.js";
import { windowOf } from "./support/geometry.js";

const WINOGRAD = 3;

const side = fc
  .record({
    kernel: fc.integer({ min: 2, max: 7 }),
    stride: fc.integer({ min: 1, max: 2 }),
    // Below 0 behind: the output ends before the image does.
    before: fc.integer({ min: 0, max: 4 }),
    after: fc.integer({ min: -2, max: 4 }),
    size: fc.integer({ min: 4, max: 17 }),
  })
  .filter(({ size, kernel, before, after }) => size + before + after >= kernel)
  .map((s) => ({
    ...s,
    dilation: 1,
    out: Math.floor((s.size + s.before + s.after - s.kernel) / s.stride) + 1,
  }));

/** Those that the rule gives to Winograd: an instruction refuses others. */
const geometry: fc.Arbitrary<ConvGeometry> = fc
  .record({
    v: side,
    h: side,
    batch: fc.integer({ min: 1, max: 9 }),
    channels: fc.integer({ min: 2, max: 5 }),
    filters: fc.integer({ min: 2, max: 5 }),
  })
  .map(({ channels, filters, ...sides }) => ({
    ...windowOf({ ...sides, channels: 4 * channels }),
    filters: 4 * filters,
    groups: 1,
  }))
  .filter((g) => chooseConv2dAlgorithm("forward", g, "standard") === WINOGRAD);

async function passes(g: ConvGeometry, threads: number) {
  const { operands, forward, inputGrad, grad } = convPasses(engine, g, WINOGRAD, threads);
  const { y } = await forward();
  const { dx, dw, db } = await grad();
  expectSame(dx!, (await inputGrad()).dx!, "dx alone");
  return { ...operands, y: floats(y!), dx: floats(dx!), dw: floats(dw!), db: floats(db!) };
}

describe("conv2d by Winograd in pieces", () => {
  it("is the reference's, with its gradients, for kernels from 2 to 7 and strides 1 and 2", async () => {
    await fc.assert(
      fc.asyncProperty(geometry, fc.integer({ min: 1, max: THREADS }), async (g, threads) => {
        expectReference(await passes(g, threads), g, 1e-5);
      }),
      { numRuns: 40, seed: 31 },
    );
  });

  it("has the same bits on 1, 2, 3 and 4 threads", async () => {
    await fc.assert(
      fc.asyncProperty(geometry, async (g) => {
        const one = await passes(g, 1);
        for (const threads of [2, 3, 4]) expectSameRecords(await passes(g, threads), one);
      }),
      { numRuns: 4, seed: 32 },
    );
  });

  it("is left out for precision high, behind a pool, and where it saves little", () => {
    const square = { batch: 2, height: 16, width: 16, channels: 32, filters: 32, groups: 1 };
    const g = {
      ...square,
      outHeight: 16,
      outWidth: 16,
      kernelHeight: 5,
      kernelWidth: 5,
      padTop: 2,
      padLeft: 2,
    };
    const whole = { ...g, strideHeight: 1, strideWidth: 1, dilationHeight: 1, dilationWidth: 1 };
    expect(chooseConv2dAlgorithm("forward", whole, "standard")).toBe(WINOGRAD);
    expect(chooseConv2dAlgorithm("forward", whole, "high")).toBe(0);
    expect(chooseConv2dAlgorithm("forward", { ...whole, strideWidth: 3 }, "standard")).toBe(0);
    expect(chooseConv2dAlgorithm("forward", { ...whole, dilationHeight: 2 }, "standard")).toBe(0);
    expect(poolsInConv2d("forward", whole, "standard")).toBe(false);
    expect(conv2dFault("forward", { ...whole, algorithm: WINOGRAD })).toBe(undefined);
    expect(conv2dFault("forward", { ...whole, algorithm: WINOGRAD }, true)).toContain("algorithm");
    const stepping = { ...whole, outHeight: 8, outWidth: 8, strideHeight: 2, strideWidth: 2 };
    expect(chooseConv2dAlgorithm("grad", stepping, "standard")).toBe(WINOGRAD);
    expect(chooseConv2dAlgorithm("grad", { ...stepping, kernelHeight: 3, kernelWidth: 3 }, "standard")).toBe(
      0,
    );
  });
});
