import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gradients } from "../../src/autodiff/gradients.js";
import type { Tensor } from "../../src/graph/tensor.js";
import { Dense, Sequential, SGD } from "../../src/index.js";
import * as exported from "../../src/losses/index.js";
import {
  binaryCrossEntropy,
  binaryFocalCrossEntropy,
  hinge,
  huber,
  lossFactories,
  lossFromConfig,
  softmaxCrossEntropy,
} from "../../src/losses/index.js";
import { input, parameterTensor } from "../../src/ops/leaves.js";
import { evaluateReference } from "../../src/reference/index.js";
import { runGraph } from "../support/run-graph.js";
import { lossCases } from "./members.js";
import { refusal } from "./refusal.js";

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
/** Softmax as it is defined; the numbers here are small enough for it. */
const softmax = (row: readonly number[]) => {
  const total = row.reduce((sum, z) => sum + Math.exp(z), 0);
  return row.map((z) => Math.exp(z) / total);
};
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

type Rows = readonly (readonly number[])[];
type Options = Readonly<Record<string, number | undefined>>;

/** Each loss by its definition, prediction and targets as rows, and its gradient. Written from the docstrings' formulas. */
interface Definition {
  loss(y: Rows, t: Rows, options: Options): number;
  gradient(y: Rows, t: Rows, options: Options): number[];
}

/** The mean of a function of one number and its target, over all numbers. */
function each(
  f: (y: number, t: number, options: Options) => number,
  slope: (y: number, t: number, options: Options) => number,
): Definition {
  const over = (g: typeof f, y: Rows, t: Rows, options: Options) => {
    const count = y.length * y[0]!.length;
    return y.flatMap((row, r) => row.map((v, c) => g(v, t[r]![c]!, options) / count));
  };
  return {
    loss: (y, t, options) => sum(over(f, y, t, options)),
    gradient: (y, t, options) => over(slope, y, t, options),
  };
}

const binary = (z: number, t: number) => -(t * Math.log(sigmoid(z)) + (1 - t) * Math.log(1 - sigmoid(z)));
const smooth = (t: Rows, { labelSmoothing: s = 0 }: Options) =>
  t.map((row) => row.map((share) => (1 - s) * share + s / row.length));

/** −Σ t·log softmax(y) by row, over the rows. */
const categorical: Definition = {
  loss: (y, t, options) => {
    const smoothed = smooth(t, options);
    return -sum(y.flatMap((row, r) => softmax(row).map((p, c) => smoothed[r]![c]! * Math.log(p)))) / y.length;
  },
  gradient: (y, t, options) => {
    const smoothed = smooth(t, options);
    return y.flatMap((row, r) => softmax(row).map((p, c) => (p - smoothed[r]![c]!) / y.length));
  },
};

