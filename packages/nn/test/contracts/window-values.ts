import fc from "fast-check";
import { AvgPool2d, Conv2d, MaxPool2d, type Shape } from "../../src/index.js";
import type { LayerValues, Passes } from "../support/layer-values.js";
import { countWindows, type Pads, type Pair, windows } from "../support/windows.js";

// What the layers compute that slide a window over images.

const bit = fc.constantFrom(0, 1);
const pad = fc.nat(2);
const pairUpTo = (most: number): fc.Arbitrary<Pair> =>
  fc.tuple(fc.integer({ min: 1, max: most }), fc.integer({ min: 1, max: most }));
interface WindowOptions {
  readonly kernelSize: Pair;
  readonly stride: Pair;
  readonly padding: Pads | "same";
}

interface ConvOptions extends WindowOptions {
  readonly filters: number;
  readonly dilation: Pair;
  readonly groups: number;
  readonly useBias: boolean;
}

/** Channels are a multiple of the groups; filters too. */
const convCases = fc
  .oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        each: fc.tuple(fc.constantFrom(1, 2, 3, 5), fc.constantFrom(1, 2, 4, 5)),
        groups: fc.constantFrom(1, 1, 2, 3),
        image: fc.tuple(fc.integer({ min: 5, max: 9 }), fc.integer({ min: 5, max: 11 })),
        kernelSize: pairUpTo(3),
        stride: pairUpTo(3),
        dilation: pairUpTo(2),
        padding: fc.oneof(fc.tuple(bit, pad, bit, pad) as fc.Arbitrary<Pads>, fc.constant("same" as const)),
      }),
    },
    {
      // Many channels and no stride, as in the networks that are used: they have fast ways of their own.
      weight: 1,
      arbitrary: fc.record({
        each: fc.tuple(fc.constantFrom(8, 9, 16), fc.constantFrom(8, 11, 16)),
        groups: fc.constant(1),
        image: fc.tuple(fc.integer({ min: 10, max: 14 }), fc.integer({ min: 10, max: 13 })),
        kernelSize: fc.constant<Pair>([3, 3]),
        stride: fc.constant<Pair>([1, 1]),
        dilation: fc.constant<Pair>([1, 1]),
        padding: fc.constantFrom<Pads | "same">([0, 0, 0, 0], "same"),
      }),
    },
  )
  .chain(({ each: [channels, filters], image, ...options }) =>
    fc.record({
      options: fc.record({
        ...constants(options),
        filters: fc.constant(filters * options.groups),
        useBias: fc.boolean(),
      }),
      sample: fc.constant<Shape>([channels * options.groups, ...image]),
    }),
  );

function constants<T extends object>(values: T): { [Key in keyof T]: fc.Arbitrary<T[Key]> } {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, fc.constant(value)])) as never;
}

const poolWindows = {
  kernelSize: fc.tuple(fc.integer({ min: 2, max: 3 }), fc.integer({ min: 2, max: 4 })),
  stride: pairUpTo(3),
  padding: fc.oneof(fc.tuple(bit, bit, bit, bit), fc.constant("same" as const)),
};
const poolSample: fc.Arbitrary<Shape> = fc.tuple(
  fc.constantFrom(1, 2, 3, 4, 5, 9),
  fc.integer({ min: 4, max: 9 }),
  fc.integer({ min: 4, max: 13 }),
);

function windowShape(
  channels: number,
  { kernelSize, stride, padding, dilation = [1, 1] }: WindowOptions & { readonly dilation?: Pair },
  [, height, width]: Shape,
): Shape {
  return [channels, ...countWindows([height!, width!], { kernelSize, stride, padding, dilation })];
}

/** What goes over each plane of a pooling layer: `use` gets the output's index and the elements of its window, in row-major order. */
function overPlanes(
  { batch, sample, options }: Pick<Passes<WindowOptions>, "batch" | "sample" | "options">,
  use: (out: number, elements: readonly number[]) => void,
): void {
  const [channels, height, width] = sample as [number, number, number];
  let out = 0;
  for (let plane = 0; plane < batch * channels; plane++) {
    for (const elements of windows([height, width], { ...options, dilation: [1, 1] })) {
      use(
        out++,
        elements.map(({ row, col }) => (plane * height + row) * width + col),
      );
    }
  }
}

export const conv2d: LayerValues<ConvOptions> = {
  cases: convCases,
  make: (options) => new Conv2d(options),
  outputShape: (options, sample) => windowShape(options.filters, options, sample),
  weightShapes: ({ filters, groups, kernelSize, useBias }, [channels]) => ({
    kernel: [filters, channels! / groups, ...kernelSize],
    ...(useBias && { bias: [filters] }),
  }),
  passes({ options, batch, sample, x, dy, weights: { kernel, bias }, y, dx, dw }) {
    const { filters, groups, kernelSize, useBias } = options;
    const [channels, height, width] = sample as [number, number, number];
    const perGroup = channels / groups;
    const places = windows([height, width], options);
    for (let n = 0; n < batch; n++)
      for (let f = 0; f < filters; f++) {
        const group = Math.floor(f / (filters / groups));
        places.forEach((elements, place) => {
          const out = (n * filters + f) * places.length + place;
          const g = dy[out]!;
          for (let c = 0; c < perGroup; c++)
            for (const { row, col, u, v } of elements) {
              const from = ((n * channels + group * perGroup + c) * height + row) * width + col;
              const weight = ((f * perGroup + c) * kernelSize[0] + u) * kernelSize[1] + v;
              y.add(out, x[from]! * kernel![weight]!);
              dx.add(from, g * kernel![weight]!);
              dw.kernel!.add(weight, g * x[from]!);
            }
          if (!useBias) return;
          y.add(out, bias![f]!);
          dw.bias!.add(f, g);
        });
      }
  },
};

export const maxPool2d: LayerValues<WindowOptions> = {
  cases: fc.record({ options: fc.record(poolWindows), sample: poolSample }),
  make: (options) => new MaxPool2d(options),
  outputShape: (options, sample) => windowShape(sample[0]!, options, sample),
  passes({ x, dy, y, dx, ...given }) {
    overPlanes(given, (out, elements) => {
      const first = elements.reduce((best, at) => (x[at]! > x[best]! ? at : best)); // the first of equal ones
      y.add(out, x[first]!);
      dx.add(first, dy[out]!);
    });
  },
};

export const avgPool2d: LayerValues<WindowOptions & { readonly includePadding: boolean }> = {
  cases: fc.record({
    options: fc.record({ ...poolWindows, includePadding: fc.boolean() }),
    sample: poolSample,
  }),
  make: (options) => new AvgPool2d(options),
  outputShape: (options, sample) => windowShape(sample[0]!, options, sample),
  passes({ x, dy, y, dx, ...given }) {
    const { includePadding, kernelSize } = given.options;
    overPlanes(given, (out, elements) => {
      const counted = includePadding ? kernelSize[0] * kernelSize[1] : elements.length;
      for (const at of elements) {
        y.add(out, x[at]! / counted);
        dx.add(at, dy[out]! / counted);
      }
    });
  },
};
