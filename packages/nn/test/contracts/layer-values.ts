import fc from "fast-check";
import { expect } from "vitest";
import { Dense, Dropout, ELU, Flatten, LeakyReLU, ReLU, Sigmoid, Softmax, Tanh } from "../../src/index.js";
import { anySample, elementwise, type LayerValues, width } from "../support/layer-values.js";
import { EPSILON, expectNear } from "../support/sums.js";
import { avgPool2d, conv2d, maxPool2d } from "./window-values.js";

// What every layer computes, forward and backward, written down once more in float64 loops that share nothing with the library.

const none = fc.constant({});

const dense: LayerValues<{ readonly units: number; readonly useBias: boolean }> = {
  cases: fc.record({ options: fc.record({ units: width, useBias: fc.boolean() }), sample: fc.tuple(width) }),
  make: (options) => new Dense(options),
  outputShape: ({ units }) => [units],
  weightShapes: ({ units, useBias }, [inputs]) => ({
    kernel: [inputs!, units],
    ...(useBias && { bias: [units] }),
  }),
  passes({ options: { units, useBias }, batch, sample, x, dy, weights: { kernel, bias }, y, dx, dw }) {
    const inputs = sample[0]!;
    for (let n = 0; n < batch; n++)
      for (let j = 0; j < units; j++) {
        const g = dy[n * units + j]!;
        for (let i = 0; i < inputs; i++) {
          y.add(n * units + j, x[n * inputs + i]! * kernel![i * units + j]!);
          dx.add(n * inputs + i, g * kernel![i * units + j]!);
          dw.kernel!.add(i * units + j, g * x[n * inputs + i]!);
        }
        if (!useBias) continue;
        y.add(n * units + j, bias![j]!);
        dw.bias!.add(j, g);
      }
  },
};

const softmax: LayerValues<object> = {
  cases: fc.record({ options: none, sample: anySample }),
  make: () => new Softmax(),
  passes({ x, dy, sample, y, dx }) {
    const cols = sample.at(-1)!;
    for (let start = 0; start < x.length; start += cols) {
      const row = x.subarray(start, start + cols);
      const greatest = row.reduce((a, b) => Math.max(a, b));
      const powers = row.map((value) => Math.exp(value - greatest));
      const total = powers.reduce((a, b) => a + b);
      const p = powers.map((power) => power / total);
      const mean = p.reduce((sum, share, j) => sum + share * dy[start + j]!, 0);
      p.forEach((share, j) => {
        y.add(start + j, share);
        dx.add(start + j, share * dy[start + j]!, -share * mean);
      });
    }
    // As many roundings as a row has numbers go into their total, and into the mean of dy.
    y.carry(cols);
    dx.carry(cols);
  },
};

const dropout: LayerValues<{ readonly rate: number }> = {
  cases: fc.record({
    options: fc.record({ rate: fc.constantFrom(0, 0.1, 0.25, 0.5, 0.9) }),
    sample: fc.tuple(fc.integer({ min: 300, max: 3000 })),
  }),
  make: (options) => new Dropout(options),
  passes({ x, y }) {
    x.forEach((value, i) => {
      y.add(i, value); // unless it is trained, it is nothing at all
    });
  },
  expectDrawn({ rate }, { x, dy, dx, loss, tolerance }) {
    const kept = dx.reduce((count, value) => count + (value === 0 ? 0 : 1), 0);
    const deviation = Math.sqrt(dx.length * rate * (1 - rate)); // of a binomial distribution
    expect(Math.abs(kept - dx.length * (1 - rate))).toBeLessThanOrEqual(6 * deviation);
    // The kernel's rate is a multiple of 2⁻¹⁶, so 1/(1 − rate) is met to 2⁻¹⁷/(1 − rate) of itself.
    const off = (2 ** -17 / (1 - rate) + 4 * EPSILON) / (1 - rate);
    dx.forEach((value, i) => {
      const want = value === 0 ? 0 : dy[i]! / (1 - rate);
      expect(Math.abs(value - want)).toBeLessThanOrEqual(off * Math.abs(dy[i]!) + tolerance);
    });
    // With m the mask and its scale, the loss is Σ dy·m·x and dx is dy·m: the same mask in both passes.
    const products = dx.map((value, i) => value * x[i]!);
    const total = products.reduce((sum, term) => sum + Math.abs(term), 0);
    const error =
      (dx.length + 16) * EPSILON * total + tolerance * x.reduce((sum, value) => sum + Math.abs(value), 0);
    expectNear("the loss, of the gradient's mask", [loss], [products.reduce((a, b) => a + b, 0)], error);
  },
};

/** All layers that there are: what is exported and missing here fails a test. */
export const layerValues: Readonly<Record<string, LayerValues<object>>> = {
  Dense: dense,
  Conv2d: conv2d,
  MaxPool2d: maxPool2d,
  AvgPool2d: avgPool2d,
  Flatten: {
    ...elementwise(
      none,
      () => new Flatten(),
      (x) => ({ y: [x], slope: [1] }),
    ),
    outputShape: (_, sample) => [sample.reduce((product, size) => product * size, 1)],
  },
  Dropout: dropout,
  ReLU: elementwise(
    none,
    () => new ReLU(),
    (x) => (x > 0 ? { y: [x], slope: [1] } : { y: [0], slope: [0] }),
  ),
  LeakyReLU: elementwise(
    fc.constantFrom({ slope: 0.01 }, { slope: 0.3 }, { slope: 2 }),
    (options) => new LeakyReLU(options),
    (x, { slope }) => (x > 0 ? { y: [x], slope: [1] } : { y: [slope * x], slope: [slope] }),
  ),
  ELU: elementwise(
    fc.constantFrom({ alpha: 1 }, { alpha: 0.3 }, { alpha: 2 }),
    (options) => new ELU(options),
    (x, { alpha }) =>
      x > 0
        ? { y: [x], slope: [1] }
        : { y: [alpha * Math.exp(x), -alpha], slope: [alpha, alpha * Math.expm1(x)] },
  ),
  Sigmoid: elementwise(
    none,
    () => new Sigmoid(),
    (x) => {
      const p = 1 / (1 + Math.exp(-x));
      return { y: [p], slope: [p, -p * p] };
    },
  ),
  Tanh: elementwise(
    none,
    () => new Tanh(),
    (x) => {
      const t = Math.tanh(x);
      return { y: [t], slope: [1, -t * t] };
    },
  ),
  Softmax: softmax,
};
