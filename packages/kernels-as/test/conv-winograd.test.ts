import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ConvGeometry } from "../src/instructions/conv.js";
import { chooseConv2dAlgorithm, conv2dScratchBytes } from "../src/instructions/conv-plan.js";
import * as reference from "./reference/conv.js";
import { convPasses, expectReference, largest } from "./support/conv-passes.js";
import {
  expectClose,
  expectSame,
  expectSameRecords,
  floats,
  numbers,
  runInstruction,
} from "./support/conv-run.js";
import { engine, THREADS } from "./support/file-engine.js";
import { convShape, pooledReference } from "./support/geometry.js";

/** F(2x2) and F(4x4): the instruction's `algorithm`, and the error that is promised, of the largest magnitude. */
const ALGORITHMS = [
  { name: "F(2x2, 3x3)", algorithm: 2, error: 6e-7 },
  { name: "F(4x4, 3x3)", algorithm: 3, error: 1e-5 },
] as const;

/** The gradients behind a pool are summed product by product, whatever the algorithm. */
const DIRECT_ERROR = 6e-7;

const geometry: fc.Arbitrary<ConvGeometry> = fc
  .record({
    batch: fc.integer({ min: 1, max: 10 }),
    height: fc.integer({ min: 4, max: 18 }),
    width: fc.integer({ min: 4, max: 18 }),
    channels: fc.integer({ min: 1, max: 6 }),
    filters: fc.integer({ min: 1, max: 6 }),
    // Below 0: the output ends before the image does.
    pads: fc.tuple(...[0, -1, 0, -1].map((min) => fc.integer({ min, max: 2 }))),
  })
  .map(({ batch, height, width, channels, filters, pads }) =>
    convShape({ batch, height, width, channels: channels * 4, filters: filters * 4, pads: pads as number[] }),
  );

async function passes(g: ConvGeometry, algorithm: number, threads: number) {
  const { operands, forward, inputGrad, kernelGrad, grad } = convPasses(engine, g, algorithm, threads);
  const { y } = await forward();
  const { y: relu } = await forward(1);
  const { dx, dw, db } = await grad();
  const kernel = await kernelGrad();
  expectSame(dx!, (await inputGrad()).dx!, "dx alone");
  expectSame(dw!, kernel.dw!, "dw alone");
  expectSame(db!, kernel.db!, "db alone");
  return {
    ...operands,
    y: floats(y!),
    relu: floats(relu!),
    dx: floats(dx!),
    dw: floats(dw!),
    db: floats(db!),
  };
}

async function pooledPasses(g: ConvGeometry, algorithm: number, threads: number) {
  const values = g.batch * (g.outHeight >> 1) * (g.outWidth >> 1) * g.filters;
  const x = numbers(5, g.batch * g.height * g.width * g.channels);
  const w = numbers(6, 9 * g.channels * g.filters);
  const bias = numbers(7, g.filters);
  const dy = numbers(8, values);
  const sizes = { ...g, algorithm };
  const forward = await runInstruction(engine, {
    instruction: "conv2d_relu_pool",
    inputs: { x, w, bias },
    outputs: {
      y: values * 4,
      argmax: values,
      scratch: conv2dScratchBytes("forward", g, algorithm, threads),
    },
    sizes,
    threads,
  });
  const back = await runInstruction(engine, {
    instruction: "conv2d_relu_pool_grad",
    inputs: { x, dy, argmax: forward.argmax!, w },
    outputs: {
      dx: x.byteLength,
      dw: w.byteLength,
      db: bias.byteLength,
      scratch: conv2dScratchBytes("grad", g, algorithm, threads),
    },
    sizes,
    threads,
  });
  return {
    x,
    w,
    bias,
    dy,
    y: floats(forward.y!),
    argmax: forward.argmax!,
    dx: floats(back.dx!),
    dw: floats(back.dw!),
    db: floats(back.db!),
  };
}

it("holds its bound in the kernel's gradient of many tiles, of one image and of several", async () => {
  for (const [batch, side] of [
    [1, 128],
    [17, 64],
  ] as const) {
    const g = convShape({ batch, height: side, width: side, channels: 8, filters: 8, pads: [1, 1, 1, 1] });
    const { operands, kernelGrad } = convPasses(engine, g, 3, 2);
    const got = (await kernelGrad()).dw!;
    const { dw } = reference.conv2dKernelGrad(operands.x, operands.dy, g);
    expectClose(floats(got), dw, 1e-5 * largest(dw), "dw");
    for (const threads of [1, 4]) expectSame((await convPasses(engine, g, 3, threads).kernelGrad()).dw!, got);
  }
});

