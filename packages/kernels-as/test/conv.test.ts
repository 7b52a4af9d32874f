import fc from "fast-check";
import { afterAll, beforeAll, describe, it } from "vitest";
import { createEngine, type Engine } from "../src/index.js";
import type { ConvGeometry } from "../src/instructions/conv.js";
import { conv2dScratchBytes } from "../src/instructions/conv-plan.js";
import * as reference from "../src/reference/conv.js";
import {
  expectClose,
  expectSame,
  expectSameRecords,
  floats,
  numbers,
  runInstruction,
} from "./support/conv-run.js";
import { convGeometry, windowGeometry } from "./support/geometry.js";

const THREADS = 4;
let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ threads: THREADS });
});
afterAll(() => engine.close());

const RUNS = { numRuns: 60, seed: 20 };

function sizes(g: ConvGeometry) {
  const pixels = g.batch * g.outHeight * g.outWidth;
  const places = g.kernelHeight * g.kernelWidth;
  return {
    x: g.batch * g.height * g.width * g.channels,
    w: places * (g.channels / g.groups) * g.filters,
    y: pixels * g.filters,
    K: places * (g.channels / g.groups),
    pixels,
    places,
  };
}

/** The bound for a float32 sum of n products whose magnitudes sum to `total`: n roundings of the running sum and one a product. */
const sumError = (n: number, total: ArrayLike<number>) =>
  Float64Array.from(total, (t) => (n + 2) * 2 ** -24 * t);
const absolute = (x: Float32Array) => x.map(Math.abs);

/** The three passes of one geometry with one algorithm, on each number of threads. */
async function passes(g: ConvGeometry, algorithm: number, threads: number) {
  const n = sizes(g);
  const x = numbers(1, n.x);
  const w = numbers(2, n.w);
  const bias = numbers(3, g.filters);
  const dy = numbers(4, n.y);
  const scratch = (pass: "forward" | "inputGrad" | "kernelGrad") =>
    conv2dScratchBytes(pass, g, algorithm, threads);
  const forward = await runInstruction(engine, {
    instruction: "conv2d",
    inputs: { x, w, bias },
    outputs: { y: n.y * 4, scratch: scratch("forward") },
    sizes: { ...g, activation: 0, algorithm },
    threads,
  });
  const inputGrad = await runInstruction(engine, {
    instruction: "conv2d_input_grad",
    inputs: { dy, w },
    outputs: { dx: n.x * 4, scratch: scratch("inputGrad") },
    sizes: { ...g, algorithm },
    threads,
  });
  const kernelGrad = await runInstruction(engine, {
    instruction: "conv2d_kernel_grad",
    inputs: { x, dy },
    outputs: { dw: n.w * 4, db: g.filters * 4, scratch: scratch("kernelGrad") },
    sizes: { ...g, algorithm },
    threads,
  });
  return {
    x,
    w,
    bias,
    dy,
    y: floats(forward.y!),
    dx: floats(inputGrad.dx!),
    dw: floats(kernelGrad.dw!),
    db: floats(kernelGrad.db!),
  };
}

describe("conv2d by im2col", () => {
  it("is the reference's, with both gradients, for any geometry", async () => {
    await fc.assert(
      fc.asyncProperty(convGeometry, async (g) => {
        const n = sizes(g);
        const r = await passes(g, 0, 1);
        const y = reference.conv2d(r.x, r.w, r.bias, g);
        const yScale = reference.conv2d(absolute(r.x), absolute(r.w), absolute(r.bias), g);
        expectClose(r.y, y, sumError(n.K + 1, yScale), "y");
        const dx = reference.conv2dInputGrad(r.dy, r.w, g);
        const terms = n.places * (g.filters / g.groups);
        expectClose(
          r.dx,
          dx,
          sumError(terms, reference.conv2dInputGrad(absolute(r.dy), absolute(r.w), g)),
          "dx",
        );
        const { dw, db } = reference.conv2dKernelGrad(r.x, r.dy, g);
        const scale = reference.conv2dKernelGrad(absolute(r.x), absolute(r.dy), g);
        expectClose(r.dw, dw, sumError(n.pixels, scale.dw), "dw");
        expectClose(r.db, db, sumError(n.pixels, scale.db), "db");
      }),
      RUNS,
    );
  });

  it("has the same bits on 1, 2, 3 and 4 threads", async () => {
    await fc.assert(
      fc.asyncProperty(convGeometry, async (g) => {
        const one = await passes(g, 0, 1);
        for (const threads of [2, 3, 4]) expectSameRecords(await passes(g, 0, threads), one);
      }),
      { ...RUNS, numRuns: 12 },
    );
  });
});

describe("im2col and col2im", () => {
  it("are the reference's for any window", async () => {
    await fc.assert(
      fc.asyncProperty(windowGeometry, fc.integer({ min: 1, max: THREADS }), async (w, threads) => {
        const x = numbers(5, w.batch * w.height * w.width * w.channels);
        const want = reference.im2col(x, w);
        const { cols } = await runInstruction(engine, {
          instruction: "im2col",
          inputs: { x },
          outputs: { cols: want.length * 4 },
          sizes: w,
          threads,
        });
        expectSame(floats(cols!), Float32Array.from(want), "cols");
        const input = numbers(6, want.length);
        const { dx } = await runInstruction(engine, {
          instruction: "col2im",
          inputs: { cols: input },
          outputs: { dx: x.byteLength },
          sizes: w,
          threads,
        });
        const terms = w.kernelHeight * w.kernelWidth;
        expectClose(
          floats(dx!),
          reference.col2im(input, w),
          sumError(terms, reference.col2im(absolute(input), w)),
        );
      }),
      RUNS,
    );
  });
});
