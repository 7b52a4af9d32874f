import fc from "fast-check";
import {
  AvgPool1d,
  Conv1d,
  Conv2dTranspose,
  DepthwiseConv2d,
  MaxPool1d,
  RepeatVector,
  SeparableConv2d,
  type Shape,
} from "../../src/index.js";
import type { LayerValues, Passes } from "../support/layer-values.js";
import { countWindows, type Pads, type Pair, type WindowOptions, windows } from "../support/windows.js";

// What the layers compute that slide windows over steps, over each channel by itself, or the other way round.

const upTo = (most: number) => fc.integer({ min: 1, max: most });
const pairUpTo = (most: number): fc.Arbitrary<Pair> => fc.tuple(upTo(most), upTo(most));
const pads = fc.tuple(fc.nat(1), fc.nat(2), fc.nat(1), fc.nat(2));
const range = (length: number) => Array.from({ length }, (_, i) => i);

interface Depthwise extends WindowOptions {
  readonly depthMultiplier: number;
  readonly useBias: boolean;
}

const depthwiseOptions = {
  kernelSize: pairUpTo(3),
  stride: pairUpTo(3),
  dilation: pairUpTo(2),
  padding: fc.oneof(pads, fc.constant("same" as const)),
  depthMultiplier: upTo(3),
  useBias: fc.boolean(),
};
const image: fc.Arbitrary<Shape> = fc.tuple(
  fc.constantFrom(1, 2, 3, 4, 5, 8),
  fc.integer({ min: 5, max: 9 }),
  fc.integer({ min: 5, max: 11 }),
);

/** Every product x[from] · w[weight] that goes into place `out` of filter `filter` of each channel by itself. */
function eachOfDepthwise(
  { batch, sample, options }: Pick<Passes<Depthwise>, "batch" | "sample" | "options">,
  visit: (n: number, filter: number, place: number, from: number, weight: number) => void,
): number {
  const [channels, height, width] = sample as [number, number, number];
  const { depthMultiplier, kernelSize } = options;
  const all = windows([height, width], options);
  for (let n = 0; n < batch; n++)
    for (let filter = 0; filter < channels * depthMultiplier; filter++) {
      const channel = Math.floor(filter / depthMultiplier);
      all.forEach((elements, place) => {
        for (const { row, col, u, v } of elements) {
          const from = ((n * channels + channel) * height + row) * width + col;
          visit(n, filter, place, from, (filter * kernelSize[0] + u) * kernelSize[1] + v);
        }
      });
    }
  return all.length;
}

/** The bias of each of `filters` filters, added to all places, and its gradient. */
function addBias(
  { batch, output, dy, weights: { bias }, y, dw }: Passes<unknown>,
  at: (n: number, place: number, filter: number) => number,
  filters: number,
): void {
  if (!bias) return;
  const places = output.reduce((product, size) => product * size, 1) / filters;
  for (let n = 0; n < batch; n++)
    for (let place = 0; place < places; place++)
      for (let f = 0; f < filters; f++) {
        y.add(at(n, place, f), bias[f]!);
        dw.bias!.add(f, dy[at(n, place, f)]!);
      }
}

const depthwiseConv2d: LayerValues<Depthwise> = {
  cases: fc.record({ options: fc.record(depthwiseOptions), sample: image }),
  make: (options) => new DepthwiseConv2d(options),
  outputShape: (options, [channels, height, width]) => [
    channels! * options.depthMultiplier,
    ...countWindows([height!, width!], options),
  ],
  weightShapes: ({ depthMultiplier, kernelSize, useBias }, [channels]) => ({
    kernel: [channels! * depthMultiplier, 1, ...kernelSize],
    ...(useBias && { bias: [channels! * depthMultiplier] }),
  }),
  passes(passes) {
    const { output, x, dy, weights, y, dx, dw } = passes;
    const [filters, height, width] = output as [number, number, number];
    eachOfDepthwise(passes, (n, filter, place, from, weight) => {
      const out = (n * filters + filter) * height * width + place;
      y.add(out, x[from]! * weights.kernel![weight]!);
      dx.add(from, dy[out]! * weights.kernel![weight]!);
      dw.kernel!.add(weight, dy[out]! * x[from]!);
    });
    addBias(passes, (n, place, f) => (n * filters + f) * height * width + place, filters);
  },
};

