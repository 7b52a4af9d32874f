import { describe, expect, it, vi } from "vitest";
import { quickFingerprint } from "../src/data/quick-fingerprint.js";
import { type Dataset, Dense, Sequential } from "../src/index.js";

const dataset = (): Dataset => ({
  name: "numbers",
  inputs: { data: Float32Array.from({ length: 60 }, (_, i) => Math.sin(i)), shape: [20, 3] },
  labels: { data: Float32Array.from({ length: 20 }, (_, i) => Math.cos(i)), shape: [20, 1] },
  scaling: { kind: "none" },
  weights: new Float32Array(20).fill(1),
});

describe("a dataset whose arrays are changed in place", () => {
  it.each(["inputs", "labels", "weights"] as const)("is seen as it is at the next use: %s", async (part) => {
    const kept = dataset();
    const values = part === "weights" ? kept.weights! : kept[part].data;
    const trained = async (use: (model: Sequential) => Promise<unknown>) => {
      await using model = new Sequential([new Dense({ units: 1 })], { inputShape: [3], seed: 1, threads: 1 });
      model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
      await use(model);
      await model.setWeights([
        { name: "dense1/kernel", shape: [3, 1], data: Float32Array.of(1, 2, 3) },
        { name: "dense1/bias", shape: [1], data: Float32Array.of(0) },
      ]);
      return (await model.evaluate(kept)).loss;
    };
    const before = await trained((model) => model.evaluate(kept));
    const after = await trained(async (model) => {
      await model.evaluate(kept);
      values[7] = 3;
    });
    expect(after).not.toBe(before);
    // A model that has never seen them otherwise.
    expect(after).toBe(await trained(async () => {}));
  });
});

describe("a dataset that fits divide", () => {
  const losses = async (data: Dataset, seed = 1, validationSplit = 0.25) => {
    await using model = new Sequential([new Dense({ units: 1 })], { inputShape: [3], seed, threads: 1 });
    model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
    const { epochs } = await model.fit(data, { validationSplit, epochs: 2 });
    return epochs.map(({ loss, validationLoss }) => [loss, validationLoss]);
  };

  it("is copied once for the same parts, and anew for others or other values", async () => {
    const kept = dataset();
    const gathered = vi.spyOn(kept.inputs.data, "subarray");
    const first = await losses(kept);
    const calls = gathered.mock.calls.length;
    expect(calls).toBeGreaterThanOrEqual(20);
    expect(await losses(kept)).toEqual(first);
    expect(gathered.mock.calls.length).toBe(calls);
    for (const [seed, share] of [
      [2, 0.25],
      [1, 0.5],
    ] as const)
      expect(await losses(kept, seed, share)).toEqual(await losses(dataset(), seed, share));
    const other = dataset();
    for (const one of [kept, other]) one.labels.data[7] = 3;
    const changed = await losses(kept);
    expect(changed).not.toEqual(first);
    expect(changed).toEqual(await losses(other));
  });
});

describe("quickFingerprint", () => {
  it("tells every change of an array that it sees whole, whatever its place in memory", () => {
    for (const length of [0, 1, 3, 4, 7, 64]) {
      for (const offset of [0, 1, 4]) {
        const bytes = new Uint8Array(new ArrayBuffer(length + offset), offset);
        const seen = new Set([quickFingerprint(bytes)]);
        for (let i = 0; i < length; i++) {
          bytes[i] = 1;
          seen.add(quickFingerprint(bytes));
        }
        expect(seen.size).toBe(length + 1);
      }
    }
  });

  it("tells large arrays by words all over them, the first and the last among them", () => {
    const values = new Float32Array(1_000_000);
    const seen = new Set([quickFingerprint(values)]);
    for (const at of [0, values.length - 1]) {
      values[at] = 1;
      seen.add(quickFingerprint(values));
    }
    values.fill(2, 500_000, 500_100);
    seen.add(quickFingerprint(values));
    expect(seen.size).toBe(4);
  });
});
