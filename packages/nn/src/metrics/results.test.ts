import { describe, expect, it } from "vitest";
import { refusal } from "../../test/contracts/refusal.js";
import { classificationReport, confusionMatrix, regressionReport, rocAuc, topKAccuracy } from "./index.js";

/** Six samples of three classes: told 0, 2, 1, 1, 0, 2. */
const outputs = {
  data: [3, 1, 2, 0, 4, 5, 1, 2, 0, 0, 9, 1, 7, 7, 1, -3, -2, -1],
  shape: [6, 3],
};
const labels = { data: [0, 1, 1, 1, 2, 2], shape: [6] };
const single = (data: readonly number[]) => ({ data, shape: [data.length, 1] });
const indices = (data: readonly number[]) => ({ data, shape: [data.length] });

describe("confusionMatrix", () => {
  it("counts labels by row and answers by column", () => {
    expect(confusionMatrix(outputs, labels)).toEqual([
      [1, 0, 0],
      [0, 2, 1],
      [1, 0, 1],
    ]);
    const rows = { data: [1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1], shape: [6, 3] };
    expect(confusionMatrix(outputs, rows)).toEqual(confusionMatrix(outputs, labels));
  });

  it("takes a single output for yes or no, about a threshold", () => {
    const scores = single([0.9, 0.2, 0.4, -0.5]);
    expect(confusionMatrix(scores, indices([1, 1, 0, 0]))).toEqual([
      [1, 1],
      [0, 2],
    ]);
    expect(confusionMatrix(scores, indices([1, 1, 0, 0]), 0.5)).toEqual([
      [2, 0],
      [1, 1],
    ]);
  });

  it("refuses labels that do not fit, and NaN", () => {
    expect([
      refusal(() => confusionMatrix(outputs, indices([0, 1]))),
      refusal(() => confusionMatrix(outputs, indices([0, 1, 2, 3, 0, 0]))),
      refusal(() => confusionMatrix(single([1, Number.NaN]), indices([0, 1]))),
    ]).toMatchInlineSnapshot(`
      [
        "ShapeError labels-shape: confusionMatrix: expected labels of shape [6] or [6, 3], got [2].",
        "DataError label-out-of-range: confusionMatrix: expected labels in [0, 3), got 3 for sample 4.",
        "DataError not-finite: confusionMatrix: expected numbers, got NaN in sample 2.",
      ]
    `);
  });
});

describe("classificationReport", () => {
  it("has each class and their averages by the definitions", () => {
    // tp 1, 2, 1; told 2, 2, 2; of the class 1, 3, 2.
    const report = classificationReport(confusionMatrix(outputs, labels));
    const close = (got: object, precision: number, recall: number, f1: number, support: number) => {
      for (const [name, value] of Object.entries({ precision, recall, f1, support }))
        expect(got[name as keyof typeof got], name).toBeCloseTo(value, 14);
    };
    close(report.classes[0]!, 1 / 2, 1, 2 / 3, 1);
    close(report.classes[1]!, 1, 2 / 3, 4 / 5, 3);
    close(report.classes[2]!, 1 / 2, 1 / 2, 1 / 2, 2);
    close(report.macro, 2 / 3, (1 + 2 / 3 + 1 / 2) / 3, (2 / 3 + 4 / 5 + 1 / 2) / 3, 6);
    close(report.weighted, (1 / 2 + 3 + 1) / 6, (1 + 2 + 1) / 6, (2 / 3 + 12 / 5 + 1) / 6, 6);
    close(report.micro, 2 / 3, 2 / 3, 2 / 3, 6);
    expect(report.accuracy).toBeCloseTo(2 / 3, 15);
  });

  it("leaves a class that occurs nowhere out of the macro average, and divides by no 0", () => {
    const { classes, macro } = classificationReport([
      [3, 0, 1],
      [0, 0, 0],
      [0, 0, 4],
    ]);
    expect(classes[1]).toEqual({ precision: 0, recall: 0, f1: 0, support: 0 });
    expect(macro.recall).toBeCloseTo((3 / 4 + 1) / 2, 15);
    expect(macro.precision).toBeCloseTo((1 + 4 / 5) / 2, 15);
  });

  it("has NaN for the accuracy of nothing", () => {
    expect(classificationReport([[0]]).accuracy).toBeNaN();
  });
});

