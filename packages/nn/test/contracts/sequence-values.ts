import fc from "fast-check";
import {
  GlobalAvgPool1d,
  GlobalMaxPool1d,
  MultiHeadAttention,
  PaddingMask,
  PositionEmbedding,
  type Shape,
  SinePositionEncoding,
} from "../../src/index.js";
import type { LayerValues, Passes } from "../support/layer-values.js";
import { largest, type Sums } from "../support/sums.js";

// Layers over sequences in float64 loops; the gradients of attention by central differences of these loops.

const small = fc.integer({ min: 1, max: 5 });
const sequence: fc.Arbitrary<Shape> = fc.tuple(
  fc.integer({ min: 1, max: 9 }),
  fc.integer({ min: 1, max: 17 }),
);
const range = (length: number) => Array.from({ length }, (_, i) => i);

const positionEmbedding: LayerValues<{ readonly sequenceLength: number }> = {
  cases: sequence.chain((sample) =>
    fc.record({
      options: fc.record({ sequenceLength: fc.integer({ min: sample[0]!, max: 12 }) }),
      sample: fc.constant(sample),
    }),
  ),
  make: (options) => new PositionEmbedding(options),
  weightShapes: ({ sequenceLength }, [, features]) => ({ embeddings: [sequenceLength, features!] }),
  passes({ sample, x, dy, weights: { embeddings }, y, dx, dw }) {
    const size = sample[0]! * sample[1]!;
    x.forEach((value, i) => {
      y.add(i, value, embeddings![i % size]!);
      dx.add(i, dy[i]!);
      dw.embeddings!.add(i % size, dy[i]!);
    });
  },
};

const sinePositionEncoding: LayerValues<{ readonly maxWavelength: number }> = {
  cases: fc.record({
    options: fc.record({ maxWavelength: fc.constantFrom(1, 50, 10_000) }),
    sample: fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 9 })),
  }),
  make: (options) => new SinePositionEncoding(options),
  passes({ options: { maxWavelength }, sample, x, dy, y, dx }) {
    const [steps, features] = sample as [number, number];
    x.forEach((value, i) => {
      const t = Math.floor(i / features) % steps;
      const j = i % features;
      const angle = t / maxWavelength ** ((j - (j % 2)) / features);
      y.add(i, value, j % 2 === 0 ? Math.sin(angle) : Math.cos(angle));
      dx.add(i, dy[i]!);
    });
    // The exponent, up to ln 10⁴, is off by a rounding or two of itself, and the angle by t times as much.
    y.carry(2 * 10 * steps);
  },
};

const paddingMask: LayerValues<{ readonly value: number }> = {
  cases: fc.record({ options: fc.record({ value: fc.constantFrom(0, 1, 2) }), sample: sequence }),
  make: (options) => new PaddingMask(options),
  passes({ options: { value }, x, y, dx }) {
    x.forEach((own, i) => {
      y.add(i, own === value ? 0 : 1);
      dx.add(i, 0);
    });
  },
};

/** What each feature of a sample is over the steps. */
function pooled(
  { batch, sample }: Passes<object>,
  each: (feature: number, places: readonly number[]) => void,
): void {
  const [steps, features] = sample as [number, number];
  for (let n = 0; n < batch; n++)
    for (let f = 0; f < features; f++)
      each(
        n * features + f,
        range(steps).map((t) => (n * steps + t) * features + f),
      );
}

const globalAvgPool1d: LayerValues<object> = {
  cases: fc.record({ options: fc.constant({}), sample: sequence }),
  make: () => new GlobalAvgPool1d(),
  outputShape: (_, [, features]) => [features!],
  passes(passes) {
    pooled(passes, (to, places) => {
      for (const i of places) {
        passes.y.add(to, passes.x[i]! / places.length);
        passes.dx.add(i, passes.dy[to]! / places.length);
      }
    });
  },
};

const globalMaxPool1d: LayerValues<object> = {
  cases: globalAvgPool1d.cases,
  make: () => new GlobalMaxPool1d(),
  outputShape: (_, [, features]) => [features!],
  passes(passes) {
    pooled(passes, (to, places) => {
      const most = Math.max(...places.map((i) => passes.x[i]!));
      const greatest = places.filter((i) => passes.x[i] === most);
      passes.y.add(to, most);
      for (const i of places) passes.dx.add(i, greatest.includes(i) ? passes.dy[to]! / greatest.length : 0);
    });
  },
};

export interface AttentionCase {
  readonly numHeads: number;
  readonly keyDim: number;
  readonly valueDim?: number;
  readonly outputDim?: number;
  readonly causal: boolean;
  readonly useBias: boolean;
}

type Weights = Readonly<Record<string, Float64Array>>;

/** A sequence of one sample: rows of features. */
type Rows = readonly (readonly number[])[];

/** x·W + b of each row. */
function projected(
  x: Rows,
  kernel: Float64Array,
  bias: Float64Array | undefined,
  columns: number,
): number[][] {
  return x.map((row) =>
    range(columns).map((j) =>
      row.reduce((total, value, i) => total + value * kernel[i * columns + j]!, bias?.[j] ?? 0),
    ),
  );
}