const separableConv2d: LayerValues<Depthwise & { readonly filters: number }> = {
  cases: fc.record({
    options: fc.record({ ...depthwiseOptions, filters: fc.constantFrom(1, 2, 5, 9) }),
    sample: image,
  }),
  make: (options) => new SeparableConv2d(options),
  outputShape: (options, [, height, width]) => [options.filters, ...countWindows([height!, width!], options)],
  weightShapes: ({ depthMultiplier, filters, kernelSize, useBias }, [channels]) => ({
    depthwiseKernel: [channels! * depthMultiplier, 1, ...kernelSize],
    pointwiseKernel: [filters, channels! * depthMultiplier, 1, 1],
    ...(useBias && { bias: [filters] }),
  }),
  passes(passes) {
    const { options, sample, output, x, dy, weights, y, dx, dw } = passes;
    const { depthwiseKernel: w, pointwiseKernel: p } = weights;
    const [filters, height, width] = output as [number, number, number];
    const between = sample[0]! * options.depthMultiplier;
    eachOfDepthwise(passes, (n, k, place, from, weight) => {
      for (let f = 0; f < filters; f++) {
        const out = (n * filters + f) * height * width + place;
        const own = f * between + k;
        y.add(out, x[from]! * w![weight]! * p![own]!);
        dx.add(from, dy[out]! * w![weight]! * p![own]!);
        dw.depthwiseKernel!.add(weight, dy[out]! * x[from]! * p![own]!);
        dw.pointwiseKernel!.add(own, dy[out]! * x[from]! * w![weight]!);
      }
    });
    addBias(passes, (n, place, f) => (n * filters + f) * height * width + place, filters);
  },
};

interface Transposed extends WindowOptions {
  readonly filters: number;
  readonly groups: number;
  readonly outputPadding?: Pair;
  readonly useBias: boolean;
}

/** The output's size along an axis and the rows that are left out before it. */
function grown(
  size: number,
  axis: 0 | 1,
  { kernelSize, stride, dilation, padding, outputPadding }: Transposed,
): Pair {
  const reach = dilation[axis] * (kernelSize[axis] - 1) + 1;
  if (padding === "same") return [size * stride[axis], Math.floor(Math.max(0, reach - stride[axis]) / 2)];
  const more = outputPadding ? reach + outputPadding[axis] : Math.max(stride[axis], reach);
  const whole = (size - 1) * stride[axis] + more;
  return [whole - padding[2 * axis]! - padding[2 * axis + 1]!, padding[2 * axis]!];
}

