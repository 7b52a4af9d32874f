import fc from "fast-check";
import { BatchNorm, GroupNorm, LayerNorm, RMSNorm, type Shape } from "../../src/index.js";
import type { LayerValues, Passes } from "../support/layer-values.js";

// Normalization in float64 loops, forward and backward, after the papers' equations: Ioffe & Szegedy, Algorithm 1 and section 3.

interface AffineCase {
  readonly epsilon: number;
  readonly scale: boolean;
  readonly center: boolean;
}

// ε is large enough that what is nearly constant is not blown up beyond what float32 can tell.
const affine = {
  epsilon: fc.constantFrom(0.01, 0.1, 1),
  scale: fc.boolean(),
  center: fc.boolean(),
};
/** Samples of every rank that has channels. */
export const channelled: fc.Arbitrary<Shape> = fc.oneof(
  fc.tuple(fc.integer({ min: 1, max: 40 })),
  fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 9 })),
  fc.tuple(fc.integer({ min: 1, max: 17 }), fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 })),
);

export interface ChannelOption {
  readonly axis: number | "auto";
}

export const channelAxis = fc.constantFrom("auto" as const, 1, -1);

/** Where the channels are in a sample: first in pictures, last in [steps, features], unless a number says it. */
function channelPlace({ axis }: ChannelOption, { length }: Shape): number {
  if (axis === "auto") return length === 2 ? 1 : 0;
  return axis === 1 ? 0 : length - 1;
}

export const channelsOf = (options: ChannelOption, sample: Shape) => sample[channelPlace(options, sample)]!;

/** The channel of each place of x. */
export function channelAt(options: ChannelOption, sample: Shape): (place: number) => number {
  const pixels = product(sample.slice(channelPlace(options, sample) + 1));
  return (place) => Math.floor(place / pixels) % channelsOf(options, sample);
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** Numbers of gamma and beta, if there are any. */
const affineShapes = ({ scale, center }: AffineCase, size: number): Record<string, Shape> => ({
  ...(scale && { gamma: [size] }),
  ...(center && { beta: [size] }),
});

/** Both passes where each set of places has a mean and a variance of its own. `owner` has the place of an element's γ and β. */
function normalize(
  passes: Passes<AffineCase>,
  sets: readonly (readonly number[])[],
  owner: (place: number) => number,
): { mean: number; variance: number }[] {
  const { options, x, dy, weights, y, dx, dw } = passes;
  const { epsilon } = options;
  return sets.map((places) => {
    const count = places.length;
    const mean = sum(places.map((i) => x[i]! / count));
    const variance = sum(places.map((i) => (x[i]! - mean) ** 2 / count));
    const root = 1 / Math.sqrt(variance + epsilon);
    const normal = places.map((i) => (x[i]! - mean) * root);
    const flows = places.map((i) => dy[i]! * (weights.gamma?.[owner(i)] ?? 1));
    const meanFlow = sum(flows) / count;
    const meanProduct = sum(flows.map((flow, j) => (flow * normal[j]!) / count));
    places.forEach((i, j) => {
      const gamma = weights.gamma?.[owner(i)] ?? 1;
      y.add(i, gamma * x[i]! * root, -gamma * mean * root, weights.beta?.[owner(i)] ?? 0);
      dx.add(i, flows[j]! * root, -meanFlow * root, -normal[j]! * meanProduct * root);
      dw.gamma?.add(owner(i), dy[i]! * x[i]! * root, -dy[i]! * mean * root);
      dw.beta?.add(owner(i), dy[i]!);
    });
    // The roundings of a set's sums are in each of its numbers, a few times over.
    for (const sums of [y, dx]) sums.carry(4 * count);
    dw.gamma?.carry(4 * count);
    return { mean, variance };
  });
}

/** All places of x, parted by a key. */
function setsBy(length: number, key: (place: number) => number): number[][] {
  const sets: number[][] = [];
  for (let i = 0; i < length; i++) {
    sets[key(i)] ??= [];
    sets[key(i)]!.push(i);
  }
  return sets;
}

const product = (shape: Shape) => shape.reduce((total, size) => total * size, 1);

const batchNorm: LayerValues<AffineCase & ChannelOption & { readonly momentum: number }> = {
  cases: fc.record({
    options: fc.record({ ...affine, axis: channelAxis, momentum: fc.constantFrom(0, 0.75, 0.99) }),
    sample: channelled,
  }),
  make: (options) => new BatchNorm(options),
  weightShapes: (options, sample) => ({
    ...affineShapes(options, channelsOf(options, sample)),
    movingMean: [channelsOf(options, sample)],
    movingVariance: [channelsOf(options, sample)],
  }),
  weightStart: (name, value) => (name === "movingVariance" ? Math.abs(value) + 0.25 : value),
  passes(passes) {
    const { options, training, sample, x, weights, y, dw } = passes;
    const channel = channelAt(options, sample);
    const { gamma, beta, movingMean, movingVariance } = weights;
    if (!training) {
      x.forEach((value, i) => {
        const c = channel(i);
        const factor = (gamma?.[c] ?? 1) / Math.sqrt(movingVariance![c]! + options.epsilon);
        y.add(i, value * factor, -movingMean![c]! * factor, beta?.[c] ?? 0);
      });
      return;
    }
    const found = normalize(passes, setsBy(x.length, channel), channel);
    // What a step takes off a moving average: (1 − momentum)·(old − new).
    const taken = 1 - options.momentum;
    found.forEach(({ mean, variance }, c) => {
      dw.movingMean!.add(c, taken * movingMean![c]!, -taken * mean);
      dw.movingVariance!.add(c, taken * movingVariance![c]!, -taken * variance);
      dw.movingMean!.carry(x.length);
      dw.movingVariance!.carry(2 * x.length);
    });
  },
};

const groupNorm: LayerValues<AffineCase & ChannelOption & { readonly groups: number }> = {
  cases: fc
    .record({
      options: fc.record({ ...affine, axis: channelAxis, groups: fc.integer({ min: 1, max: 4 }) }),
      sample: channelled,
    })
    .map(({ options, sample }) => ({
      options,
      sample: sample.map((size, i) => (i === channelPlace(options, sample) ? size * options.groups : size)),
    })),
  make: (options) => new GroupNorm(options),
  weightShapes: (options, sample) => affineShapes(options, channelsOf(options, sample)),
  passes(passes) {
    const { options, sample, x } = passes;
    const channel = channelAt(options, sample);
    const each = channelsOf(options, sample) / options.groups;
    const group = (place: number) =>
      Math.floor(place / product(sample)) * options.groups + Math.floor(channel(place) / each);
    normalize(passes, setsBy(x.length, group), channel);
  },
};

const featuresLast: fc.Arbitrary<Shape> = fc.oneof(
  fc.tuple(fc.constantFrom(1, 2, 3, 7, 8, 9, 33, 130)),
  fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 20 })),
  fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 9 })),
);

