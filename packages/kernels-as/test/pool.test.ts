import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { argmaxBytes, type WindowGeometry } from "../src/instructions/conv.js";
import * as reference from "./reference/conv.js";
import { expectClose, expectSame, floats, numbers, runInstruction } from "./support/conv-run.js";
import { engine, THREADS } from "./support/file-engine.js";
import { windowGeometry } from "./support/geometry.js";

const RUNS = { numRuns: 60, seed: 21 };
const threadCount = fc.integer({ min: 1, max: THREADS });
const inputSize = (w: WindowGeometry) => w.batch * w.height * w.width * w.channels;
const outputSize = (w: WindowGeometry) => w.batch * w.outHeight * w.outWidth * w.channels;

async function maxPool(x: Float32Array, w: WindowGeometry, threads: number) {
  const { y, argmax } = await runInstruction(engine, {
    instruction: "max_pool2d",
    inputs: { x },
    outputs: { y: outputSize(w) * 4, argmax: argmaxBytes(w) },
    sizes: w,
    threads,
  });
  return { y: floats(y!), argmax: argmax! };
}

async function maxPoolGrad(dy: Float32Array, argmax: Uint8Array, w: WindowGeometry, threads: number) {
  const { dx } = await runInstruction(engine, {
    instruction: "max_pool2d_grad",
    inputs: { dy, argmax },
    outputs: { dx: inputSize(w) * 4 },
    sizes: w,
    threads,
  });
  return floats(dx!);
}

/** Places of the reference as the kernel stores them: the windows here have at most 255. */
const asBytes = (places: Int32Array) => Uint8Array.from(places, (p) => (p < 0 ? 255 : p));

/** Pooling [batch 2] of a square without padding, windows side by side. */
function tiles(size: number, kernel: number, channels: number): WindowGeometry {
  const out = Math.floor(size / kernel);
  return {
    batch: 2,
    height: size,
    width: size,
    channels,
    outHeight: out,
    outWidth: out,
    kernelHeight: kernel,
    kernelWidth: kernel,
    strideHeight: kernel,
    strideWidth: kernel,
    padTop: 0,
    padLeft: 0,
    dilationHeight: 1,
    dilationWidth: 1,
  };
}

describe("max_pool2d", () => {
  it("is the reference's, with its gradient, for any window", async () => {
    await fc.assert(
      fc.asyncProperty(windowGeometry, threadCount, async (w, threads) => {
        // Few different values, so that many windows hold equals.
        const x = numbers(1, inputSize(w)).map((v) => Math.round(v * 4));
        const want = reference.maxPool2d(x, w);
        const got = await maxPool(x, w, threads);
        expectSame(got.y, Float32Array.from(want.y));
        expectSame(got.argmax, asBytes(want.argmax));
        const dy = numbers(2, outputSize(w));
        const dx = await maxPoolGrad(dy, got.argmax, w, threads);
        const terms = w.kernelHeight * w.kernelWidth;
        expectClose(dx, reference.maxPool2dGrad(dy, want.argmax, w), terms * terms * 2 ** -24);
      }),
      RUNS,
    );
  });

  it.each([
    [4, 1],
    [5, 3],
    [6, 4],
    [7, 8],
    [28, 32],
    [9, 17],
  ])("pools 2x2 tiles of a %i-square with %i channels", async (size, channels) => {
    const w = tiles(size, 2, channels);
    const x = numbers(3, inputSize(w));
    const want = reference.maxPool2d(x, w);
    const dy = numbers(4, outputSize(w));
    for (const threads of [1, 2]) {
      const got = await maxPool(x, w, threads);
      expectSame(got.y, Float32Array.from(want.y));
      expectSame(got.argmax, asBytes(want.argmax));
      const dx = await maxPoolGrad(dy, got.argmax, w, threads);
      expectSame(dx, Float32Array.from(reference.maxPool2dGrad(dy, want.argmax, w)));
    }
  });

  it("lets a NaN win, wherever in the window it is", async () => {
    for (const channels of [1, 4, 5]) {
      for (let place = 0; place < 9; place++) {
        const w = { ...tiles(3, 3, channels), batch: 1 };
        const x = numbers(5, inputSize(w));
        x.fill(Number.NaN, place * channels, (place + 1) * channels);
        const { y, argmax } = await maxPool(x, w, 1);
        expect([...y]).toEqual(Array(channels).fill(Number.NaN));
        expect([...argmax]).toEqual(Array(channels).fill(place));
      }
    }
  });

  it("keeps places above 254 in four bytes", async () => {
    const w = tiles(17, 17, 6);
    const x = numbers(6, inputSize(w));
    const want = reference.maxPool2d(x, w);
    const { y, argmax } = await maxPool(x, w, 1);
    expectSame(y, Float32Array.from(want.y));
    expect(new Uint32Array(argmax.buffer)).toEqual(Uint32Array.from(want.argmax));
    const dy = numbers(7, outputSize(w));
    expect(await maxPoolGrad(dy, argmax, w, 1)).toEqual(
      Float32Array.from(reference.maxPool2dGrad(dy, want.argmax, w)),
    );
  });
});

describe("avg_pool2d", () => {
  it("is the reference's, with its gradient, for any window", async () => {
    await fc.assert(
      fc.asyncProperty(windowGeometry, threadCount, fc.boolean(), async (w, threads, includePadding) => {
        const sizes = { ...w, includePadding: includePadding ? 1 : 0 };
        const x = numbers(8, inputSize(w));
        const { y } = await runInstruction(engine, {
          instruction: "avg_pool2d",
          inputs: { x },
          outputs: { y: outputSize(w) * 4 },
          sizes,
          threads,
        });
        const terms = w.kernelHeight * w.kernelWidth;
        // A mean of values in [−1, 1]: a rounding for every sum, which is at most `terms` times the mean's bound of 1, and the division's.
        expectClose(floats(y!), reference.avgPool2d(x, w, includePadding), (terms + 1) * 2 ** -24, "y");
        const dy = numbers(9, outputSize(w));
        const { dx } = await runInstruction(engine, {
          instruction: "avg_pool2d_grad",
          inputs: { dy },
          outputs: { dx: inputSize(w) * 4 },
          sizes,
          threads,
        });
        expectClose(
          floats(dx!),
          reference.avgPool2dGrad(dy, w, includePadding),
          terms * (terms + 1) * 2 ** -24,
          "dx",
        );
      }),
      RUNS,
    );
  });
});
