import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gradients } from "../../src/autodiff/gradients.js";
import type { Tensor } from "../../src/graph/tensor.js";
import * as exported from "../../src/losses/index.js";
import { lossFactories, lossFromConfig } from "../../src/losses/index.js";
import { input, parameterTensor } from "../../src/ops/leaves.js";
import { evaluateReference } from "../../src/reference/index.js";
import { lossCases } from "./members.js";
import { refusal } from "./refusal.js";

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
/** Softmax as it is defined; the numbers here are small enough for it. */
const softmax = (row: readonly number[]) => {
  const total = row.reduce((sum, z) => sum + Math.exp(z), 0);
  return row.map((z) => Math.exp(z) / total);
};
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** Each loss and its gradient by its definition, prediction and targets as rows. Written from the docstrings' formulas. */
const definitions: Readonly<
  Record<
    string,
    { loss: (y: number[][], t: number[][]) => number; gradient: (y: number[][], t: number[][]) => number[] }
  >
> = {
  meanSquaredError: {
    loss: (y, t) => sum(y.flatMap((row, r) => row.map((v, c) => (v - t[r]![c]!) ** 2))) / y.flat().length,
    gradient: (y, t) => y.flatMap((row, r) => row.map((v, c) => (2 * (v - t[r]![c]!)) / y.flat().length)),
  },
  binaryCrossEntropy: {
    loss: (y, t) =>
      -sum(
        y.flatMap((row, r) =>
          row.map((z, c) => {
            const p = sigmoid(z);
            return t[r]![c]! * Math.log(p) + (1 - t[r]![c]!) * Math.log(1 - p);
          }),
        ),
      ) / y.flat().length,
    gradient: (y, t) => y.flatMap((row, r) => row.map((z, c) => (sigmoid(z) - t[r]![c]!) / y.flat().length)),
  },
  softmaxCrossEntropy: {
    loss: (y, t) =>
      -sum(y.flatMap((row, r) => softmax(row).map((p, c) => t[r]![c]! * Math.log(p)))) / y.length,
    gradient: (y, t) => y.flatMap((row, r) => softmax(row).map((p, c) => (p - t[r]![c]!) / y.length)),
  },
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

describe.each(Object.entries(lossCases))("%s", (name, make) => {
  const { loss, gradient } = definitions[name]!;

  it("says its name, and comes back by it", () => {
    expect(make().name).toBe(name);
    const again = lossFromConfig(name);
    expect({ ...again, config: again.config(), call: undefined }).toEqual({
      ...make(),
      config: make().config(),
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
        const value = make().call(prediction, target);
        const [dy] = gradients(value, [prediction]);
        const [got, slope] = evaluateReference([value, dy!], leaves(prediction, y, target, t.flat()));
        expectClose(got!, [loss(y, t)]);
        expectClose(slope!, gradient(y, t));
      }),
    );
  });

  it("refuses targets of another shape", () => {
    const message = refusal(() => make().call(input("y", [4, 3]), input("t", [4, 2])));
    expect(message).toMatch(/^ShapeError .*expected .*\[4, 2\]\.$/);
  });

  if (make().target === "sparse-or-dense") {
    it("takes class indices for one-hot rows", () => {
      fc.assert(
        fc.property(problem, ({ y, label }) => {
          const prediction = parameterTensor("y", [y.length, y[0]!.length]);
          const target = input("t", [y.length], "u32");
          const oneHot = label.map((k) => y[0]!.map((_, c) => (c === k ? 1 : 0)));
          const value = make().call(prediction, target);
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
      const value = make().call(prediction, target);
      const y = [[0.5], [-2], [1]];
      const t = [[0], [1], [1]];
      const [got] = evaluateReference([value], leaves(prediction, y, target, t.flat()));
      expectClose(got!, [loss(y, t)]);
      expect(refusal(() => make().call(prediction, input("t", [3], "u32")))).toMatch(
        /^ConfigError labels-not-dense: \w+: expected float32 labels, got class indices; convert them\.$/,
      );
    });
  }
});

it("refuses a loss that nobody knows", () => {
  expect(refusal(() => lossFromConfig("crossEntropy"))).toMatchInlineSnapshot(
    `"ConfigError name-unknown: loss: name must be one of "meanSquaredError", "binaryCrossEntropy", "softmaxCrossEntropy", got "crossEntropy"."`,
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
  y: readonly number[][],
  target: Tensor,
  t: readonly number[],
): Map<Tensor, Float64Array> {
  return new Map([
    [prediction, Float64Array.from(y.flat())],
    [target, Float64Array.from(t)],
  ]);
}