const layerNorm: LayerValues<AffineCase> = {
  cases: fc.record({ options: fc.record(affine), sample: featuresLast }),
  make: (options) => new LayerNorm(options),
  weightShapes: (options, sample) => affineShapes(options, sample.at(-1)!),
  passes(passes) {
    const features = passes.sample.at(-1)!;
    normalize(
      passes,
      setsBy(passes.x.length, (place) => Math.floor(place / features)),
      (place) => place % features,
    );
  },
};

const rmsNorm: LayerValues<{ readonly epsilon: number }> = {
  cases: fc.record({ options: fc.record({ epsilon: affine.epsilon }), sample: featuresLast }),
  make: (options) => new RMSNorm(options),
  weightShapes: (_, sample) => ({ gamma: [sample.at(-1)!] }),
  passes({ options, sample, x, dy, weights: { gamma }, y, dx, dw }) {
    const features = sample.at(-1)!;
    for (const places of setsBy(x.length, (place) => Math.floor(place / features))) {
      const root = 1 / Math.sqrt(sum(places.map((i) => x[i]! ** 2 / features)) + options.epsilon);
      // dx = root·(g − x·root²·Σ g·x/n), with g = γ·dy.
      const flows = places.map((i) => gamma![i % features]! * dy[i]!);
      const together = sum(places.map((i, j) => (flows[j]! * x[i]!) / features));
      places.forEach((i, j) => {
        y.add(i, gamma![i % features]! * x[i]! * root);
        dx.add(i, flows[j]! * root, -x[i]! * root ** 3 * together);
        dw.gamma!.add(i % features, dy[i]! * x[i]! * root);
      });
    }
    for (const sums of [y, dx, dw.gamma!]) sums.carry(4 * features);
  },
};

export const normValues = {
  BatchNorm: batchNorm,
  GroupNorm: groupNorm,
  LayerNorm: layerNorm,
  RMSNorm: rmsNorm,
};
