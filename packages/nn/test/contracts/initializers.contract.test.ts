import { createEngine } from "@loam/kernels-as";
import { describe, expect, it } from "vitest";
import { type Shape, sizeOf } from "../../src/graph/shape.js";
import { fansOf } from "../../src/initializers/fans.js";
import * as exported from "../../src/initializers/index.js";
import {
  constant,
  type Initializer,
  initialize,
  orthogonal,
  randomNormal,
  randomUniform,
  truncatedNormal,
} from "../../src/initializers/index.js";
import { initializerDefinitions } from "../../src/initializers/initialize.js";
import { randomPlace } from "../../src/initializers/random-stream.js";
import { initializerCases } from "./members.js";
import { refusal } from "./refusal.js";

/** A Dense kernel [inputs, units] and a Conv2d kernel [filters, channels/groups, kh, kw], large enough for statistics. */
const DENSE: Shape = [311, 127];
const CONV: Shape = [64, 29, 3, 5];

/** What each distribution's mean and variance are, and between what its values lie, by its formula. */
interface Expected {
  readonly mean: number;
  readonly variance: number;
  readonly low: number;
  readonly high: number;
  /** E(x − mean)⁴ over the variance's square: 1.8 for a uniform distribution, 3 for a normal one. */
  readonly kurtosis: number;
}

const uniform = (bound: number): Expected => ({
  mean: 0,
  variance: bound ** 2 / 3,
  low: -bound,
  high: bound,
  kurtosis: 1.8,
});
const normal = (variance: number, mean = 0): Expected => ({
  mean,
  variance,
  low: mean - 6.8 * Math.sqrt(variance),
  high: mean + 6.8 * Math.sqrt(variance),
  kurtosis: 3,
});
/** Of a normal distribution cut at ±2: 1 − 4φ(2)/(2Φ(2) − 1), with φ(2) = 0.0539910 and 2Φ(2) − 1 = 0.9544997. */
const CUT_VARIANCE = 1 - (4 * 0.05399096651318806) / 0.9544997361036416;

const distributions: Readonly<
  Record<string, (initializer: Initializer, fanIn: number, fanOut: number) => Expected>
> = {
  glorotUniform: (_, fanIn, fanOut) => uniform(Math.sqrt(6 / (fanIn + fanOut))),
  glorotNormal: (_, fanIn, fanOut) => normal(2 / (fanIn + fanOut)),
  heUniform: (_, fanIn) => uniform(Math.sqrt(6 / fanIn)),
  heNormal: (_, fanIn) => normal(2 / fanIn),
  lecunUniform: (_, fanIn) => uniform(Math.sqrt(3 / fanIn)),
  lecunNormal: (_, fanIn) => normal(1 / fanIn),
  randomUniform: (initializer) => {
    const { low, high } = initializer as unknown as { low: number; high: number };
    return { ...uniform((high - low) / 2), mean: (low + high) / 2, low, high };
  },
  randomNormal: (initializer) => {
    const { mean, standardDeviation } = initializer as unknown as { mean: number; standardDeviation: number };
    return normal(standardDeviation ** 2, mean);
  },
  truncatedNormal: (initializer) => {
    const { mean, standardDeviation } = initializer as unknown as { mean: number; standardDeviation: number };
    const low = mean - 2 * standardDeviation;
    // The fourth moment of what is left, by the recursion E z⁴ = 3·E z² − 2·2³·φ(2)/(2Φ(2) − 1), over the variance squared.
    const fourth = 3 * CUT_VARIANCE - (16 * 0.05399096651318806) / 0.9544997361036416;
    return {
      mean,
      variance: standardDeviation ** 2 * CUT_VARIANCE,
      low,
      high: mean + 2 * standardDeviation,
      kurtosis: fourth / CUT_VARIANCE ** 2,
    };
  },
};

it("has every exported initializer on its list, and in the registry", () => {
  const names = Object.keys(exported)
    .filter((name) => name !== "initialize")
    .sort();
  expect(Object.keys(initializerCases).sort()).toEqual(names);
  expect(Object.keys(initializerDefinitions).sort()).toEqual(names);
});