describe("rocAuc", () => {
  /** The share of pairs in which the positive scores higher, equal ones a half. */
  const byPairs = (scores: readonly number[], positive: readonly number[]) => {
    let won = 0;
    let pairs = 0;
    scores.forEach((a, i) => {
      scores.forEach((b, j) => {
        if (positive[i] !== 1 || positive[j] !== 0) return;
        pairs++;
        won += a > b ? 1 : a === b ? 0.5 : 0;
      });
    });
    return won / pairs;
  };

  it("is the share of pairs in the right order, with ties", () => {
    // Of 2·2 pairs: (0.35, 0.1), (0.8, 0.1), (0.8, 0.4) are right: scikit-learn's own example.
    expect(rocAuc(single([0.1, 0.4, 0.35, 0.8]), indices([0, 0, 1, 1]))).toBe(0.75);
    expect(rocAuc(indices([1, 1, 1, 1]), indices([0, 1, 1, 0]))).toBe(0.5);
    const scores = Array.from({ length: 97 }, (_, i) => ((i * 31) % 13) / 4);
    const positive = scores.map((_, i) => ((i * 7) % 5 < 2 ? 1 : 0));
    expect(rocAuc(single(scores), indices(positive))).toBeCloseTo(byPairs(scores, positive), 13);
  });

  it("is the mean of one class against the rest, of classes that there are", () => {
    const of = (column: number) => outputs.data.filter((_, i) => i % 3 === column);
    const areas = [0, 1, 2].map((k) =>
      byPairs(
        of(k),
        labels.data.map((label) => (label === k ? 1 : 0)),
      ),
    );
    expect(rocAuc(outputs, labels)).toBeCloseTo((areas[0]! + areas[1]! + areas[2]!) / 3, 14);
    const two = indices([0, 1, 1, 1, 0, 0]);
    const without = [0, 1].map((k) =>
      byPairs(
        of(k),
        two.data.map((label) => (label === k ? 1 : 0)),
      ),
    );
    expect(rocAuc(outputs, two)).toBeCloseTo((without[0]! + without[1]!) / 2, 14);
  });

  it("has NaN where there is nothing to tell apart", () => {
    expect(rocAuc(single([1, 2]), indices([1, 1]))).toBeNaN();
    expect(rocAuc({ data: [1, 2, 3, 4], shape: [2, 2] }, indices([1, 1]))).toBeNaN();
  });
});

describe("regressionReport", () => {
  it("has the errors and R² of scikit-learn's examples", () => {
    // Errors 0.5, 0.5, 0, 1: the mean is 0.5 and that of their squares 0.375; Σ(t − 2.875)² = 29.1875.
    const { meanAbsoluteError, rootMeanSquaredError, rSquared } = regressionReport(
      single([2.5, 0, 2, 8]),
      indices([3, -0.5, 2, 7]),
    );
    expect(meanAbsoluteError).toBe(0.5);
    expect(rootMeanSquaredError).toBeCloseTo(Math.sqrt(0.375), 15);
    expect(rSquared).toBeCloseTo(1 - 1.5 / 29.1875, 14);
  });

  it("averages R² over several numbers a sample", () => {
    const targets = { data: [0.5, 1, -1, 1, 7, -6], shape: [3, 2] };
    const report = regressionReport({ data: [0, 2, -1, 2, 8, -5], shape: [3, 2] }, targets);
    const column = (residual: number, values: number[]) => {
      const mean = values.reduce((a, b) => a + b) / 3;
      return 1 - residual / values.reduce((a, b) => a + (b - mean) ** 2, 0);
    };
    expect(report.rSquared).toBeCloseTo((column(1.25, [0.5, -1, 7]) + column(3, [1, 1, -6])) / 2, 14);
    expect(report.meanAbsoluteError).toBeCloseTo(4.5 / 6, 15);
  });

  it("keeps to 1 and 0 for targets that are all equal", () => {
    expect(regressionReport(single([4, 4]), indices([4, 4])).rSquared).toBe(1);
    expect(regressionReport(single([4, 5]), indices([4, 4])).rSquared).toBe(0);
    expect(regressionReport(single([]), indices([])).rSquared).toBeNaN();
  });
});

describe("topKAccuracy", () => {
  it("counts a class with fewer than k greater outputs", () => {
    // Ranks of the right classes: 0, 1, 0, 0, 2 (of 7, 7, 1), 0.
    expect([1, 2, 3].map((k) => topKAccuracy(outputs, labels, k))).toEqual([4 / 6, 5 / 6, 1]);
  });

  it("counts a row with NaN as wrong", () => {
    const broken = { data: [Number.NaN, 1, 2], shape: [1, 3] };
    expect(topKAccuracy(broken, indices([2]), 1)).toBe(0);
    expect(topKAccuracy(broken, indices([0]), 3)).toBe(0);
  });

  it("refuses a k of no use", () => {
    expect(refusal(() => topKAccuracy(outputs, labels, 0))).toMatchInlineSnapshot(
      `"ConfigError k-not-positive: topKAccuracy: k must be an integer of at least 1, got 0."`,
    );
  });
});
