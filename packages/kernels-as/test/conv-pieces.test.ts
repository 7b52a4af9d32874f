// Kernels of other sizes and strides by Winograd: in pieces of up to three taps (assembly/conv/winograd-pieces.ts).
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEngine, type Engine } from "../src/index.js";
import type { ConvGeometry } from "../src/instructions/conv.js";
import {
  type Conv2dPass,
  chooseConv2dAlgorithm,
  conv2dFault,
  conv2dScratchBytes,
  poolsInConv2d,
} from "../src/instructions/conv-plan.js";
import * as reference from "../src/reference/conv.js";
import {
  expectClose,
  expectSame,
  expectSameRecords,
  floats,
  numbers,
  runInstruction,
} from "./support/conv-run.js";

const THREADS = 4;
const WINOGRAD = 3;
let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ threads: THREADS });
});
afterAll(() => engine.close());

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
  .map((s) => ({ ...s, out: Math.floor((s.size + s.before + s.after - s.kernel) / s.stride) + 1 }));

/** Those that the rule gives to Winograd: an instruction refuses others. */
const geometry: fc.Arbitrary<ConvGeometry> = fc
  .record({
    v: side,
    h: side,
    batch: fc.integer({ min: 1, max: 9 }),
    channels: fc.integer({ min: 2, max: 5 }),
    filters: fc.integer({ min: 2, max: 5 }),
  })
  .map(({ v, h, batch, channels, filters }) => ({
    batch,
    height: v.size,
    width: h.size,
    channels: 4 * channels,
    filters: 4 * filters,
    groups: 1,
    outHeight: v.out,
    outWidth: h.out,
    kernelHeight: v.kernel,
    kernelWidth: h.kernel,
    strideHeight: v.stride,
    strideWidth: h.stride,
    padTop: v.before,
    padLeft: h.before,
    dilationHeight: 1,
    dilationWidth: 1,
  }))
  .filter((g) => chooseConv2dAlgorithm("forward", g, "standard") === WINOGRAD);

const largest = (values: ArrayLike<number>) =>
  Array.from(values).reduce((m, v) => Math.max(m, Math.abs(v)), 0);

async function passes(g: ConvGeometry, threads: number) {
  const x = numbers(1, g.batch * g.height * g.width * g.channels);
  const w = numbers(2, g.kernelHeight * g.kernelWidth * g.channels * g.filters);
  const bias = numbers(3, g.filters);
  const dy = numbers(4, g.batch * g.outHeight * g.outWidth * g.filters);
  const bytes = { dx: x.byteLength, dw: w.byteLength, db: bias.byteLength };
  const sizes = { ...g, algorithm: WINOGRAD };
  const scratch = (pass: Conv2dPass) => conv2dScratchBytes(pass, g, WINOGRAD, threads);
  const forward = await runInstruction(engine, {
    instruction: "conv2d",
    inputs: { x, w, bias },
    outputs: { y: dy.byteLength, scratch: scratch("forward") },
    sizes: { ...sizes, activation: 0 },
    threads,
  });
  const input = await runInstruction(engine, {
    instruction: "conv2d_input_grad",
    inputs: { dy, w },
    outputs: { dx: bytes.dx, scratch: scratch("inputGrad") },
    sizes,
    threads,
  });
  const all = await runInstruction(engine, {
    instruction: "conv2d_grad",
    inputs: { x, dy, w },
    outputs: { ...bytes, scratch: scratch("grad") },
    sizes,
    threads,
  });
  expectSame(all.dx!, input.dx!, "dx alone");
  const [y, dx, dw, db] = [forward.y!, all.dx!, all.dw!, all.db!].map(floats) as Float32Array[];
  return { x, w, bias, dy, y: y!, dx: dx!, dw: dw!, db: db! };
}

describe("conv2d by Winograd in pieces", () => {
  it("is the reference's, with its gradients, for kernels from 2 to 7 and strides 1 and 2", async () => {
    await fc.assert(
      fc.asyncProperty(geometry, fc.integer({ min: 1, max: THREADS }), async (g, threads) => {
        const r = await passes(g, threads);
        const y = reference.conv2d(r.x, r.w, r.bias, g);
        expectClose(r.y, y, 1e-5 * largest(y), "y");
        const dx = reference.conv2dInputGrad(r.dy, r.w, g);
        expectClose(r.dx, dx, 1e-5 * largest(dx), "dx");
        const { dw, db } = reference.conv2dKernelGrad(r.x, r.dy, g);
        expectClose(r.dw, dw, 1e-5 * largest(dw), "dw");
        expectClose(r.db, db, (r.dy.length / g.filters) ** 2 * 2 ** -24, "db");
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