it("takes fans from the kernels' layouts", () => {
  expect(fansOf([311, 127])).toEqual({ fanIn: 311, fanOut: 127 });
  // 29 channels and 64 filters, each by 3·5 places.
  expect(fansOf([64, 29, 3, 5])).toEqual({ fanIn: 29 * 15, fanOut: 64 * 15 });
  expect(fansOf([10])).toEqual({ fanIn: 10, fanOut: 10 });
  expect(fansOf([])).toEqual({ fanIn: 1, fanOut: 1 });
});

describe.each(Object.entries(initializerCases))("%s", (kind, initializers) => {
  describe.each(initializers.map((initializer) => [JSON.stringify(initializer), initializer] as const))(
    "%s",
    (_, initializer) => {
      it("is plain data that says its kind", () => {
        expect(initializer.kind).toBe(kind);
        const again = JSON.parse(JSON.stringify(initializer)) as Initializer;
        expect(again).toEqual(initializer);
        const [one, other] = [again, initializer].map((it) => initialize(it, DENSE, { seed: 3, stream: 1 }));
        expect(one!.every((value, i) => Object.is(value, other![i]))).toBe(true);
      });

      it("fills any shape with finite numbers", () => {
        for (const shape of [[], [1], [7], [5, 3], [3, 5], [4, 3, 2, 2], [1, 1], [3, 0]]) {
          const values = initialize(initializer, shape, { seed: 0, stream: 0 });
          expect(values.length).toBe(sizeOf(shape));
          expect(values.every(Number.isFinite)).toBe(true);
        }
      });

      it("fills alike whether a kernel has drawn the words or not", async () => {
        await using engine = await createEngine({ threads: 1 });
        const from = { seed: 2 ** 40 + 7, stream: 3 };
        for (const shape of [[1], [7], [5, 3], [33, 41]]) {
          const blocks = Math.ceil(sizeOf(shape) / 4);
          const address = await engine.allocate(16 * blocks);
          await engine.randomWords(address, blocks, randomPlace(from));
          const words = new Uint32Array((await engine.read(address, 16 * blocks)).buffer);
          expect(initialize(initializer, shape, from, words)).toEqual(initialize(initializer, shape, from));
        }
      });

      if (kind !== "zeros" && kind !== "constant")
        it("draws anew for another seed and another stream", () => {
          const draw = (seed: number, stream: number) => initialize(initializer, [50], { seed, stream });
          const first = draw(7, 0);
          for (const other of [draw(8, 0), draw(7, 1), draw(7 + 2 ** 32, 0)]) {
            expect(other.filter((value, i) => value === first[i]).length).toBeLessThan(2);
          }
          // Streams are independent: the correlation of n pairs is about 1/√n.
          const [a, b] = [0, 1].map((stream) => initialize(initializer, DENSE, { seed: 7, stream }));
          const centred = [a!, b!].map((values) => {
            const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
            return values.map((value) => value - mean);
          });
          const product = (x: Float32Array, y: Float32Array) =>
            x.reduce((sum, value, i) => sum + value * y[i]!, 0);
          const correlation =
            product(centred[0]!, centred[1]!) /
            Math.sqrt(product(centred[0]!, centred[0]!) * product(centred[1]!, centred[1]!));
          expect(Math.abs(correlation)).toBeLessThan(5 / Math.sqrt(a!.length));
        });

      const expected = distributions[kind];
      if (expected)
        describe("has the distribution of its formula", () => {
          it.each([
            ["of a Dense kernel", DENSE, DENSE[0]!, DENSE[1]!],
            ["of a Conv2d kernel", CONV, 29 * 15, 64 * 15],
          ])("%s", (_name, shape, fanIn, fanOut) => {
            const { mean, variance, low, high, kurtosis } = expected(initializer, fanIn, fanOut);
            const values = initialize(initializer, shape, { seed: 11, stream: 2 });
            const n = values.length;
            // Five standard errors: √(σ²/n) of the mean, σ²·√((κ − 1)/n) of the variance.
            const gotMean = values.reduce((sum, value) => sum + value, 0) / n;
            const gotVariance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n;
            const gotKurtosis =
              values.reduce((sum, value) => sum + (value - mean) ** 4, 0) / n / variance ** 2;
            expect(Math.abs(gotMean - mean)).toBeLessThan(5 * Math.sqrt(variance / n));
            expect(Math.abs(gotVariance - variance)).toBeLessThan(
              5 * variance * Math.sqrt((kurtosis - 1) / n),
            );
            expect(Math.abs(gotKurtosis - kurtosis)).toBeLessThan(0.3);
            const spread = Math.sqrt(variance);
            const [least, most] = [Math.min(...values), Math.max(...values)];
            // Rounded to float32, a bound may be met.
            expect(least).toBeGreaterThanOrEqual(Math.fround(low));
            expect(most).toBeLessThanOrEqual(Math.fround(high));
            // The ends are reached: three deviations of a normal distribution, and nearly the bounds of the others.
            expect(least).toBeLessThan(kurtosis === 3 ? mean - 3 * spread : low + 0.02 * (high - low));
            expect(most).toBeGreaterThan(kurtosis === 3 ? mean + 3 * spread : high - 0.02 * (high - low));
          });
        });
    },
  );
});

