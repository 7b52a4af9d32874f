// Grouped and depthwise convolutions lane by lane (assembly/conv/grouped.ts).
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CONV_GROUPED, CONV_UNFOLDED } from "../src/constants/conv.gen.js";
import type { ConvGeometry } from "../src/instructions/conv.js";
import { chooseConv2dAlgorithm, conv2dFault, poolsInConv2d } from "../src/instructions/conv-plan.js";
import * as reference from "./reference/conv.js";
import { convPasses } from "./support/conv-passes.js";
import { expectClose, expectSame, expectSameRecords, floats } from "./support/conv-run.js";
import { engine, THREADS } from "./support/file-engine.js";
import { convShape, windowGeometry } from "./support/geometry.js";

/** All kinds of groups that the rule gives to it, so that lanes are left over and groups end inside a vector. */
const geometry: fc.Arbitrary<ConvGeometry> = fc
  .record({
    window: windowGeometry,
    batch: fc.integer({ min: 1, max: 4 }),
    groups: fc.oneof(fc.integer({ min: 2, max: 9 }), fc.constantFrom(16, 33, 70)),
    // Channels and filters of a group: mostly a depthwise convolution.
    each: fc.oneof(
      fc.constant([1, 1]),
      fc.tuple(fc.constant(1), fc.integer({ min: 2, max: 8 })),
      fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
    ),
  })
  .map(({ window, batch, groups, each: [channels, filters] }) => ({
    ...{ ...window, batch, groups, channels: channels! * groups, filters: filters! * groups },
  }))
  .filter((g) => g.filters < 200 && chooseConv2dAlgorithm("grad", g, "standard") === CONV_GROUPED);

async function passes(g: ConvGeometry, threads: number) {
  const { operands, forward, inputGrad, kernelGrad, grad } = convPasses(engine, g, CONV_GROUPED, threads);
  const { y } = await forward();
  const { y: relu } = await forward(1);
  const { dx, dw, db } = await grad();
  const kernel = await kernelGrad();
  expectSame(dx!, (await inputGrad()).dx!, "dx alone");
  expectSame(dw!, kernel.dw!, "dw alone");
  expectSame(db!, kernel.db!, "db alone");
  const result = { y: floats(y!), dx: floats(dx!), dw: floats(dw!), db: floats(db!) };
  expectSame(
    floats(relu!),
    result.y.map((v) => Math.max(v, 0)),
    "relu",
  );
  return { ...operands, ...result };
}

/** A float32 sum of n products is off by a rounding a product and n of the running sum, each of the sum of magnitudes at most. */
const sumError = (n: number, total: ArrayLike<number>) =>
  Float64Array.from(total, (t) => (n + 2) * 2 ** -24 * t);
const absolute = (x: Float32Array) => x.map(Math.abs);

function expectExact(r: Awaited<ReturnType<typeof passes>>, g: ConvGeometry): void {
  const taps = g.kernelHeight * g.kernelWidth;
  const pixels = g.batch * g.outHeight * g.outWidth;
  const [x, w, bias, dy] = [r.x, r.w, r.bias, r.dy].map(absolute) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const terms = (taps * g.channels) / g.groups + 1;
  expectClose(
    r.y,
    reference.conv2d(r.x, r.w, r.bias, g),
    sumError(terms, reference.conv2d(x, w, bias, g)),
    "y",
  );
  const back = (taps * g.filters) / g.groups;
  expectClose(
    r.dx,
    reference.conv2dInputGrad(r.dy, r.w, g),
    sumError(back, reference.conv2dInputGrad(dy, w, g)),
    "dx",
  );
  const want = reference.conv2dKernelGrad(r.x, r.dy, g);
  const scale = reference.conv2dKernelGrad(x, dy, g);
  expectClose(r.dw, want.dw, sumError(pixels, scale.dw), "dw");
  expectClose(r.db, want.db, sumError(pixels, scale.db), "db");
}

