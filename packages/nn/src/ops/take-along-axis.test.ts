import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { refusal } from "../../test/contracts/refusal.js";
import { runGraph } from "../../test/support/run-graph.js";
import { gradients } from "../autodiff/gradients.js";
import type { Tensor } from "../graph/tensor.js";
import * as ops from "./index.js";
import { input } from "./leaves.js";

const NONE = 2 ** 32 - 1;
const size = (shape: readonly number[]) => shape.reduce((product, one) => product * one, 1);

describe("takeAlongAxis", () => {
  it("picks what loops over every place pick, and takes its gradient back there", async () => {
    const dimension = fc.integer({ min: 0, max: 5 });
    const cases = fc.record({
      A: dimension,
      n: fc.integer({ min: 1, max: 5 }),
      I: dimension,
      B: dimension,
      seed: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ A, n, I, B, seed }) => {
        const x = input("x", [A, n, B]);
        const indices = input("indices", [A, I, B], "u32");
        const values = Float32Array.from({ length: size(x.shape) }, (_, i) => i + 0.5);
        // One index in six lies beyond the axis.
        const picks = Uint32Array.from({ length: A * I * B }, (_, i) => {
          const place = (i * 7 + seed) % (n + 1);
          return place === n ? (i % 2 ? n : NONE) : place;
        });
        const want = new Float32Array(picks.length);
        const dwant = new Float32Array(values.length);
        for (let a = 0; a < A; a++)
          for (let i = 0; i < I; i++)
            for (let b = 0; b < B; b++) {
              const at = (a * I + i) * B + b;
              const from = (a * n + picks[at]!) * B + b;
              want[at] = picks[at]! < n ? values[from]! : Number.NaN;
              if (picks[at]! < n) dwant[from]! += 2;
            }
        const y = ops.takeAlongAxis(x, indices, { axis: 1 });
        const [dx] = gradients(ops.sum(ops.mul(y, ops.fill([], 2))), [x]);
        const given = new Map<Tensor, Float32Array | Uint32Array>([
          [x, values],
          [indices, picks],
        ]);
        const [got, dgot] = await runGraph([y, dx!], given);
        expect(y.shape).toEqual([A, I, B]);
        expect([...got!]).toEqual([...want]);
        expect([...dgot!]).toEqual([...dwant]);
      }),
      { numRuns: 40 },
    );
  });

  it("picks along the last axis unless told, such as the loss of each row's own class", async () => {
    const x = input("x", [2, 3]);
    const classes = input("classes", [2, 1], "u32");
    const given = new Map<Tensor, Float32Array | Uint32Array>([
      [x, Float32Array.of(1, 2, 3, 4, 5, 6)],
      [classes, Uint32Array.of(2, 0)],
    ]);
    const [got] = await runGraph([ops.takeAlongAxis(x, classes)], given);
    expect([...got!]).toEqual([3, 4]);
  });

  it("refuses what does not fit", () => {
    const x = input("x", [2, 3]);
    const indices = (...shape: number[]) => input("i", shape, "u32");
    expect(refusal(() => ops.takeAlongAxis(x, indices(3, 1)))).toMatchInlineSnapshot(
      `"ShapeError indices-shape: takeAlongAxis: expected indices with the shape [2, 3] of x in all axes but axis 1, got [3, 1]."`,
    );
    expect(refusal(() => ops.takeAlongAxis(x, indices(2)))).toMatch(/ShapeError indices-shape/);
    expect(refusal(() => ops.takeAlongAxis(x, input("i", [2, 1])))).toMatch(/ConfigError not-indices/);
    expect(refusal(() => ops.takeAlongAxis(x, indices(2, 1), { axis: 2 }))).toMatch(/axis-out-of-range/);
    const large = input("x", [4097, 4096]);
    expect(refusal(() => ops.takeAlongAxis(large, indices(4097, 1)))).toMatch(/too-many-elements/);
  });
});
