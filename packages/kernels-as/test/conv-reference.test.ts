// The oracle's own gradients against central differences, which are exact but for rounding where an op is linear in its input.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as reference from "./reference/conv.js";
import { numbers } from "./support/conv-run.js";
import { convGeometry, windowGeometry } from "./support/geometry.js";

const RUNS = { numRuns: 25, seed: 22 };

/** d f / d values[i] by central differences at a few places. */
function check(
  f: (values: Float64Array) => Float64Array,
  at: Float32Array,
  dy: Float32Array,
  grad: Float64Array,
) {
  const values = Float64Array.from(at);
  const dot = () => f(values).reduce((sum, v, i) => sum + v * dy[i]!, 0);
  const h = 2 ** -10;
  for (let i = 0; i < values.length; i += Math.ceil(values.length / 7)) {
    const keep = values[i]!;
    values[i] = keep + h;
    const above = dot();
    values[i] = keep - h;
    const below = dot();
    values[i] = keep;
    expect(grad[i]).toBeCloseTo((above - below) / (2 * h), 6);
  }
}

describe("the float64 reference", () => {
  it("has conv2d's gradients", () => {
    fc.assert(
      fc.property(convGeometry, (g) => {
        const x = numbers(1, g.batch * g.height * g.width * g.channels);
        const w = numbers(2, g.kernelHeight * g.kernelWidth * (g.channels / g.groups) * g.filters);
        const bias = numbers(3, g.filters);
        const dy = numbers(4, g.batch * g.outHeight * g.outWidth * g.filters);
        const { dw, db } = reference.conv2dKernelGrad(x, dy, g);
        check((v) => reference.conv2d(v, w, bias, g), x, dy, reference.conv2dInputGrad(dy, w, g));
        check((v) => reference.conv2d(x, v, bias, g), w, dy, dw);
        check((v) => reference.conv2d(x, w, v, g), bias, dy, db);
      }),
      RUNS,
    );
  });

  it("has the pools' and im2col's gradients", () => {
    fc.assert(
      fc.property(windowGeometry, fc.boolean(), (w, includePadding) => {
        const x = numbers(5, w.batch * w.height * w.width * w.channels);
        const dy = numbers(6, w.batch * w.outHeight * w.outWidth * w.channels);
        const average = (v: Float64Array) => reference.avgPool2d(v, w, includePadding);
        check(average, x, dy, reference.avgPool2dGrad(dy, w, includePadding));
        const dcols = numbers(7, dy.length * w.kernelHeight * w.kernelWidth);
        check((v) => reference.im2col(v, w), x, dcols, reference.col2im(dcols, w));
        // Windows wholly outside hold −∞, whose product with dy has no difference; values far apart, so that no maximum changes.
        const { y, argmax } = reference.maxPool2d(x, w);
        if (y.every(Number.isFinite)) {
          const spread = x.map((_, i) => ((i * 7919) % x.length) / 4);
          const places = reference.maxPool2d(spread, w).argmax;
          check((v) => reference.maxPool2d(v, w).y, spread, dy, reference.maxPool2dGrad(dy, places, w));
          expect(argmax.every((p) => p >= 0)).toBe(true);
        }
      }),
      RUNS,
    );
  });
});
