import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Pair } from "../graph/geometry.js";
import { windowCounts } from "../graph/geometry.js";
import { resolvePadding } from "./window.js";

const one: Pair = [1, 1];
const small = fc.integer({ min: 1, max: 5 });
const pair: fc.Arbitrary<Pair> = fc.tuple(small, small);

describe("padding", () => {
  it("in each of its forms", () => {
    const pads = (option: Parameters<typeof resolvePadding>[0]) =>
      resolvePadding(option, [8, 8], [3, 5], one, one);
    expect(pads("valid")).toEqual([0, 0, 0, 0]);
    expect(pads(2)).toEqual([2, 2, 2, 2]);
    expect(pads([1, 2])).toEqual([1, 1, 2, 2]);
    expect(pads([1, 2, 3, 4])).toEqual([1, 2, 3, 4]);
    // 3x5 kernels: one row and two columns on either side.
    expect(pads("same")).toEqual([1, 1, 2, 2]);
  });

  it('"same" gives ⌈size / stride⌉ outputs, the odd pad below and to the right, and no more pads than needed', () => {
    const size = fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 30 }));
    fc.assert(
      fc.property(size, pair, pair, pair, (image, kernel, stride, dilation) => {
        const pads = resolvePadding("same", image, kernel, stride, dilation);
        const counts = windowCounts("a layer", image, pads, kernel, stride, dilation);
        [0, 1].forEach((axis) => {
          const [before, after] = [pads[2 * axis]!, pads[2 * axis + 1]!];
          const outputs = Math.ceil(image[axis]! / stride[axis]!);
          expect(counts[axis]).toBe(outputs);
          expect(after - before === 0 || after - before === 1).toBe(true);
          // One pad less and the last window would not fit.
          const reach = (outputs - 1) * stride[axis]! + dilation[axis]! * (kernel[axis]! - 1) + 1;
          expect(before + after).toBe(Math.max(0, reach - image[axis]!));
        });
      }),
    );
  });
});
