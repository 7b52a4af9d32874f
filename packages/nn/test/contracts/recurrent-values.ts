import fc from "fast-check";
import { GRU, type Layer, LSTM, type Shape, SimpleRNN } from "../../src/index.js";
import type { LayerValues, Passes } from "../support/layer-values.js";
import { largest } from "../support/sums.js";

// Recurrent layers in float64 loops, step by step; their gradients by central differences of these loops.

interface RecurrentCase {
  readonly units: number;
  readonly returnSequences: boolean;
  readonly bidirectional: boolean;
  readonly useBias: boolean;
}

type Weights = Readonly<Record<string, Float64Array>>;

/** h after a step, and what else is carried, from x·W + b, h·U + c and what was. */
type Cell = (x: number[], h: number[], carry: number[][], units: number) => number[][];

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
const range = (length: number) => Array.from({ length }, (_, i) => i);

/** x·W + b of one row, W [rows.length, width]. */
function affine(
  row: ArrayLike<number>,
  w: Float64Array,
  width: number,
  b: Float64Array | undefined,
): number[] {
  return range(width).map((j) => {
    let total = b?.[j] ?? 0;
    for (let i = 0; i < row.length; i++) total += row[i]! * w[i * width + j]!;
    return total;
  });
}

const cells: Readonly<Record<string, { gates: number; carried: number; cell: Cell }>> = {
  SimpleRNN: { gates: 1, carried: 1, cell: (x, h) => [x.map((z, j) => Math.tanh(z + h[j]!))] },
  LSTM: {
    gates: 4,
    carried: 2,
    cell: (x, h, [, c], units) => {
      const z = (gate: number, j: number) => x[gate * units + j]! + h[gate * units + j]!;
      const after = range(units).map(
        (j) => sigmoid(z(1, j) + 0.5) * c![j]! + sigmoid(z(0, j)) * Math.tanh(z(2, j)),
      );
      return [after.map((value, j) => sigmoid(z(3, j)) * Math.tanh(value)), after];
    },
  },
  GRU: {
    gates: 3,
    carried: 1,
    cell: (x, h, [before], units) => [
      range(units).map((j) => {
        const z = sigmoid(x[j]! + h[j]!);
        const r = sigmoid(x[units + j]! + h[units + j]!);
        const n = Math.tanh(x[2 * units + j]! + r * h[2 * units + j]!);
        return z * before![j]! + (1 - z) * n;
      }),
    ],
  },
};

/** All outputs of a batch, row-major. */
function forward(
  type: string,
  { options: { units, returnSequences, bidirectional }, batch, sample }: Passes<RecurrentCase>,
  x: Float64Array,
  weights: Weights,
): number[] {
  const { gates, carried, cell } = cells[type]!;
  const [steps, features] = sample as [number, number];
  const width = gates * units;
  const direction = (n: number, prefix: string, times: readonly number[]) => {
    const of = (name: string) =>
      weights[prefix ? `${prefix}${name[0]!.toUpperCase()}${name.slice(1)}` : name];
    const all: number[][] = [];
    let carry = range(carried).map(() => new Array<number>(units).fill(0));
    for (const t of times) {
      const row = x.subarray((n * steps + t) * features, (n * steps + t + 1) * features);
      const projected = affine(row, of("kernel")!, width, of("bias"));
      const h = affine(carry[0]!, of("recurrentKernel")!, width, of("recurrentBias"));
      carry = cell(projected, h, carry, units);
      all[t] = carry[0]!;
    }
    return { all, last: carry[0]! };
  };
  return range(batch).flatMap((n) => {
    const there = direction(n, "", range(steps));
    const back = bidirectional ? direction(n, "backward", range(steps).reverse()) : undefined;
    return returnSequences
      ? range(steps).flatMap((t) => [...there.all[t]!, ...(back?.all[t] ?? [])])
      : [...there.last, ...(back?.last ?? [])];
  });
}

function recurrent(
  type: string,
  make: (options: RecurrentCase) => Layer,
  recurrentBias = false,
): LayerValues<RecurrentCase> {
  const small = fc.integer({ min: 1, max: 3 });
  return {
    cases: fc.record({
      options: fc.record({
        units: small,
        returnSequences: fc.boolean(),
        bidirectional: fc.boolean(),
        useBias: fc.boolean(),
      }),
      sample: fc.tuple(fc.integer({ min: 1, max: 4 }), small),
    }),
    make,
    outputShape: ({ units, returnSequences, bidirectional }, [steps]) => {
      const outputs = bidirectional ? 2 * units : units;
      return returnSequences ? [steps!, outputs] : [outputs];
    },
    weightShapes({ units, bidirectional, useBias }, [, features]) {
      const width = cells[type]!.gates * units;
      const shapes: [string, Shape][] = [
        ["kernel", [features!, width]],
        ["recurrentKernel", [units, width]],
        ...(useBias ? ([["bias", [width]]] as [string, Shape][]) : []),
        ...(useBias && recurrentBias ? ([["recurrentBias", [width]]] as [string, Shape][]) : []),
      ];
      const backward = shapes.map(([name, shape]): [string, Shape] => [
        `backward${name[0]!.toUpperCase()}${name.slice(1)}`,
        shape,
      ]);
      return Object.fromEntries(bidirectional ? [...shapes, ...backward] : shapes);
    },
    passes(passes) {
      const { x, dy, weights, y, dx, dw, training } = passes;
      forward(type, passes, x, weights).forEach((value, i) => {
        y.add(i, value);
      });
      // Only training looks at gradients.
      if (!training) return y.carry(400);
      const loss = (given: Float64Array, w: Weights) =>
        forward(type, passes, given, w).reduce((total, value, i) => total + value * dy[i]!, 0);
      const slope = (values: Float64Array, i: number, at: (changed: Float64Array) => number) => {
        const [above, below] = [Float64Array.from(values), Float64Array.from(values)];
        above[i]! += 1e-5;
        below[i]! -= 1e-5;
        return (at(above) - at(below)) / 2e-5;
      };
      x.forEach((_, i) => {
        dx.add(
          i,
          slope(x, i, (changed) => loss(changed, weights)),
        );
      });
      for (const [name, values] of Object.entries(weights))
        values.forEach((_, i) => {
          dw[name]!.add(
            i,
            slope(values, i, (changed) => loss(x, { ...weights, [name]: changed })),
          );
        });
      // A gate near its end has a slope of 1 − t², or t(1 − t), in which numbers of size 1 cancel: eight roundings of what flows through it, which
      // the small gradient that is left does not show. With the 400 of below, so much beside each element makes that bound.
      const flow = largest(x) * dy.reduce((total, value) => total + Math.abs(value), 0);
      const cancelled = (flow * 8) / (2 * 400);
      for (const sums of [dx, ...Object.values(dw)])
        sums.values.forEach((_, i) => {
          sums.add(i, cancelled, -cancelled);
        });
      // Each number has gone through every step, with a few roundings in each gate, of numbers up to 6.
      for (const sums of [y, dx, ...Object.values(dw)]) sums.carry(400);
    },
  };
}

export const recurrentValues = {
  SimpleRNN: recurrent("SimpleRNN", (options) => new SimpleRNN(options)),
  LSTM: recurrent("LSTM", (options) => new LSTM({ ...options, forgetBias: 0.5 })),
  GRU: recurrent("GRU", (options) => new GRU(options), true),
};
