import fc from "fast-check";
import { describe, it } from "vitest";
import type { ConvGeometry } from "../src/instructions/conv.js";
import * as reference from "./reference/conv.js";
import { convPasses } from "./support/conv-passes.js";
import {
  expectClose,
  expectSame,
  expectSameRecords,
  floats,
  numbers,
  runInstruction,
} from "./support/conv-run.js";
import { engine, THREADS } from "./support/file-engine.js";
import { convGeometry, windowGeometry } from "./support/geometry.js";

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
  const { operands, forward, inputGrad, kernelGrad } = convPasses(engine, g, algorithm, threads);
  const { y } = await forward();
  const { dx } = await inputGrad();
  const { dw, db } = await kernelGrad();
  return { ...operands, y: floats(y!), dx: floats(dx!), dw: floats(dw!), db: floats(db!) };
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
