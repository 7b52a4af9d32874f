// The yardstick's loops do what they say: otherwise an engine may have left something out, and their time means nothing.
import { beforeAll, describe, expect, it } from "vitest";
import { instantiate, type Kernels, type PeakKind, peakFlops } from "../src/index.js";

const LANES = 4;
const [A, B, S] = [0.5, 0.25, -1];

/** Steps on each vector, by the loop: its operations are vectors · steps · LANES · (a product and a sum). */
const shapes: Record<PeakKind, { vectors: number; steps: number }> = {
  twelve: { vectors: 12, steps: 2 },
  thirteen: { vectors: 13, steps: 2 },
  eight: { vectors: 8, steps: 3 },
  pairs: { vectors: 6, steps: 4 },
};

/** One lane, step by step in float32: vector i begins at (i + 1)·b. */
function expected(kind: PeakKind, iterations: number): number {
  const { vectors, steps } = shapes[kind];
  let sum = 0;
  for (let i = 0; i < vectors; i++) {
    let x = (i + 1) * B;
    let q = x;
    for (let step = 0; step < steps * iterations; step++) {
      if (kind === "pairs") [x, q] = [Math.fround(x * S), Math.fround(q + B)];
      else x = Math.fround(Math.fround(x * A) + B);
    }
    sum = Math.fround(sum + x);
    if (kind === "pairs") sum = Math.fround(sum + q);
  }
  return sum;
}

describe.each(Object.keys(peakFlops) as PeakKind[])("the yardstick %s", (kind) => {
  let kernels: Kernels;
  beforeAll(async () => {
    kernels = await instantiate();
  });

  it("counts its operations", () => {
    const { vectors, steps } = shapes[kind];
    expect(vectors * steps * LANES * 2).toBe(peakFlops[kind]);
  });

  it.each([0, 1, 2, 5])("computes them, %i times", (iterations) => {
    const [y, factors] = [kernels.memory.allocate(4), kernels.memory.allocate(48)];
    kernels.memory.f32(factors, 12).set([A, B, S].flatMap((factor) => new Array(LANES).fill(factor)));
    kernels.run("peak", { y, factors, iterations, kind });
    expect(kernels.memory.f32(y, 1)[0]).toBe(expected(kind, iterations));
  });
});
