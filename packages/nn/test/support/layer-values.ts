import fc from "fast-check";
import type { Layer, Shape } from "../../src/index.js";
import type { Sums } from "./sums.js";

/** A layer's passes on one batch. All arrays are row-major; what a formula finds it adds to the sums. */
export interface Passes<Options> {
  readonly options: Options;
  readonly training: boolean;
  readonly batch: number;
  readonly sample: Shape;
  readonly output: Shape;
  readonly x: Float64Array;
  /** The loss is Σ dy·y. */
  readonly dy: Float64Array;
  readonly weights: Readonly<Record<string, Float64Array>>;
  readonly y: Sums;
  readonly dx: Sums;
  readonly dw: Readonly<Record<string, Sums>>;
}

/** What a step of training showed of a layer: its loss Σ dy·y and the gradient of x. */
export interface Seen {
  readonly sample: Shape;
  readonly x: Float64Array;
  readonly dy: Float64Array;
  readonly dx: Float64Array;
  readonly loss: number;
  /** By how much the loss and a gradient may be off for having been seen through float32 weights. */
  readonly tolerance: number;
}

/** One layer on the list. */
export interface LayerValues<Options> {
  /** Options and the shape of a sample that fits them. */
  readonly cases: fc.Arbitrary<{ readonly options: Options; readonly sample: Shape }>;
  make(options: Options): Layer;
  /** Default: the sample's own. */
  outputShape?(options: Options, sample: Shape): Shape;
  /** The parameters by the layer's own names; default none. */
  weightShapes?(options: Options, sample: Shape): Readonly<Record<string, Shape>>;
  /** The weights' values from any in (−1, 1), where not every value will do; those by default. */
  weightStart?(name: string, value: number): number;
  passes(passes: Passes<Options>): void;
  /** In place of comparing a training step with `passes`, for a layer that draws random numbers. */
  expectDrawn?(options: Options, seen: Seen): void;
}

/** Sizes around those of vectors, of tiles and of their multiples. */
export const width = fc.constantFrom(1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 65, 97);

/** A vector of any length, also beyond what a thread takes at once, or something with more dimensions. */
export const anySample: fc.Arbitrary<Shape> = fc.oneof(
  fc.tuple(width),
  fc.tuple(fc.integer({ min: 1, max: 3000 })),
  fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })),
);

/** A function of each element: its value and its slope at x, each as the terms of a sum. */
export function elementwise<Options extends object>(
  options: fc.Arbitrary<Options>,
  make: (options: Options) => Layer,
  at: (x: number, options: Options) => { readonly y: readonly number[]; readonly slope: readonly number[] },
): LayerValues<Options> {
  return {
    cases: fc.record({ options, sample: anySample }),
    make,
    passes({ options, x, dy, y, dx }) {
      x.forEach((value, i) => {
        const here = at(value, options);
        y.add(i, ...here.y);
        dx.add(i, ...here.slope.map((term) => dy[i]! * term));
      });
    },
  };
}