const definitions: Readonly<Record<string, Definition>> = {
  meanSquaredError: each(
    (y, t) => (y - t) ** 2,
    (y, t) => 2 * (y - t),
  ),
  meanAbsoluteError: each(
    (y, t) => Math.abs(y - t),
    (y, t) => Math.sign(y - t),
  ),
  huber: each(
    (y, t, { delta }) =>
      Math.abs(y - t) <= delta! ? (y - t) ** 2 / 2 : delta! * (Math.abs(y - t) - delta! / 2),
    (y, t, { delta }) => (Math.abs(y - t) <= delta! ? y - t : delta! * Math.sign(y - t)),
  ),
  logCosh: each(
    (y, t) => Math.log(Math.cosh(y - t)),
    (y, t) => Math.tanh(y - t),
  ),
  binaryCrossEntropy: each(
    (z, t, { labelSmoothing: s = 0 }) => binary(z, (1 - s) * t + s / 2),
    (z, t, { labelSmoothing: s = 0 }) => sigmoid(z) - ((1 - s) * t + s / 2),
  ),
  binaryFocalCrossEntropy: each(
    (z, t, { gamma, alpha }) => {
      const [p, q] = [sigmoid(z), 1 - sigmoid(z)];
      const [yes, no] = [alpha ?? 1, alpha === undefined ? 1 : 1 - alpha];
      return -yes * t * q ** gamma! * Math.log(p) - no * (1 - t) * p ** gamma! * Math.log(q);
    },
    // By dp/dz = p·q: of −q^γ·log p it is q^γ·(γ·p·log p − q), and with p and q changing places, negated, of the other half.
    (z, t, { gamma, alpha }) => {
      const [p, q] = [sigmoid(z), 1 - sigmoid(z)];
      const [yes, no] = [alpha ?? 1, alpha === undefined ? 1 : 1 - alpha];
      const half = (told: number, other: number) =>
        other ** gamma! * (gamma! * told * Math.log(told) - other);
      return yes * t * half(p, q) - no * (1 - t) * half(q, p);
    },
  ),
  softmaxCrossEntropy: categorical,
  klDivergence: {
    loss: (y, t) => {
      const entropies = t.flat().map((share) => (share > 0 ? share * Math.log(share) : 0));
      return categorical.loss(y, t, {}) + sum(entropies) / y.length;
    },
    gradient: (y, t) => categorical.gradient(y, t, {}),
  },
  hinge: each(
    (y, t) => Math.max(0, 1 - (t > 0 ? y : -y)),
    (y, t) => ((t > 0 ? y : -y) < 1 ? (t > 0 ? -1 : 1) : 0),
  ),
};

const problem = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 6 }))
  .chain(([rows, cols]) => {
    const row = (value: fc.Arbitrary<number>) => fc.array(value, { minLength: cols, maxLength: cols });
    const number = fc.double({ min: -5, max: 5, noNaN: true });
    return fc.record({
      y: fc.array(row(number), { minLength: rows, maxLength: rows }),
      label: fc.array(fc.integer({ min: 0, max: cols - 1 }), { minLength: rows, maxLength: rows }),
      shares: fc.array(row(fc.double({ min: 0.01, max: 1, noNaN: true })), {
        minLength: rows,
        maxLength: rows,
      }),
    });
  });

/** Targets that suit every loss: rows of shares between 0 and 1 whose sum is 1. */
const soft = (shares: readonly number[][]) => shares.map((row) => row.map((value) => value / sum(row)));

function expectClose(got: ArrayLike<number>, want: readonly number[]): void {
  expect(got.length).toBe(want.length);
  want.forEach((value, i) => {
    expect(Math.abs(got[i]! - value), `[${i}] got ${got[i]}, want ${value}`).toBeLessThanOrEqual(
      1e-12 * Math.max(1, Math.abs(value)),
    );
  });
}

it("has every exported loss on its list, and in the registry", () => {
  const names = Object.entries(exported)
    .filter(([name, value]) => typeof value === "function" && name !== "lossFromConfig")
    .map(([name]) => name)
    .sort();
  expect(Object.keys(lossCases).sort()).toEqual(names);
  expect(Object.keys(lossFactories).sort()).toEqual(names);
  expect(Object.keys(definitions).sort()).toEqual(names);
});