describe("conv2d in groups, lane by lane", () => {
  it("is the reference's, with its gradients, for any window, groups and numbers of lanes", async () => {
    await fc.assert(
      fc.asyncProperty(geometry, fc.integer({ min: 1, max: THREADS }), async (g, threads) => {
        const r = await passes(g, threads);
        expectExact(r, g);
        // In the order of im2col's sums, so that files written before answer as they did.
        const { y } = await convPasses(engine, g, CONV_UNFOLDED, 1).forward();
        expectSame(r.y, floats(y!), "y by im2col");
      }),
      { numRuns: 80, seed: 41 },
    );
  });

  it.each([
    ["3x3, same", 1, [1, 1, 1, 1]],
    ["3x3, valid", 1, [0, 0, 0, 0]],
    ["3x3, stride 2, same", 2, [0, 1, 0, 1]],
    ["3x3, stride 2, valid", 2, [0, 0, 0, 0]],
  ] as const)("is the reference's depthwise, %s", async (_, stride, pads) => {
    for (const channels of [24, 64, 103]) {
      const one = convShape({ batch: 3, height: 14, width: 11, channels, filters: channels, pads });
      const out = (size: number) => Math.floor((size - 1) / stride) + 1;
      const g = {
        ...one,
        ...{ groups: channels, strideHeight: stride, strideWidth: stride },
        ...{ outHeight: out(one.outHeight), outWidth: out(one.outWidth) },
      };
      expectExact(await passes(g, 2), g);
    }
  });

  it("has the same bits on 1, 2, 3 and 4 threads", async () => {
    await fc.assert(
      fc.asyncProperty(geometry, async (g) => {
        const one = await passes(g, 1);
        for (const threads of [2, 3, 4]) expectSameRecords(await passes(g, threads), one);
      }),
      { numRuns: 12, seed: 42 },
    );
  });

  it("has the gradients that central differences have", async () => {
    await fc.assert(
      fc.asyncProperty(geometry, fc.nat(), async (g, place) => {
        const r = await passes(g, 1);
        const dot = (x: Float64Array, w: Float64Array) =>
          reference.conv2d(x, w, undefined, g).reduce((sum, v, i) => sum + v * r.dy[i]!, 0);
        const [x, w] = [Float64Array.from(r.x), Float64Array.from(r.w)];
        for (const [values, grad] of [
          [x, r.dx],
          [w, r.dw],
        ] as const) {
          // Linear in each of its inputs, so that a long step has no error of its own.
          const i = place % values.length;
          const kept = values[i]!;
          values[i] = kept + 1;
          const above = dot(x, w);
          values[i] = kept - 1;
          const below = dot(x, w);
          values[i] = kept;
          expect(Math.abs(grad[i]! - (above - below) / 2)).toBeLessThan(1e-4);
        }
      }),
      { numRuns: 20, seed: 43 },
    );
  });

  it("lets NaN through, and only to the lane it is in", async () => {
    const g = {
      ...convShape({ batch: 1, height: 4, width: 4, channels: 9, filters: 9, pads: [1, 1, 1, 1] }),
    };
    const depthwise = { ...g, groups: 9 };
    const { operands, forward } = convPasses(engine, depthwise, CONV_GROUPED, 1);
    operands.w[4 * 9 + 3] = Number.NaN;
    const y = floats((await forward(1)).y!);
    for (let i = 0; i < y.length; i++) expect(Number.isNaN(y[i])).toBe(i % 9 === 3);
  });

  it("is chosen for every precision, and takes no pool in", () => {
    const g = convShape({ batch: 2, height: 14, width: 14, channels: 64, filters: 64, pads: [1, 1, 1, 1] });
    const depthwise = { ...g, groups: 64 };
    for (const precision of ["standard", "high", "fast"] as const) {
      for (const pass of ["forward", "inputGrad", "kernelGrad", "grad"] as const)
        expect(chooseConv2dAlgorithm(pass, depthwise, precision)).toBe(CONV_GROUPED);
      expect(poolsInConv2d("forward", depthwise, precision)).toBe(false);
    }
    expect(conv2dFault("grad", { ...depthwise, algorithm: CONV_UNFOLDED })).toBe(undefined);
    expect(conv2dFault("grad", { ...g, algorithm: CONV_GROUPED })).toContain("algorithm");
    const inGroups = (groups: number) => chooseConv2dAlgorithm("forward", { ...g, groups }, "standard");
    expect([2, 8, 16, 32].map(inGroups)).toEqual([0, 0, CONV_GROUPED, CONV_GROUPED]);
  });
});