describe("orthogonal", () => {
  it.each([
    [[40, 17], 1],
    [[17, 40], 1],
    [[31, 31], 2],
    [[8, 3, 3, 3], 1],
    [[64, 3, 3, 3], 0.5],
    [[1, 5], 1],
  ] as const)("has orthonormal rows or columns, whichever are fewer: %j, gain %d", (shape, gain) => {
    const q = initialize(orthogonal({ gain }), shape, { seed: 5, stream: 0 });
    const rows = shape[0];
    const columns = q.length / rows;
    const [count, length] = rows < columns ? [rows, columns] : [columns, rows];
    const at = (vector: number, i: number) =>
      q[rows < columns ? vector * columns + i : i * columns + vector]!;
    for (let a = 0; a < count; a++) {
      for (let b = 0; b <= a; b++) {
        let dot = 0;
        for (let i = 0; i < length; i++) dot += at(a, i) * at(b, i);
        expect(Math.abs(dot - (a === b ? gain ** 2 : 0)), `${a}, ${b}`).toBeLessThan(1e-5);
      }
    }
  });
});

it("fills with the constant asked for", () => {
  expect([...initialize(constant(0.1), [3], { seed: 0, stream: 0 })]).toEqual(
    [0.1, 0.1, 0.1].map(Math.fround),
  );
});

it("refuses numbers out of their ranges", () => {
  const from = { seed: 0, stream: 0 };
  expect([
    refusal(() => constant(Number.NaN)),
    refusal(() => randomUniform({ low: 1, high: -1 })),
    refusal(() => randomUniform({ high: Number.POSITIVE_INFINITY })),
    refusal(() => randomNormal({ standardDeviation: -1 })),
    refusal(() => truncatedNormal({ mean: Number.NaN })),
    refusal(() => orthogonal({ gain: 0 })),
    refusal(() => initialize({ kind: "xavier" }, [2], from)),
    refusal(() => initialize({ kind: "zeros", value: 1 }, [2], from)),
    refusal(() => initialize({ kind: "randomNormal", mean: 0 }, [2], from)),
  ]).toMatchInlineSnapshot(`
    [
      "ConfigError not-finite: constant: value must be a finite number, got NaN.",
      "ConfigError low-above-high: randomUniform: low must not be above high, got 1 and -1.",
      "ConfigError not-finite: randomUniform: high must be a finite number, got Infinity.",
      "ConfigError standard-deviation-out-of-range: randomNormal: standardDeviation must be in [0, ∞), got -1.",
      "ConfigError not-finite: truncatedNormal: mean must be a finite number, got NaN.",
      "ConfigError gain-out-of-range: orthogonal: gain must be in (0, ∞), got 0.",
      "ConfigError initializer-unknown: initialize: initializer must be one of zeros, constant, glorotUniform, glorotNormal, heUniform, heNormal, lecunUniform, lecunNormal, orthogonal, randomUniform, randomNormal, truncatedNormal, got "xavier".",
      "ConfigError unknown-option: initialize: initializer zeros: expected options among kind, got "value".",
      "ConfigError standard-deviation-out-of-range: initialize: initializer randomNormal: standardDeviation must be in [0, ∞), got undefined.",
    ]
  `);
});