describe.each(
  Object.entries(lossCases).flatMap(([name, losses]) =>
    losses.map((loss) => [name, JSON.stringify(loss.config?.()), loss] as const),
  ),
)("%s %s", (name, _, one) => {
  const options = one.config?.() as Options;
  const definition = definitions[name]!;
  const loss = (y: Rows, t: Rows) => definition.loss(y, t, options);
  const gradient = (y: Rows, t: Rows) => definition.gradient(y, t, options);

  it("says its name, and comes back by it and its configuration", () => {
    expect(one.name).toBe(name);
    const again = lossFromConfig(name, JSON.parse(JSON.stringify(one.config?.())));
    expect({ ...again, config: again.config?.(), call: undefined }).toEqual({
      ...one,
      config: one.config?.(),
      call: undefined,
    });
  });

  it("is its formula, and so is its gradient", () => {
    fc.assert(
      fc.property(problem, ({ y, shares }) => {
        const shape = [y.length, y[0]!.length];
        const t = soft(shares);
        const prediction = parameterTensor("y", shape);
        const target = input("t", shape);
        const value = one.call(prediction, target);
        const [dy] = gradients(value, [prediction]);
        const [got, slope] = evaluateReference([value, dy!], leaves(prediction, y, target, t.flat()));
        expectClose(got!, [loss(y, t)]);
        expectClose(slope!, gradient(y, t));
      }),
    );
  });

  it("runs as its formula says, with the same bits on 1, 2 and 4 threads", async () => {
    const [rows, cols] = [700, 11];
    const number = (i: number) => Math.fround((((i * 7919) % 1009) / 1009 - 0.5) * 12);
    const y = Array.from({ length: rows }, (_, r) =>
      Array.from({ length: cols }, (_, c) => number(r * cols + c)),
    );
    const hot = y.map((row, r) => row.map((_, c) => (c === (r * 5) % cols ? 1 : 0)));
    const prediction = parameterTensor("y", [rows, cols]);
    const target = input("t", [rows, cols]);
    const value = one.call(prediction, target);
    const [dy] = gradients(value, [prediction]);
    const given = new Map([
      [prediction, Float32Array.from(y.flat())],
      [target, Float32Array.from(hot.flat())],
    ]);
    const runs = await Promise.all([1, 2, 4].map((threads) => runGraph([value, dy!], given, { threads })));
    const [got, slope] = runs[0]!;
    const want = loss(y, hot);
    // Thousands of positive terms are summed by threads and vectors; each has a few roundings of its own.
    expect(Math.abs(got![0]! - want)).toBeLessThanOrEqual(2e-6 * want);
    gradient(y, hot).forEach((value, i) => {
      expect(Math.abs(slope![i]! - value), `[${i}]`).toBeLessThanOrEqual(2e-6 / rows);
    });
    expect(runs[1]).toEqual(runs[0]);
    expect(runs[2]).toEqual(runs[0]);
  });

  it("refuses targets of another shape", () => {
    const message = refusal(() => one.call(input("y", [4, 3]), input("t", [4, 2])));
    expect(message).toMatch(/^ShapeError .*expected .*\[4, 2\]\.$/);
  });

  if (one.target === "sparse-or-dense") {
    it("takes class indices for one-hot rows", () => {
      fc.assert(
        fc.property(problem, ({ y, label }) => {
          const prediction = parameterTensor("y", [y.length, y[0]!.length]);
          const target = input("t", [y.length], "u32");
          const oneHot = label.map((k) => y[0]!.map((_, c) => (c === k ? 1 : 0)));
          const value = one.call(prediction, target);
          const [dy] = gradients(value, [prediction]);
          const [got, slope] = evaluateReference([value, dy!], leaves(prediction, y, target, label));
          expectClose(got!, [loss(y, oneHot)]);
          expectClose(slope!, gradient(y, oneHot));
        }),
      );
    });
  } else {
    it("takes one number a sample, and refuses class indices", () => {
      const prediction = parameterTensor("y", [3, 1]);
      const target = input("t", [3]);
      const value = one.call(prediction, target);
      const y = [[0.5], [-2], [1]];
      const t = [[0], [1], [1]];
      const [got] = evaluateReference([value], leaves(prediction, y, target, t.flat()));
      expectClose(got!, [loss(y, t)]);
      expect(refusal(() => one.call(prediction, input("t", [3], "u32")))).toMatch(
        /^ConfigError labels-not-dense: \w+: expected float32 labels, got class indices; convert them with oneHot or cast\.$/,
      );
    });
  }
});

it("refuses a loss that nobody knows", () => {
  expect(refusal(() => lossFromConfig("crossEntropy"))).toMatchInlineSnapshot(
    `"ConfigError name-unknown: loss: name "crossEntropy" is not known; did you mean "binaryCrossEntropy"?"`,
  );
});