/** Attention of one sample, by its formula; `there` says which keys there are. */
export function attention(
  { numHeads, keyDim, valueDim = keyDim, outputDim, causal }: AttentionCase,
  weights: Weights,
  query: Rows,
  value: Rows = query,
  key: Rows = value,
  there: readonly boolean[] = key.map(() => true),
): number[][] {
  const part = (x: Rows, name: string, columns: number) =>
    projected(x, weights[`${name}Kernel`]!, weights[`${name}Bias`], columns);
  const q = part(query, "query", numHeads * keyDim);
  const k = part(key, "key", numHeads * keyDim);
  const v = part(value, "value", numHeads * valueDim);
  const seen = q.map((own, t) =>
    range(numHeads).flatMap((head) => {
      const visible = k.map((_, s) => there[s]! && !(causal && s > t));
      const scores = k.map((other, s) =>
        visible[s]
          ? range(keyDim).reduce(
              (total, i) => total + own[head * keyDim + i]! * other[head * keyDim + i]!,
              0,
            ) / Math.sqrt(keyDim)
          : Number.NEGATIVE_INFINITY,
      );
      const none = !visible.includes(true);
      const powers = scores.map((score) => (none ? 1 : Math.exp(score - Math.max(...scores))));
      const total = powers.reduce((a, b) => a + b);
      return range(valueDim).map((i) =>
        powers.reduce((sum, power, s) => sum + (power / total) * v[s]![head * valueDim + i]!, 0),
      );
    }),
  );
  return part(seen, "output", outputDim ?? query[0]!.length);
}

export function attentionShapes(
  { numHeads, keyDim, valueDim = keyDim, outputDim, useBias }: AttentionCase,
  [query, value = query, key = value]: readonly number[],
): Record<string, Shape> {
  const out = outputDim ?? query!;
  const shapes: [string, number, number][] = [
    ["query", query!, numHeads * keyDim],
    ["key", key!, numHeads * keyDim],
    ["value", value!, numHeads * valueDim],
    ["output", numHeads * valueDim, out],
  ];
  return Object.fromEntries(
    shapes.flatMap(([name, rows, columns]): [string, Shape][] => [
      [`${name}Kernel`, [rows, columns]],
      ...(useBias ? ([[`${name}Bias`, [columns]]] as [string, Shape][]) : []),
    ]),
  );
}

/** Numbers [steps, features] as rows, one sample behind the other. */
export function rowsOf(x: ArrayLike<number>, [steps, features]: Shape, sample: number): number[][] {
  return range(steps!).map((t) => range(features!).map((j) => x[(sample * steps! + t) * features! + j]!));
}

const multiHeadAttention: LayerValues<AttentionCase> = {
  cases: fc.record({
    options: fc.record(
      {
        numHeads: fc.integer({ min: 1, max: 3 }),
        keyDim: fc.integer({ min: 1, max: 3 }),
        valueDim: fc.integer({ min: 1, max: 2 }),
        outputDim: fc.integer({ min: 1, max: 3 }),
        causal: fc.boolean(),
        useBias: fc.boolean(),
      },
      { requiredKeys: ["numHeads", "keyDim", "causal", "useBias"] },
    ),
    sample: fc.tuple(small, fc.integer({ min: 1, max: 3 })),
  }),
  make: (options) => new MultiHeadAttention(options),
  outputShape: ({ outputDim }, [steps, features]) => [steps!, outputDim ?? features!],
  weightShapes: (options, [, features]) => attentionShapes(options, [features!]),
  // Large products would make scores whose exponentials float32 cannot tell apart.
  weightStart: (_, value) => value / 2,
  passes(passes) {
    const { options, batch, sample, x, dy, weights, y, dx, dw, training } = passes;
    const forward = (given: Float64Array, w: Weights) =>
      range(batch).flatMap((n) => attention(options, w, rowsOf(given, sample, n)).flat());
    forward(x, weights).forEach((value, i) => {
      y.add(i, value);
    });
    if (!training) return y.carry(400);
    const loss = (given: Float64Array, w: Weights) =>
      forward(given, w).reduce((total, value, i) => total + value * dy[i]!, 0);
    const slopes = (values: Float64Array, to: Sums, at: (changed: Float64Array) => number) => {
      values.forEach((_, i) => {
        const [above, below] = [Float64Array.from(values), Float64Array.from(values)];
        above[i]! += 1e-5;
        below[i]! -= 1e-5;
        to.add(i, (at(above) - at(below)) / 2e-5);
      });
    };
    slopes(x, dx, (changed) => loss(changed, weights));
    for (const [name, values] of Object.entries(weights))
      slopes(values, dw[name]!, (changed) => loss(x, { ...weights, [name]: changed }));
    // In the gradient of softmax numbers of the size of what flows through it cancel, which the small gradient that is left does not show.
    const flow = largest(x) * dy.reduce((total, value) => total + Math.abs(value), 0);
    const cancelled = (flow * 8) / (2 * 400);
    for (const sums of [dx, ...Object.values(dw)])
      sums.values.forEach((_, i) => {
        sums.add(i, cancelled, -cancelled);
      });
    for (const sums of [y, dx, ...Object.values(dw)]) sums.carry(400);
  },
};

export const sequenceValues = {
  PositionEmbedding: positionEmbedding,
  SinePositionEncoding: sinePositionEncoding,
  PaddingMask: paddingMask,
  GlobalAvgPool1d: globalAvgPool1d,
  GlobalMaxPool1d: globalMaxPool1d,
  MultiHeadAttention: multiHeadAttention,
};
