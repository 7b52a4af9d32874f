import { describe, expect, it } from "vitest";
import { type Dataset, pickSamples } from "../index.js";
import { mixUp } from "./mix-up.js";

/** Sample i is [i, 10·i], with a weight of i. */
const dataset = (samples: number): Dataset => ({
  name: "numbers",
  inputs: {
    data: Float32Array.from({ length: 2 * samples }, (_, k) => (k >> 1) * (k % 2 === 0 ? 1 : 10)),
    shape: [samples, 2],
  },
  labels: { data: Uint8Array.from({ length: samples }, (_, i) => i), shape: [samples] },
  weights: Float32Array.from({ length: samples }, (_, i) => i),
  scaling: { kind: "none" },
});

describe("mixUp", () => {
  it("mixes inputs, targets and weights of two samples by the same share", () => {
    const samples = 5;
    const mixed = mixUp(dataset(samples), { copies: 3, alpha: 1, seed: 4 });
    expect([mixed.inputs.shape, mixed.labels.shape]).toEqual([
      [20, 2],
      [20, 5],
    ]);
    expect(mixed.inputs.data.subarray(0, 10)).toEqual(dataset(samples).inputs.data);
    for (let k = 0; k < 20; k++) {
      const [a, b] = mixed.inputs.data.subarray(2 * k, 2 * k + 2);
      const shares = Array.from(mixed.labels.data.subarray(5 * k, 5 * k + 5));
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 6);
      // A sample's numbers, and its weight, are its class.
      const mean = shares.reduce((sum, share, label) => sum + share * label, 0);
      expect(a).toBeCloseTo(mean, 5);
      expect(b).toBeCloseTo(10 * mean, 4);
      expect(mixed.weights![k]).toBeCloseTo(mean, 5);
      expect(shares[k % samples]).toBeGreaterThan(0);
      expect(shares.filter((share) => share > 0).length).toBeLessThanOrEqual(2);
    }
  });

  it("is a function of the seed and the sample", () => {
    const [one, again, other] = [4, 4, 5].map((seed) => mixUp(dataset(6), { seed }));
    expect(again).toEqual(one);
    expect(other!.labels.data).not.toEqual(one!.labels.data);
  });

  it.each([0.2, 1, 3])("draws its shares from Beta(α, α): α = %s", (alpha) => {
    const samples = 4000;
    const zeros = { ...dataset(samples), labels: { data: new Uint8Array(samples), shape: [samples] } };
    // Half of the samples are 1: where the two differ, the mixture of a 1 and a 0 is the share, or 1 less it.
    const inputs = { data: Float32Array.from({ length: samples }, (_, i) => i % 2), shape: [samples, 1] };
    const mixed = mixUp({ ...zeros, inputs }, { alpha, seed: 1 }).inputs.data.subarray(samples);
    const shares = Array.from(mixed).filter((_, i) => mixed[i] !== i % 2);
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    const variance = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / shares.length;
    // Mean 1/2 and variance 1 / (4·(2α + 1)); five deviations of the mean of about 2,000, and a tenth for the variance.
    expect(Math.abs(mean - 0.5)).toBeLessThan(5 * Math.sqrt(variance / shares.length));
    expect(variance / (1 / (4 * (2 * alpha + 1)))).toBeGreaterThan(0.88);
    expect(variance / (1 / (4 * (2 * alpha + 1)))).toBeLessThan(1.12);
  });

  it("keeps bytes, rounded, and targets; refuses a label for each step", () => {
    const bytes: Dataset = {
      ...pickSamples(dataset(2), Uint32Array.of(0, 1)),
      inputs: { data: Uint8Array.of(0, 255), shape: [2, 1] },
      labels: { data: Float32Array.of(0, 1), shape: [2, 1] },
    };
    const { inputs, labels } = mixUp(bytes, { copies: 20, alpha: 1, seed: 2 });
    expect(inputs.data).toBeInstanceOf(Uint8Array);
    for (let k = 0; k < 42; k++) expect(inputs.data[k]).toBe(Math.round(255 * labels.data[k]!));
    const steps = { ...bytes, labels: { data: new Uint8Array(4), shape: [2, 2] } };
    expect(() => mixUp(steps, { seed: 1 })).toThrow(
      "numbers: expected one label a sample, got [2, 2]; only those can be mixed.",
    );
  });
});
