import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { createEngine, type Engine } from "../src/index.js";
import type { ConvGeometry } from "../src/instructions/conv.js";
import { chooseConv2dAlgorithm } from "../src/instructions/conv-plan.js";
import { platform } from "../src/platform/node.js";
import { convPasses } from "./support/conv-passes.js";
import { windowOf } from "./support/geometry.js";
import { expectSameBytes } from "./support/instruction.js";

// The wide binary's convolutions on any Node, whose lanes are not merged here: its panels of sixteen columns, and its transforms of eight channels.

let narrow: Engine;
let wide: Engine;

beforeAll(async () => {
  narrow = await createEngine({ threads: 1 });
  const module = await WebAssembly.compile(
    await readFile(new URL("../build/wide-plain.wasm", import.meta.url)),
  );
  const given = vi
    .spyOn(platform, "wide")
    .mockResolvedValue({ binary: { kind: "plain", module, full: true } });
  wide = await createEngine({ threads: 4 });
  expect(given).toHaveBeenCalled();
  given.mockRestore();
});
afterAll(() => Promise.all([narrow.close(), wide.close()]));

const side = fc
  .record({
    kernel: fc.constantFrom(1, 2, 3, 3, 3, 5, 7),
    stride: fc.integer({ min: 1, max: 2 }),
    before: fc.integer({ min: 0, max: 2 }),
    after: fc.integer({ min: 0, max: 2 }),
    size: fc.integer({ min: 4, max: 15 }),
  })
  .filter(({ size, kernel, before, after }) => size + before + after >= kernel)
  .map((s) => ({
    ...s,
    dilation: 1,
    out: Math.floor((s.size + s.before + s.after - s.kernel) / s.stride) + 1,
  }));

/** By fours and not, by eights and by sixteens, and beside them. */
const count = fc.oneof(
  fc.integer({ min: 2, max: 12 }).map((fours) => 4 * fours),
  fc.integer({ min: 1, max: 40 }),
);

const geometry: fc.Arbitrary<ConvGeometry> = fc
  .record({
    sides: fc.oneof(
      fc.tuple(side, side),
      side.map((one) => [one, one] as const),
    ),
    batch: fc.integer({ min: 0, max: 9 }),
    channels: count,
    filters: count,
    groups: fc.constantFrom(1, 1, 1, 2),
  })
  .map(({ sides: [v, h], batch, channels, filters, groups }) => ({
    ...windowOf({ v, h, batch, channels: channels * groups }),
    filters: filters * groups,
    groups,
  }));

it("has the bits of the narrow one in all passes of any convolution, on any number of threads", async () => {
  const met = new Set<number>();
  await fc.assert(
    fc.asyncProperty(
      geometry,
      fc.integer({ min: 1, max: 4 }),
      fc.constantFrom("standard" as const, "high" as const),
      async (g, threads, precision) => {
        const algorithm = chooseConv2dAlgorithm("forward", g, precision);
        met.add(algorithm);
        const want = convPasses(narrow, g, algorithm, 1);
        const got = convPasses(wide, g, algorithm, threads);
        for (const pass of ["forward", "inputGrad", "kernelGrad", "grad"] as const) {
          expectSameBytes(await got[pass](), await want[pass](), pass);
        }
      },
    ),
    { numRuns: process.env.CI ? 300 : 60, seed: 33 },
  );
  expect(met.size, "algorithms").toBeGreaterThanOrEqual(3);
});
