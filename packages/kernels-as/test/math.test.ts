// The f32 functions over the whole range of f32: a sample with a stride that is prime to 2³², and all of what lies around the ends.
import { beforeAll, describe, expect, it } from "vitest";
import { instantiate, type Kernels, type UnaryKind } from "../src/index.js";
import { unary } from "./reference/elementwise.js";
import { openModule } from "./support/module.js";
import { ulps } from "./support/ulps.js";

const BLOCK = 1 << 16;
const BLOCKS = 8;

function worst(
  kernels: Kernels,
  kind: UnaryKind,
  bits: (i: number) => number,
  count: number,
): { most: number; at: number } {
  const { memory } = kernels;
  const [x, y] = [memory.allocate(4 * BLOCK), memory.allocate(4 * BLOCK)];
  let most = 0;
  let at = 0;
  for (let block = 0; block < count; block += BLOCK) {
    const n = Math.min(BLOCK, count - block);
    const words = memory.u32(x, n);
    for (let i = 0; i < n; i++) words[i] = bits(block + i);
    kernels.run("unary", { y, x, n, kind, alpha: 1 });
    const [given, got] = [memory.f32(x, n), memory.f32(y, n)];
    for (let i = 0; i < n; i++) {
      const e = ulps(got[i]!, unary[kind](given[i]!, 1));
      if (!(e <= most)) [most, at] = [e, given[i]!];
    }
  }
  return { most, at };
}

describe.each(["standard", "fast"] as const)("precision %s", (precision) => {
  let kernels: Kernels;
  beforeAll(async () => {
    kernels = await instantiate({ precision });
  });

  describe.each<[UnaryKind, number]>([
    ["exp", 1.1],
    ["log", 1],
    ["tanh", 1.2],
    ["sigmoid", 2.5],
    ["elu", 1.6],
  ])("%s", (kind, ulps) => {
    it(`stays within ${ulps} ULP everywhere`, () => {
      const { most, at } = worst(kernels, kind, (i) => Math.imul(i, 8191 * 4 + 1), BLOCK * BLOCKS);
      expect(most, `at ${at}`).toBeLessThan(ulps);
    });

    it("stays within it around the ends of its range", () => {
      // exp overflows and underflows, log and tanh change their sign or their law.
      for (const centre of [
        88.72283,
        -87.33654,
        104,
        Math.SQRT1_2,
        0.875,
        1,
        2 ** -126,
        1e-44,
        9,
        40,
        3.4e38,
      ]) {
        const word = new Uint32Array(Float32Array.of(centre).buffer)[0]!;
        const { most, at } = worst(kernels, kind, (i) => word - 400 + i, 800);
        expect(most, `at ${at}`).toBeLessThan(ulps);
      }
    });
  });

  it("the scalar functions have the bits of the vector loop", async () => {
    const { exports } = await openModule(precision);
    const { memory } = kernels;
    const [x, y] = [memory.allocate(64), memory.allocate(64)];
    for (const kind of ["exp", "log", "tanh", "sigmoid"] as const) {
      const scalar = exports[`${kind}_f32`] as (x: number) => number;
      memory.f32(x, 5).set([0.3, -2.7, 11.5, 1e-30, 80]);
      kernels.run("unary", { y, x, n: 5, kind, alpha: 0 });
      expect([...memory.f32(x, 5)].map(scalar)).toEqual([...memory.f32(y, 5)]);
    }
  });
});
