import { describe, expect, it } from "vitest";
import { classCount, type Dataset, splitDataset, takeSamples, validateDataset } from "./dataset.js";

/** Five samples of two features; sample i is (10i, 10i + 1) with label i. */
const table: Dataset = {
  name: "table",
  inputs: { data: Float32Array.of(0, 1, 10, 11, 20, 21, 30, 31, 40, 41), shape: [5, 2] },
  labels: { data: Uint8Array.of(0, 1, 2, 3, 4), shape: [5] },
  scaling: { kind: "none" },
};

describe("takeSamples", () => {
  it("takes a run of samples with their labels", () => {
    const taken = takeSamples(table, 1, 3);
    expect(taken.inputs).toEqual({ data: Float32Array.of(10, 11, 20, 21), shape: [2, 2] });
    expect(taken.labels).toEqual({ data: Uint8Array.of(1, 2), shape: [2] });
    expect(takeSamples(table, 5, 5).inputs.shape).toEqual([0, 2]);
  });

  it("refuses a run beyond the end", () => {
    expect(() => takeSamples(table, 3, 6)).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: table: end must be in [3, 5], got 6.]`,
    );
    expect(() => takeSamples(table, -1, 3)).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: table: start must be an integer of at least 0, got -1.]`,
    );
  });
});

describe("splitDataset", () => {
  it("gives every sample to one side, with its own label, and the same side for the same seed", () => {
    const { training, validation } = splitDataset(table, 0.4, 11);
    expect([training.inputs.shape, validation.inputs.shape]).toEqual([
      [3, 2],
      [2, 2],
    ]);
    for (const part of [training, validation]) {
      const expected = Array.from(part.labels.data).flatMap((label) => [10 * label, 10 * label + 1]);
      expect(Array.from(part.inputs.data)).toEqual(expected);
    }
    expect([...training.labels.data, ...validation.labels.data].sort()).toEqual([0, 1, 2, 3, 4]);
    expect(splitDataset(table, 0.4, 11)).toEqual({ training, validation });
    expect(splitDataset(table, 0, 11).training).toEqual(table);
  });

  it("refuses a share above one", () => {
    expect(() => splitDataset(table, 1.5, 0)).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: table: fraction must be in [0, 1], got 1.5.]`,
    );
  });
});

describe("classCount", () => {
  it("counts names, else indices, else nothing", () => {
    expect(classCount(table)).toBe(5);
    expect(classCount({ ...table, classNames: ["a", "b", "c", "d", "e", "f"] })).toBe(6);
    expect(classCount({ ...table, labels: { data: new Float32Array(5), shape: [5, 1] } })).toBe(0);
  });
});

describe("validateDataset", () => {
  const inputs = (data: Float32Array) => ({ ...table, inputs: { data, shape: [5, 2] } });

  it("accepts what fits", () => {
    validateDataset(table);
    validateDataset(table, { classes: 5 });
  });

  it("names the sample and the value that is wrong", () => {
    const notFinite = table.inputs.data.slice() as Float32Array;
    notFinite[7] = Number.NaN;
    expect(() => validateDataset(inputs(notFinite))).toThrowErrorMatchingInlineSnapshot(
      `[DataError: table: input value 2 of sample 4 is NaN; every value must be a finite number.]`,
    );
    expect(() => validateDataset(table, { classes: 4 })).toThrowErrorMatchingInlineSnapshot(
      `[DataError: table: the label of sample 5 is 4, but with 4 classes labels go from 0 to 3.]`,
    );
    expect(() => validateDataset({ ...table, classNames: ["a", "b"] })).toThrowErrorMatchingInlineSnapshot(
      `[DataError: table: the label of sample 3 is 2, but with 2 classes labels go from 0 to 1.]`,
    );
    expect(() => validateDataset(takeSamples(table, 0, 0))).toThrowErrorMatchingInlineSnapshot(
      `[DataError: table: has no samples.]`,
    );
    expect(() => validateDataset(inputs(new Float32Array(9)))).toThrowErrorMatchingInlineSnapshot(
      `[DataError: table: inputs of shape [5, 2] need 10 values, got 9.]`,
    );
    const fewer = { data: Uint8Array.of(1), shape: [1] };
    expect(() => validateDataset({ ...table, labels: fewer })).toThrowErrorMatchingInlineSnapshot(
      `[DataError: table: has inputs for 5 samples, but labels for 1.]`,
    );
    const targets = { data: Float32Array.of(1, 2, 3, Infinity, 5), shape: [5, 1] };
    expect(() => validateDataset({ ...table, labels: targets })).toThrowErrorMatchingInlineSnapshot(
      `[DataError: table: label value 1 of sample 4 is Infinity; every value must be a finite number.]`,
    );
    const scaling = { kind: "features", shift: [0], scale: [1] } as const;
    expect(() => validateDataset({ ...table, scaling })).toThrowErrorMatchingInlineSnapshot(
      `[DataError: table: its scaling has 1 features where a sample has 2.]`,
    );
  });
});
