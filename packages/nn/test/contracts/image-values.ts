import fc from "fast-check";
import { expect } from "vitest";
import {
  AdaptiveAvgPool2d,
  AdaptiveMaxPool2d,
  GlobalAvgPool2d,
  GlobalMaxPool2d,
  type Shape,
  SpatialDropout2d,
  UpSampling2d,
  ZeroPad2d,
} from "../../src/index.js";
import type { LayerValues } from "../support/layer-values.js";
import { EPSILON, expectNear } from "../support/sums.js";

// Layers over whole images, in float64 loops.

const side = fc.integer({ min: 1, max: 7 });
const image: fc.Arbitrary<readonly [number, number, number]> = fc.tuple(
  fc.integer({ min: 1, max: 9 }),
  side,
  side,
);
const keepDims = fc.record({ keepDims: fc.boolean() });
const pooledShape = (options: { readonly keepDims: boolean }, [channels]: Shape): Shape =>
  options.keepDims ? [channels!, 1, 1] : [channels!];

/** The places of each channel of each sample. */
function planes(length: number, [, height, width]: Shape): number[][] {
  const pixels = height! * width!;
  return Array.from({ length: length / pixels }, (_, plane) =>
    Array.from({ length: pixels }, (_, i) => plane * pixels + i),
  );
}

const globalAvgPool2d: LayerValues<{ readonly keepDims: boolean }> = {
  cases: fc.record({ options: keepDims, sample: image }),
  make: (options) => new GlobalAvgPool2d(options),
  outputShape: pooledShape,
  passes({ sample, x, dy, y, dx }) {
    planes(x.length, sample).forEach((places, plane) => {
      for (const i of places) {
        y.add(plane, x[i]! / places.length);
        dx.add(i, dy[plane]! / places.length);
      }
    });
  },
};

const globalMaxPool2d: LayerValues<{ readonly keepDims: boolean }> = {
  cases: fc.record({ options: keepDims, sample: image }),
  make: (options) => new GlobalMaxPool2d(options),
  outputShape: pooledShape,
  passes({ sample, x, dy, y, dx }) {
    planes(x.length, sample).forEach((places, plane) => {
      const greatest = Math.max(...places.map((i) => x[i]!));
      const equal = places.filter((i) => x[i] === greatest);
      y.add(plane, greatest);
      for (const i of equal) dx.add(i, dy[plane]! / equal.length);
    });
  },
};

const zeroPad2d: LayerValues<{ readonly padding: readonly [number, number, number, number] }> = {
  cases: fc.record({
    options: fc.record({ padding: fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2), fc.nat(2)) }),
    sample: image,
  }),
  make: (options) => new ZeroPad2d(options),
  outputShape: ({ padding: [top, bottom, left, right] }, [channels, height, width]) => [
    channels!,
    height! + top + bottom,
    width! + left + right,
  ],
  passes({ options: { padding }, sample: [, height, width], output: [, , outWidth], x, dy, y, dx }) {
    const [top, bottom, left] = padding;
    const rows = top + height! + bottom;
    x.forEach((value, i) => {
      const [plane, row, column] = [
        Math.floor(i / (height! * width!)),
        Math.floor(i / width!) % height!,
        i % width!,
      ];
      const to = (plane * rows + top + row) * outWidth! + left + column;
      y.add(to, value);
      dx.add(i, dy[to]!);
    });
  },
};

const upSampling2d: LayerValues<{ readonly size: readonly [number, number] }> = {
  cases: fc.record({
    options: fc.record({ size: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })) }),
    sample: image,
  }),
  make: (options) => new UpSampling2d(options),
  outputShape: ({ size }, [channels, height, width]) => [channels!, height! * size[0], width! * size[1]],
  passes({ options: { size }, sample: [, height, width], output: [, outHeight, outWidth], x, dy, y, dx }) {
    dy.forEach((flow, to) => {
      const plane = Math.floor(to / (outHeight! * outWidth!));
      const row = Math.floor((Math.floor(to / outWidth!) % outHeight!) / size[0]);
      const column = Math.floor((to % outWidth!) / size[1]);
      const from = (plane * height! + row) * width! + column;
      y.add(to, x[from]!);
      dx.add(from, flow);
    });
  },
};