const conv2dTranspose: LayerValues<Transposed> = {
  cases: fc
    .record({
      options: fc.record({
        groups: fc.constantFrom(1, 1, 2, 3),
        outputPadding: fc.option(fc.tuple(fc.nat(2), fc.nat(2)), { nil: undefined }),
        filters: fc.constantFrom(1, 2, 5, 8),
        kernelSize: pairUpTo(4),
        stride: pairUpTo(3),
        dilation: pairUpTo(2),
        padding: fc.oneof(pads, fc.constant("same" as const)) as fc.Arbitrary<Pads | "same">,
        useBias: fc.boolean(),
      }),
      sample: fc.tuple(
        fc.constantFrom(1, 2, 3, 8),
        fc.integer({ min: 4, max: 7 }),
        fc.integer({ min: 4, max: 6 }),
      ),
    })
    .map(({ options: { outputPadding, ...options }, sample: [channels, ...sides] }) => ({
      options: {
        ...options,
        filters: options.filters * options.groups,
        ...(outputPadding &&
          options.padding !== "same" && {
            outputPadding: outputPadding.map((more, axis) => more % options.stride[axis]!) as unknown as Pair,
          }),
      },
      sample: [channels * options.groups, ...sides],
    })),
  make: (options) => new Conv2dTranspose(options),
  outputShape: (options, [, height, width]) => [
    options.filters,
    grown(height!, 0, options)[0],
    grown(width!, 1, options)[0],
  ],
  weightShapes: ({ filters, groups, kernelSize, useBias }, [channels]) => ({
    kernel: [channels!, filters / groups, ...kernelSize],
    ...(useBias && { bias: [filters] }),
  }),
  passes(passes) {
    const { options, batch, sample, output, x, dy, weights, y, dx, dw } = passes;
    const { filters, groups, kernelSize, stride, dilation } = options;
    const [channels, height, width] = sample as [number, number, number];
    const each = filters / groups;
    const [outHeight, top] = grown(height, 0, options);
    const [outWidth, left] = grown(width, 1, options);
    for (let n = 0; n < batch; n++)
      for (let c = 0; c < channels; c++)
        for (let i = 0; i < height; i++)
          for (let j = 0; j < width; j++)
            for (let g = 0; g < each; g++)
              for (let u = 0; u < kernelSize[0]; u++)
                for (let v = 0; v < kernelSize[1]; v++) {
                  const row = i * stride[0] + u * dilation[0] - top;
                  const col = j * stride[1] + v * dilation[1] - left;
                  if (row < 0 || row >= outHeight || col < 0 || col >= outWidth) continue;
                  const from = ((n * channels + c) * height + i) * width + j;
                  const weight = ((c * each + g) * kernelSize[0] + u) * kernelSize[1] + v;
                  // A group of channels makes a group of filters.
                  const f = Math.floor((c * groups) / channels) * each + g;
                  const out = ((n * filters + f) * outHeight + row) * outWidth + col;
                  y.add(out, x[from]! * weights.kernel![weight]!);
                  dx.add(from, dy[out]! * weights.kernel![weight]!);
                  dw.kernel!.add(weight, dy[out]! * x[from]!);
                }
    const pixels = output[1]! * output[2]!;
    addBias(passes, (n, place, f) => (n * filters + f) * pixels + place, filters);
  },
};

interface Steps {
  readonly kernelSize: number;
  readonly stride: number;
  readonly dilation?: number;
  readonly padding: number | "same" | "valid" | "causal";
}

/** The windows over a sequence: of each, the steps that it covers and at which of its places. */
function stepsOf(
  steps: number,
  { kernelSize, stride, dilation = 1, padding }: Steps,
): { t: number; u: number }[][] {
  const reach = dilation * (kernelSize - 1);
  const covered = (Math.ceil(steps / stride) - 1) * stride + reach + 1;
  const same = Math.max(0, covered - steps);
  const before = { same: Math.floor(same / 2), valid: 0, causal: reach };
  const behind = { same: same - before.same, valid: 0, causal: 0 };
  const [first, last] = typeof padding === "number" ? [padding, padding] : [before[padding], behind[padding]];
  const all: { t: number; u: number }[][] = [];
  for (let start = -first; start + reach < steps + last; start += stride)
    all.push(
      range(kernelSize)
        .map((u) => ({ t: start + u * dilation, u }))
        .filter(({ t }) => t >= 0 && t < steps),
    );
  return all;
}

const conv1d: LayerValues<
  Steps & { readonly filters: number; readonly groups: number; readonly useBias: boolean }
> = {
  cases: fc
    .record({
      each: fc.tuple(fc.constantFrom(1, 2, 3, 5, 8), fc.constantFrom(1, 2, 4, 9)),
      groups: fc.constantFrom(1, 1, 2, 3),
      steps: fc.integer({ min: 5, max: 40 }),
      kernelSize: upTo(3),
      stride: upTo(3),
      dilation: upTo(2),
      padding: fc.constantFrom("same" as const, "valid" as const, "causal" as const, 0, 1, 2),
      useBias: fc.boolean(),
    })
    .map(({ each: [channels, filters], steps, ...options }) => ({
      options: { ...options, filters: filters * options.groups },
      sample: [steps, channels * options.groups],
    })),
  make: (options) => new Conv1d(options),
  outputShape: (options, [steps]) => [stepsOf(steps!, options).length, options.filters],
  weightShapes: ({ filters, groups, kernelSize, useBias }, [, channels]) => ({
    kernel: [filters, channels! / groups, kernelSize],
    ...(useBias && { bias: [filters] }),
  }),
  passes(passes) {
    const { options, batch, sample, x, dy, weights, y, dx, dw } = passes;
    const { filters, groups, kernelSize } = options;
    const [steps, channels] = sample as [number, number];
    const perGroup = channels / groups;
    const all = stepsOf(steps, options);
    for (let n = 0; n < batch; n++)
      all.forEach((covered, place) => {
        for (let f = 0; f < filters; f++) {
          const out = (n * all.length + place) * filters + f;
          const group = Math.floor(f / (filters / groups));
          for (const { t, u } of covered)
            for (let c = 0; c < perGroup; c++) {
              const from = (n * steps + t) * channels + group * perGroup + c;
              const weight = (f * perGroup + c) * kernelSize + u;
              y.add(out, x[from]! * weights.kernel![weight]!);
              dx.add(from, dy[out]! * weights.kernel![weight]!);
              dw.kernel!.add(weight, dy[out]! * x[from]!);
            }
        }
      });
    addBias(passes, (n, place, f) => (n * all.length + place) * filters + f, filters);
  },
};

