import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ConvGeometry } from "../src/instructions/conv.js";
import { chooseConv2dAlgorithm, conv2dScratchBytes } from "../src/instructions/conv-plan.js";
import * as reference from "./reference/conv.js";
import { expectClose, expectSameRecords, floats, numbers, runInstruction } from "./support/conv-run.js";
import { engine, THREADS } from "./support/file-engine.js";
import { convShape, pooledReference } from "./support/geometry.js";

const DIRECT = 1;
const threadCount = fc.integer({ min: 1, max: THREADS });

const geometry: fc.Arbitrary<ConvGeometry> = fc
  .record({
    batch: fc.integer({ min: 1, max: 10 }),
    height: fc.integer({ min: 4, max: 15 }),
    width: fc.integer({ min: 7, max: 30 }),
    filters: fc.integer({ min: 1, max: 5 }),
    // Below 0: the output ends before the image does.
    pads: fc.tuple(...[0, -1, 0, -1].map((min) => fc.integer({ min, max: 3 }))),
  })
  .map(({ filters, pads, ...size }) =>
    convShape({ ...size, channels: 1, filters: filters * 8, pads: pads as number[] }),
  );

/** x, the kernel and the bias lie in [−1, 1]: an output is a sum of ten terms, a kernel's gradient one of a term a pixel. */
const outputError = 12 * 2 ** -24 * 10;
const gradError = (terms: number) => (terms + 2) * 2 ** -24 * terms;

async function run(g: ConvGeometry, pooled: boolean, threads: number) {
  const values = pooled
    ? g.batch * (g.outHeight >> 1) * (g.outWidth >> 1) * g.filters
    : g.batch * g.outHeight * g.outWidth * g.filters;
  const x = numbers(1, g.batch * g.height * g.width);
  const w = numbers(2, 9 * g.filters);
  const bias = numbers(3, g.filters);
  const dy = numbers(4, values);
  const scratch = (pass: "forward" | "kernelGrad") => conv2dScratchBytes(pass, g, DIRECT, threads);
  const sizes = { ...g, algorithm: DIRECT, activation: 0, dx: 0, w: 0 };
  const forward = await runInstruction(engine, {
    instruction: pooled ? "conv2d_relu_pool" : "conv2d",
    inputs: { x, w, bias },
    outputs: { y: values * 4, ...(pooled && { argmax: values }), scratch: scratch("forward") },
    sizes,
    threads,
  });
  const argmax = forward.argmax ?? new Uint8Array();
  const back = await runInstruction(engine, {
    instruction: pooled ? "conv2d_relu_pool_grad" : "conv2d_kernel_grad",
    inputs: { x, dy, ...(pooled && { argmax }) },
    outputs: { dw: w.byteLength, db: bias.byteLength, scratch: scratch("kernelGrad") },
    sizes,
    threads,
  });
  return { x, w, bias, dy, argmax, y: floats(forward.y!), dw: floats(back.dw!), db: floats(back.db!) };
}

describe("conv2d of one channel by the window's kernels", () => {
  it("is the reference's, with the gradients, for any padding", async () => {
    await fc.assert(
      fc.asyncProperty(geometry, threadCount, async (g, threads) => {
        const r = await run(g, false, threads);
        expectSameRecords(await run(g, false, 1), r);
        expectClose(r.y, reference.conv2d(r.x, r.w, r.bias, g), outputError, "y");
        const { dw, db } = reference.conv2dKernelGrad(r.x, r.dy, g);
        const terms = g.batch * g.outHeight * g.outWidth;
        expectClose(r.dw, dw, gradError(terms), "dw");
        expectClose(r.db, db, gradError(terms), "db");
      }),
      { numRuns: 40, seed: 26 },
    );
  });

  it("pools on the way, with the gradients of the places it chose", async () => {
    await fc.assert(
      fc.asyncProperty(geometry, threadCount, async (g, threads) => {
        fc.pre(g.outHeight > 1);
        const r = await run(g, true, threads);
        expectSameRecords(await run(g, true, 1), r);
        const conv = reference.conv2d(r.x, r.w, r.bias, g);
        const want = pooledReference(conv, r.argmax, r.dy, g);
        expectClose(r.y, want.y, outputError, "y");
        expectClose(want.chosen, want.y, outputError, "argmax");
        const { dw, db } = reference.conv2dKernelGrad(r.x, want.dy, g);
        const terms = g.batch * g.outHeight * g.outWidth;
        expectClose(r.dw, dw, gradError(terms), "dw");
        expectClose(r.db, db, gradError(terms), "db");
      }),
      { numRuns: 40, seed: 27 },
    );
  });

  it("lets NaN through the pool from every place of a window, and its gradient back", async () => {
    const g = convShape({ batch: 1, height: 8, width: 8, channels: 1, filters: 8, pads: [0, 0, 0, 0] });
    const x = numbers(5, 64);
    x[3 * 8 + 3] = Number.NaN;
    const { y } = await runInstruction(engine, {
      instruction: "conv2d_relu_pool",
      inputs: { x, w: numbers(6, 72) },
      outputs: { y: 9 * 32, argmax: 72, scratch: conv2dScratchBytes("forward", g, DIRECT, 1) },
      sizes: { ...g, bias: 0, algorithm: DIRECT },
      threads: 1,
    });
    // Outputs 1 to 3 in both directions see the NaN: pooled pixels 0 and 1.
    const nan = Array.from({ length: 9 }, (_, p) => Number.isNaN(floats(y!)[p * 8]));
    expect(nan).toEqual([true, true, false, true, true, false, false, false, false]);
  });

  it("is chosen for 3x3, stride 1, filters in eights, but not for the input's gradient", () => {
    const g = convShape({ batch: 2, height: 28, width: 28, channels: 1, filters: 32, pads: [1, 1, 1, 1] });
    expect(chooseConv2dAlgorithm("forward", g, "standard")).toBe(DIRECT);
    expect(chooseConv2dAlgorithm("kernelGrad", g, "high")).toBe(DIRECT);
    expect(chooseConv2dAlgorithm("inputGrad", g, "standard")).toBe(0);
    expect(chooseConv2dAlgorithm("grad", g, "standard")).toBe(0);
    expect(chooseConv2dAlgorithm("forward", { ...g, filters: 12 }, "standard")).toBe(0);
    expect(chooseConv2dAlgorithm("forward", { ...g, strideHeight: 2 }, "standard")).toBe(0);
  });
});