const spatialDropout2d: LayerValues<{ readonly rate: number }> = {
  cases: fc.record({
    options: fc.record({ rate: fc.constantFrom(0, 0.25, 0.5) }),
    sample: fc.tuple(fc.integer({ min: 150, max: 400 }), fc.constantFrom(1, 2), fc.constantFrom(1, 3)),
  }),
  make: (options) => new SpatialDropout2d(options),
  passes({ x, y }) {
    x.forEach((value, i) => {
      y.add(i, value); // unless it is trained, it is nothing at all
    });
  },
  expectDrawn({ rate }, { x, dy, dx, loss, tolerance, sample }) {
    const drawn = planes(x.length, sample).map((places) => {
      const kept = places.filter((i) => dx[i] !== 0).length;
      expect([0, places.length]).toContain(kept);
      return kept > 0;
    });
    const kept = drawn.filter((is) => is).length;
    const deviation = Math.sqrt(drawn.length * rate * (1 - rate)); // of a binomial distribution
    expect(Math.abs(kept - drawn.length * (1 - rate))).toBeLessThanOrEqual(6 * deviation);
    // The kernel's rate is a multiple of 2⁻¹⁶, so 1/(1 − rate) is met to 2⁻¹⁷/(1 − rate) of itself.
    const off = (2 ** -17 / (1 - rate) + 4 * EPSILON) / (1 - rate);
    dx.forEach((value, i) => {
      const want = value === 0 ? 0 : dy[i]! / (1 - rate);
      expect(Math.abs(value - want)).toBeLessThanOrEqual(off * Math.abs(dy[i]!) + tolerance);
    });
    const products = dx.map((value, i) => value * x[i]!);
    const total = products.reduce((sum, term) => sum + Math.abs(term), 0);
    const error =
      (dx.length + 16) * EPSILON * total + tolerance * x.reduce((sum, value) => sum + Math.abs(value), 0);
    expectNear("the loss, of the gradient's mask", [loss], [products.reduce((a, b) => a + b, 0)], error);
  },
};

type Adaptive = { readonly outputSize: readonly [number, number] };
const adaptive = fc.record({
  options: fc.record({ outputSize: fc.tuple(side, side) }),
  sample: image,
});

/** The windows of each output along an axis: PyTorch's start_index and end_index. */
const windowsAlong = (size: number, count: number) =>
  Array.from({ length: count }, (_, i) => {
    const start = Math.floor((i * size) / count);
    return Array.from({ length: Math.ceil(((i + 1) * size) / count) - start }, (_, k) => start + k);
  });

/** Goes over the windows of all planes: rows and columns of a plane, where it begins in x, and the place in y. */
function eachWindow(
  length: number,
  [, height, width]: Shape,
  { outputSize: [rows, columns] }: Adaptive,
  visit: (
    at: (row: number, column: number) => number,
    rows: number[],
    columns: number[],
    out: number,
  ) => void,
): void {
  for (let plane = 0, out = 0; plane < length / (height! * width!); plane++) {
    const at = (row: number, column: number) => (plane * height! + row) * width! + column;
    for (const row of windowsAlong(height!, rows))
      for (const column of windowsAlong(width!, columns)) visit(at, row, column, out++);
  }
}

const adaptiveAvgPool2d: LayerValues<Adaptive> = {
  cases: adaptive,
  make: (options) => new AdaptiveAvgPool2d(options),
  outputShape: ({ outputSize }, [channels]) => [channels!, ...outputSize],
  passes({ options, sample, x, dy, y, dx }) {
    eachWindow(x.length, sample, options, (at, rows, columns, out) => {
      for (const row of rows)
        for (const column of columns) {
          y.add(out, x[at(row, column)]! / (rows.length * columns.length));
          dx.add(at(row, column), dy[out]! / (rows.length * columns.length));
        }
    });
  },
};

const adaptiveMaxPool2d: LayerValues<Adaptive> = {
  cases: adaptive,
  make: (options) => new AdaptiveMaxPool2d(options),
  outputShape: ({ outputSize }, [channels]) => [channels!, ...outputSize],
  passes({ options, sample, x, dy, y, dx }) {
    const even = options.outputSize.every((count, i) => sample[i + 1]! % count === 0);
    eachWindow(x.length, sample, options, (at, rows, columns, out) => {
      const valuesOf = (column: number) => rows.map((row) => x[at(row, column)]!);
      const greatest = Math.max(...columns.flatMap(valuesOf));
      y.add(out, greatest);
      const winners = columns.filter((column) => Math.max(...valuesOf(column)) === greatest);
      const places = winners.map((column) => rows.filter((row) => x[at(row, column)] === greatest));
      if (even)
        dx.add(
          Math.min(...winners.flatMap((column, i) => places[i]!.map((row) => at(row, column)))),
          dy[out]!,
        );
      else
        for (const [i, column] of winners.entries())
          for (const row of places[i]!)
            dx.add(at(row, column), dy[out]! / winners.length / places[i]!.length);
    });
  },
};

export const imageValues = {
  AdaptiveAvgPool2d: adaptiveAvgPool2d,
  AdaptiveMaxPool2d: adaptiveMaxPool2d,
  GlobalAvgPool2d: globalAvgPool2d,
  GlobalMaxPool2d: globalMaxPool2d,
  ZeroPad2d: zeroPad2d,
  UpSampling2d: upSampling2d,
  SpatialDropout2d: spatialDropout2d,
};