const poolOptions = {
  kernelSize: fc.integer({ min: 2, max: 4 }),
  stride: upTo(3),
  padding: fc.constantFrom("same" as const, "valid" as const, 0, 1),
};
const sequence: fc.Arbitrary<Shape> = fc.tuple(
  fc.integer({ min: 4, max: 20 }),
  fc.constantFrom(1, 2, 3, 4, 5, 9),
);

/** `use` gets each output's index and the elements of its window, in the order of their steps. */
function overFeatures(
  { batch, sample, options }: Pick<Passes<Steps>, "batch" | "sample" | "options">,
  use: (out: number, elements: readonly number[]) => void,
): void {
  const [steps, features] = sample as [number, number];
  const all = stepsOf(steps, options);
  for (let n = 0; n < batch; n++)
    all.forEach((covered, place) => {
      for (let c = 0; c < features; c++)
        use(
          (n * all.length + place) * features + c,
          covered.map(({ t }) => (n * steps + t) * features + c),
        );
    });
}

const maxPool1d: LayerValues<Steps & { readonly padding: number | "same" | "valid" }> = {
  cases: fc.record({ options: fc.record(poolOptions), sample: sequence }),
  make: (options) => new MaxPool1d(options),
  outputShape: (options, [steps, features]) => [stepsOf(steps!, options).length, features!],
  passes({ x, dy, y, dx, ...given }) {
    overFeatures(given, (out, elements) => {
      const first = elements.reduce((best, at) => (x[at]! > x[best]! ? at : best)); // the first of equal ones
      y.add(out, x[first]!);
      dx.add(first, dy[out]!);
    });
  },
};

const avgPool1d: LayerValues<
  Steps & { readonly padding: number | "same" | "valid"; readonly includePadding: boolean }
> = {
  cases: fc.record({
    options: fc.record({ ...poolOptions, includePadding: fc.boolean() }),
    sample: sequence,
  }),
  make: (options) => new AvgPool1d(options),
  outputShape: (options, [steps, features]) => [stepsOf(steps!, options).length, features!],
  passes({ x, dy, y, dx, ...given }) {
    const { includePadding, kernelSize } = given.options;
    overFeatures(given, (out, elements) => {
      const counted = includePadding ? kernelSize : elements.length;
      for (const at of elements) {
        y.add(out, x[at]! / counted);
        dx.add(at, dy[out]! / counted);
      }
    });
  },
};

const repeatVector: LayerValues<{ readonly n: number }> = {
  cases: fc.record({ options: fc.record({ n: upTo(7) }), sample: fc.tuple(fc.integer({ min: 1, max: 65 })) }),
  make: (options) => new RepeatVector(options),
  outputShape: ({ n }, [features]) => [n, features!],
  passes({ options: { n }, sample, x, dy, y, dx }) {
    const features = sample[0]!;
    x.forEach((value, i) => {
      for (let t = 0; t < n; t++) {
        const out = (Math.floor(i / features) * n + t) * features + (i % features);
        y.add(out, value);
        dx.add(i, dy[out]!);
      }
    });
  },
};

export const convValues = {
  DepthwiseConv2d: depthwiseConv2d,
  SeparableConv2d: separableConv2d,
  Conv2dTranspose: conv2dTranspose,
  Conv1d: conv1d,
  MaxPool1d: maxPool1d,
  AvgPool1d: avgPool1d,
  RepeatVector: repeatVector,
};
