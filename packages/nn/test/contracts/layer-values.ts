import fc from "fast-check";
import { expect } from "vitest";
import {
  Dense,
  Dropout,
  ELU,
  Flatten,
  GaussianNoise,
  GELU,
  HardSwish,
  LeakyReLU,
  Mish,
  Permute,
  PReLU,
  ReLU,
  Reshape,
  SELU,
  Sigmoid,
  SiLU,
  Softmax,
  Softplus,
  Tanh,
} from "../../src/index.js";
import { anySample, elementwise, type LayerValues, width } from "../support/layer-values.js";
import { EPSILON, expectNear } from "../support/sums.js";
import { convValues } from "./conv-values.js";
import { imageValues } from "./image-values.js";
import {
  type ChannelOption,
  channelAt,
  channelAxis,
  channelled,
  channelsOf,
  normValues,
} from "./norm-values.js";
import { recurrentValues } from "./recurrent-values.js";
import { sequenceValues } from "./sequence-values.js";
import { avgPool2d, conv2d, maxPool2d } from "./window-values.js";

// What every layer computes, forward and backward, written down once more in float64 loops that share nothing with the library.

const none = fc.constant({});

const dense: LayerValues<{ readonly units: number; readonly useBias: boolean }> = {
  cases: fc.record({
    options: fc.record({ units: width, useBias: fc.boolean() }),
    sample: fc.oneof(fc.tuple(width), fc.tuple(fc.integer({ min: 1, max: 5 }), width)),
  }),
  make: (options) => new Dense(options),
  outputShape: ({ units }, sample) => [...sample.slice(0, -1), units],
  weightShapes: ({ units, useBias }, sample) => ({
    kernel: [sample.at(-1)!, units],
    ...(useBias && { bias: [units] }),
  }),
  passes({ options: { units, useBias }, batch, sample, x, dy, weights: { kernel, bias }, y, dx, dw }) {
    const inputs = sample.at(-1)!;
    const rows = batch * (sample.length === 1 ? 1 : sample[0]!);
    for (let n = 0; n < rows; n++)
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

const gaussianNoise: LayerValues<{ readonly stddev: number }> = {
  cases: fc.record({ options: fc.record({ stddev: fc.constantFrom(0, 0.1, 2) }), sample: anySample }),
  make: (options) => new GaussianNoise(options),
  passes({ x, y }) {
    x.forEach((value, i) => {
      y.add(i, value); // unless it is trained, it is nothing at all
    });
  },
  expectDrawn({ stddev }, { x, dy, dx, loss, tolerance }) {
    expectNear("dx", dx, dy, tolerance);
    // The loss is that of x, and of noise of standard deviation stddev·|dy|.
    const still = x.reduce((sum, value, i) => sum + value * dy[i]!, 0);
    const deviation = stddev * Math.sqrt(dy.reduce((sum, value) => sum + value * value, 0));
    const terms = x.reduce((sum, value, i) => sum + Math.abs(value * dy[i]!), 0);
    const rounding = (x.length + 16) * EPSILON * (terms + 6 * deviation * Math.sqrt(x.length));
    expect(Math.abs(loss - still)).toBeLessThanOrEqual(6 * deviation + rounding);
    if (stddev === 2) expect(Math.abs(loss - still)).toBeGreaterThan(1e-6 * deviation);
  },
};

const prelu: LayerValues<ChannelOption> = {
  cases: fc.record({
    options: fc.record({ axis: channelAxis }),
    sample: fc.oneof(channelled, fc.tuple(fc.integer({ min: 1, max: 3000 }))),
  }),
  make: (options) => new PReLU(options),
  weightShapes: (options, sample) => ({ alpha: [channelsOf(options, sample)] }),
  passes({ options, sample, x, dy, weights: { alpha }, y, dx, dw }) {
    const channel = channelAt(options, sample);
    x.forEach((value, i) => {
      const c = channel(i);
      y.add(i, value > 0 ? value : alpha![c]! * value);
      dx.add(i, dy[i]! * (value > 0 ? 1 : alpha![c]!));
      dw.alpha!.add(c, value > 0 ? 0 : dy[i]! * value);
    });
  },
};

const permute: LayerValues<{ readonly dims: readonly number[] }> = {
  cases: fc.constantFrom([1], [2, 1], [1, 3, 2], [3, 1, 2], [2, 3, 1], [3, 2, 1]).chain((dims) =>
    fc.record({
      options: fc.constant({ dims }),
      sample: fc.tuple(...dims.map(() => fc.integer({ min: 1, max: 9 }))),
    }),
  ),
  make: (options) => new Permute(options),
  outputShape: ({ dims }, sample) => dims.map((axis) => sample[axis - 1]!),
  passes({ options: { dims }, batch, sample, output, x, dy, y, dx }) {
    const size = sample.reduce((total, own) => total * own, 1);
    for (let n = 0; n < batch; n++)
      for (let to = 0; to < size; to++) {
        // The place's index along each of y's axes, which is that along x's axis `dims[i]`.
        const index: number[] = [];
        let left = to;
        for (let i = output.length - 1; i >= 0; i--) {
          index[dims[i]! - 1] = left % output[i]!;
          left = Math.floor(left / output[i]!);
        }
        const from = index.reduce((place, at, axis) => place * sample[axis]! + at, 0);
        y.add(n * size + to, x[n * size + from]!);
        dx.add(n * size + from, dy[n * size + to]!);
      }
  },
};

/** ½(1 + erf(x/√2)) by the series of erf, which converges at once for what is tried here (Abramowitz & Stegun 7.1.6). */
function normalShare(x: number): number {
  let term = x;
  let total = x;
  for (let n = 1; n < 200; n++) {
    term *= x ** 2 / (2 * n + 1);
    total += term;
  }
  return 0.5 + (total * Math.exp(-(x ** 2) / 2)) / Math.sqrt(2 * Math.PI);
}

const softplus = (x: number) => Math.log(1 + Math.exp(x));
const logistic = (x: number) => 1 / (1 + Math.exp(-x));

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
  GaussianNoise: gaussianNoise,
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
  PReLU: prelu,
  GELU: elementwise(
    fc.constantFrom({ approximate: false }, { approximate: true }),
    (options) => new GELU(options),
    (x, { approximate }) => {
      if (!approximate) {
        const share = normalShare(x);
        const slope = (x * Math.exp(-(x ** 2) / 2)) / Math.sqrt(2 * Math.PI);
        return { y: [x / 2, x * (share - 0.5)], slope: [0.5, share - 0.5, slope] };
      }
      const root = Math.sqrt(2 / Math.PI);
      const t = Math.tanh(root * (x + 0.044715 * x ** 3));
      const inner = root * (1 + 3 * 0.044715 * x ** 2);
      return { y: [x / 2, (x * t) / 2], slope: [0.5, t / 2, 0.5 * x * inner, -0.5 * x * inner * t * t] };
    },
  ),
  SiLU: elementwise(
    none,
    () => new SiLU(),
    (x) => ({ y: [x * logistic(x)], slope: [logistic(x), x * logistic(x), -x * logistic(x) ** 2] }),
  ),
  SELU: elementwise(
    none,
    () => new SELU(),
    (x) => {
      const [scale, alpha] = [1.0507009873554805, 1.6732632423543772];
      return x > 0
        ? { y: [scale * x], slope: [scale] }
        : { y: [scale * alpha * Math.exp(x), -scale * alpha], slope: [scale * alpha * Math.exp(x)] };
    },
  ),
  Softplus: elementwise(
    none,
    () => new Softplus(),
    (x) => ({ y: [softplus(x)], slope: [logistic(x)] }),
  ),
  HardSwish: elementwise(
    none,
    () => new HardSwish(),
    (x) => {
      if (x <= -3) return { y: [0], slope: [x === -3 ? -0.25 : 0] };
      if (x >= 3) return { y: [x], slope: [x === 3 ? 1.25 : 1] };
      return { y: [x ** 2 / 6, x / 2], slope: [x / 3, 0.5] };
    },
  ),
  Mish: elementwise(
    none,
    () => new Mish(),
    (x) => {
      const t = Math.tanh(softplus(x));
      return { y: [x * t], slope: [t, x * logistic(x), -x * logistic(x) * t * t] };
    },
  ),
  Reshape: {
    ...elementwise(
      none,
      () => new Reshape({ targetShape: [1, -1] }),
      (x) => ({ y: [x], slope: [1] }),
    ),
    outputShape: (_, sample) => [1, sample.reduce((product, size) => product * size, 1)],
  },
  Permute: permute,
  ...normValues,
  ...imageValues,
  ...convValues,
  ...recurrentValues,
  ...sequenceValues,
};
