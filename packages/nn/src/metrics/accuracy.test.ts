import { describe, expect, it } from "vitest";
import { accuracy } from "./accuracy.js";

const outputs = { data: [3, 1, 2, 0, 5, 5, -1, -2, -1], shape: [3, 3] };

describe("accuracy", () => {
  it("takes the greatest of a row, the first of equals", () => {
    // Rows tell 0, 1 (before 2) and 0 (before 2).
    expect(accuracy(outputs, { data: [0, 1, 0], shape: [3] })).toBe(1);
    expect(accuracy(outputs, { data: [0, 2, 2], shape: [3] })).toBeCloseTo(1 / 3, 15);
  });

  it("takes one-hot rows as labels", () => {
    expect(accuracy(outputs, { data: [1, 0, 0, 0, 1, 0, 0, 0, 1], shape: [3, 3] })).toBeCloseTo(2 / 3, 15);
  });

  it("takes a single output for yes or no, about a threshold", () => {
    const single = { data: [0.4, -0.1, 0.6, 0], shape: [4, 1] };
    const labels = { data: [1, 0, 1, 0], shape: [4] };
    expect(accuracy(single, labels)).toBe(1);
    expect(accuracy(single, labels, 0.5)).toBe(0.75);
  });

  it("counts NaN as wrong", () => {
    expect(accuracy({ data: [Number.NaN, 1], shape: [1, 2] }, { data: [1], shape: [1] })).toBe(0);
    expect(accuracy({ data: [Number.NaN], shape: [1, 1] }, { data: [0], shape: [1] })).toBe(0);
  });

  it("refuses labels that do not fit", () => {
    expect(() => accuracy(outputs, { data: [0, 1], shape: [2] })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: accuracy: expected labels of shape [3] or [3, 3], got [2].]`,
    );
  });
});