describe.each(ALGORITHMS)("conv2d by $name", ({ algorithm, error }) => {
  it("is the reference's, with its gradients, for odd edges and any padding", async () => {
    await fc.assert(
      fc.asyncProperty(geometry, fc.integer({ min: 1, max: THREADS }), async (g, threads) => {
        const r = await passes(g, algorithm, threads);
        expectReference(r, g, error);
        expectSame(
          r.relu,
          r.y.map((v) => Math.max(v, 0)),
          "relu",
        );
      }),
      { numRuns: 40, seed: 23 },
    );
  });

  it("has the same bits on 1, 2, 3 and 4 threads", async () => {
    await fc.assert(
      fc.asyncProperty(geometry, async (g) => {
        const one = await passes(g, algorithm, 1);
        for (const threads of [2, 3, 4]) expectSameRecords(await passes(g, algorithm, threads), one);
      }),
      { numRuns: 6, seed: 24 },
    );
  });

  it.each([1, 2])(
    "has the same bits on 1 to 4 threads over a batch of %i, whose panels they share",
    async (batch) => {
      const g = convShape({ batch, height: 9, width: 11, channels: 20, filters: 12, pads: [1, 1, 1, 1] });
      const one = await passes(g, algorithm, 1);
      expectReference(one, g, error);
      for (const threads of [2, 3, 4]) expectSameRecords(await passes(g, algorithm, threads), one);
    },
  );

  it("holds its bound where sums are long", async () => {
    for (const channels of [128, 260]) {
      const g = convShape({ batch: 1, height: 4, width: 5, channels, filters: 136, pads: [1, 1, 1, 1] });
      expectReference(await passes(g, algorithm, 2), g, error);
    }
  });

  it("pools on the way, with the gradients of the places it chose", async () => {
    await fc.assert(
      fc.asyncProperty(geometry, fc.integer({ min: 1, max: THREADS }), async (g, threads) => {
        fc.pre(g.outHeight > 1 && g.outWidth > 1);
        const r = await pooledPasses(g, algorithm, threads);
        expectSameRecords(await pooledPasses(g, algorithm, 1), r);
        const conv = reference.conv2d(r.x, r.w, r.bias, g);
        const tolerance = error * largest(conv);
        const want = pooledReference(conv, r.argmax, r.dy, g);
        expectClose(r.y, want.y, tolerance, "y");
        // The places may differ from the reference's only where the values nearly tie.
        expectClose(want.chosen, want.y, tolerance, "argmax");
        const dx = reference.conv2dInputGrad(want.dy, r.w, g);
        expectClose(r.dx, dx, DIRECT_ERROR * largest(dx), "dx");
        const { dw, db } = reference.conv2dKernelGrad(r.x, want.dy, g);
        expectClose(r.dw, dw, DIRECT_ERROR * largest(dw), "dw");
        expectClose(r.db, db, 1e-6 * Math.max(1, largest(db)), "db");
      }),
      { numRuns: 30, seed: 25 },
    );
  });

  it("lists a large image's gradients in bands", async () => {
    const g = convShape({ batch: 3, height: 41, width: 46, channels: 8, filters: 64, pads: [0, 1, 2, 0] });
    const r = await pooledPasses(g, algorithm, 2);
    expectSameRecords(await pooledPasses(g, algorithm, 1), r);
    const conv = reference.conv2d(r.x, r.w, r.bias, g);
    const { dy } = pooledReference(conv, r.argmax, r.dy, g);
    const dx = reference.conv2dInputGrad(dy, r.w, g);
    expectClose(r.dx, dx, DIRECT_ERROR * largest(dx), "dx");
    const { dw, db } = reference.conv2dKernelGrad(r.x, dy, g);
    expectClose(r.dw, dw, DIRECT_ERROR * largest(dw), "dw");
    expectClose(r.db, db, 1e-6 * largest(db), "db");
  });

  it("lets NaN through the pool", async () => {
    const g = convShape({ batch: 1, height: 8, width: 8, channels: 8, filters: 8, pads: [1, 1, 1, 1] });
    const w = numbers(9, 9 * 64);
    w[3] = Number.NaN;
    const { y } = await runInstruction(engine, {
      instruction: "conv2d_relu_pool",
      inputs: { x: numbers(10, 512), w },
      outputs: { y: 512, argmax: 128, scratch: conv2dScratchBytes("forward", g, algorithm, 1) },
      sizes: { ...g, bias: 0, algorithm },
      threads: 1,
    });
    expect(floats(y!).some(Number.isNaN)).toBe(true);
  });
});

describe("chooseConv2dAlgorithm", () => {
  const square = (side: number, channels: number, filters: number) =>
    convShape({ batch: 2, height: side, width: side, channels, filters, pads: [1, 1, 1, 1] });

  it("takes Winograd for 3x3, stride 1, from 8 channels and 4 pixels a side on", () => {
    const choice = (g: ConvGeometry, precision: "standard" | "high" | "fast") =>
      chooseConv2dAlgorithm("forward", g, precision);
    expect(choice(square(14, 32, 64), "standard")).toBe(3);
    expect(choice(square(14, 32, 64), "fast")).toBe(3);
    expect(choice(square(14, 32, 64), "high")).toBe(2);
    expect(choice(square(4, 8, 8), "standard")).toBe(3);
    for (const g of [
      square(3, 32, 64),
      square(14, 4, 64),
      square(14, 64, 4),
      square(14, 10, 64),
      { ...square(14, 32, 64), strideWidth: 3 },
      { ...square(14, 32, 64), dilationHeight: 2 },
      { ...square(14, 32, 64), kernelWidth: 1 },
      { ...square(14, 32, 64), groups: 2 },
    ]) {
      expect([2, 3]).not.toContain(choice(g, "standard"));
    }
  });
});
