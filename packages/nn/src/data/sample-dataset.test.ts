import { describe, expect, it } from "vitest";
import { type Dataset, sampleDataset } from "../index.js";

/** Samples of one value, which is their place, with these labels. */
const of = (labels: Dataset["labels"]["data"]): Dataset => ({
  name: "sorted",
  inputs: { data: Float32Array.from(labels, (_, i) => i), shape: [labels.length, 1] },
  labels: { data: labels, shape: labels instanceof Float32Array ? [labels.length, 1] : [labels.length] },
  scaling: { kind: "none" },
});
const sorted = of(Uint8Array.from({ length: 100 }, (_, i) => (i < 70 ? 0 : i < 99 ? 5 : 2)));
const counts = ({ labels }: Dataset) => [0, 5, 2].map((one) => labels.data.filter((it) => it === one).length);

describe("sampleDataset", () => {
  it.each([
    [10, [7, 2, 1]], // shares 7, 2.9, 0.1: one at least, which the class with the most above its share gives
    [3, [1, 1, 1]],
    [2, [1, 1, 0]], // shares 1.4, 0.58, 0.02
    [50, [35, 14, 1]], // 35, 14.5, 0.5: one at least
    [100, [70, 29, 1]],
    [0, [0, 0, 0]],
  ])("takes of %i each class's share: %j", (count, expected) => {
    expect(counts(sampleDataset(sorted, count, 3))).toEqual(expected);
  });

  it("keeps samples with their labels, in their order, each once, by the seed", () => {
    const drawn = sampleDataset(sorted, 40, 3);
    const places = Array.from(drawn.inputs.data);
    expect(places).toEqual([...new Set(places)].sort((a, b) => a - b));
    expect(Array.from(drawn.labels.data)).toEqual(places.map((i) => sorted.labels.data[i]));
    expect(sampleDataset(sorted, 40, 3)).toEqual(drawn);
    expect(sampleDataset(sorted, 40, 4)).not.toEqual(drawn);
  });

  it("draws any of numbers", () => {
    const drawn = sampleDataset(of(Float32Array.from({ length: 50 }, (_, i) => i / 7)), 20, 1);
    expect(drawn.labels.shape).toEqual([20, 1]);
    expect(Math.max(...drawn.inputs.data)).toBeGreaterThan(25);
  });

  it("refuses more than there are", () => {
    expect(() => sampleDataset(sorted, 101, 0)).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: sorted: count must be in [0, 100], got 101.]`,
    );
  });
});