it("keeps cross-entropies finite where a rounded probability would be 0", () => {
  const logits = parameterTensor("z", [2, 2]);
  const target = input("t", [2, 2]);
  // Row 1: the logits are 2000 apart and the improbable one is right; row 2: the probable one.
  const z = [
    [1000, -1000],
    [1000, -1000],
  ];
  const t = [0, 1, 1, 0];
  const values = ["binaryCrossEntropy", "softmaxCrossEntropy"].map((name) =>
    lossFromConfig(name).call(logits, target),
  );
  const [binary, categorical] = evaluateReference(values, leaves(logits, z, target, t));
  // Binary: (1000 + 1000 + 0 + 0)/4. Categorical: (2000 + 0)/2.
  expectClose(binary!, [500]);
  expectClose(categorical!, [1000]);
});

function leaves(
  prediction: Tensor,
  y: Rows,
  target: Tensor,
  t: readonly number[],
): Map<Tensor, Float64Array> {
  return new Map([
    [prediction, Float64Array.from(y.flat())],
    [target, Float64Array.from(t)],
  ]);
}

it("stays finite and right far from the target", () => {
  const prediction = parameterTensor("y", [1, 2]);
  const target = input("t", [1, 2]);
  const y = [[1000, -1000]];
  const t = [0, 1];
  const values = ["logCosh", "binaryFocalCrossEntropy", "huber", "hinge"].map((name) =>
    lossFromConfig(name).call(prediction, target),
  );
  const got = evaluateReference(values, leaves(prediction, y, target, t)).map(([value]) => value!);
  // |d| − log 2 for 1000 and 1001; −log 0 as the logit's 1000; δ|d| − δ²/2; 1 + |y|.
  expectClose(got, [1000.5 - Math.LN2, 1000, 1000, 1001]);
});

it("counts yes above 0 for the hinge, whose outputs are no probabilities", async () => {
  await using model = new Sequential([new Dense({ units: 1, useBias: false })], { inputShape: [1] });
  await model.setWeights([{ name: "dense1/kernel", data: Float32Array.of(1), shape: [1, 1] }]);
  model.compile({ optimizer: new SGD(), loss: hinge(), metrics: ["accuracy"] });
  const inputs = { data: Float32Array.of(0.2, 0.4, -0.1, -3), shape: [4, 1] };
  const labels = { data: Float32Array.of(1, 1, 1, 0), shape: [4, 1] };
  const { accuracy } = await model.evaluate({ name: "four", inputs, labels, scaling: { kind: "none" } });
  expect(accuracy).toBe(0.75);
});

it.each(["huber", "binaryFocalCrossEntropy", "softmaxCrossEntropy", "binaryCrossEntropy"])(
  "refuses an option that %s does not have",
  (name) => {
    expect(refusal(() => lossFromConfig(name, { smoothing: 1 }))).toMatch(
      new RegExp(`^ConfigError unknown-option: ${name}: .*got "smoothing"`),
    );
  },
);

it("refuses options out of their ranges", () => {
  expect([
    refusal(() => huber({ delta: 0 })),
    refusal(() => binaryFocalCrossEntropy({ gamma: -1 })),
    refusal(() => binaryFocalCrossEntropy({ alpha: 1 })),
    refusal(() => softmaxCrossEntropy({ labelSmoothing: 1 })),
    refusal(() => binaryCrossEntropy({ labelSmoothing: -0.1 })),
  ]).toMatchInlineSnapshot(`
    [
      "ConfigError delta-out-of-range: huber: delta must be in (0, ∞), got 0.",
      "ConfigError gamma-out-of-range: binaryFocalCrossEntropy: gamma must be in [0, ∞), got -1.",
      "ConfigError alpha-out-of-range: binaryFocalCrossEntropy: alpha must be in (0, 1), got 1.",
      "ConfigError label-smoothing-out-of-range: softmaxCrossEntropy: labelSmoothing must be in [0, 1), got 1.",
      "ConfigError label-smoothing-out-of-range: binaryCrossEntropy: labelSmoothing must be in [0, 1), got -0.1.",
    ]
  `);
});
