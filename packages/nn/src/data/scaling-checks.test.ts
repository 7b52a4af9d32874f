import { describe, expect, it } from "vitest";
import { Dense, meanSquaredError, Sequential, SGD, softmaxCrossEntropy } from "../index.js";
import { type Dataset, validateDataset } from "./dataset.js";
import { applyScaling, maximumScaling, type Scaling, standardScaling } from "./scaling.js";

const scaled = (scaling: unknown): Dataset => ({
  name: "table",
  inputs: { data: Float32Array.of(1, 2, 3, 4), shape: [2, 2] },
  labels: { data: Uint8Array.of(0, 1), shape: [2] },
  scaling: scaling as Scaling,
});
const identity = () =>
  new Sequential([new Dense({ units: 2 })], { inputShape: [2], threads: 1 }).compile({
    optimizer: new SGD({ learningRate: 0.1 }),
    loss: softmaxCrossEntropy(),
  });

describe("a dataset's scaling", () => {
  it.each([
    ["a kind that is none", { kind: "standard" }],
    ["a division by 0", { kind: "divide", by: 0 }],
    ["a division by NaN", { kind: "divide", by: Number.NaN }],
    ["a shift that is shorter", { kind: "features", shift: [0], scale: [1, 1] }],
    ["a scale of something else than numbers", { kind: "features", shift: [0, 0], scale: [1, "1"] }],
    ["a center that is shorter", { kind: "standard", center: [0], shift: [0, 0], scale: [1, 1] }],
    ["a factor beyond float32", { kind: "divide", by: 1e-40 }],
    ["scales beyond float32", { kind: "features", shift: [0, 0], scale: [1, 1e39] }],
    ["nothing", undefined],
  ])("is not %s", async (_, scaling) => {
    expect(() => validateDataset(scaled(scaling))).toThrow(
      expect.objectContaining({ code: "scaling-invalid" }),
    );
    await using model = identity();
    await expect(model.fit(scaled(scaling))).rejects.toMatchObject({ code: "scaling-invalid" });
  });

  it("may be that of a column of 0 and 1e-45, the least that float32 has beside it", async () => {
    const data = Float32Array.of(0, 1, 1e-45, 2, 0, 3, 1e-45, 4);
    for (const scaling of [standardScaling(data, 2), maximumScaling(data)]) {
      const table = {
        name: "table",
        inputs: { data, shape: [4, 2] },
        labels: { data: Uint8Array.of(0, 1, 0, 1), shape: [4] },
        scaling,
      };
      validateDataset(table);
      await using model = identity();
      const { epochs } = await model.fit(table, { epochs: 2 });
      expect(epochs[1]!.loss).toBeLessThan(epochs[0]!.loss);
    }
    // By itself it is told apart as well: 2⁻¹⁴⁹ grows by no more than 2¹²⁷.
    const column = data.filter((_, i) => i % 2 === 0);
    expect([...applyScaling(column, maximumScaling(column))]).toEqual([0, 2 ** -22, 0, 2 ** -22]);
  });

  it("is shown when it is refused", () => {
    expect(() => validateDataset(scaled({ kind: "divide", by: 0 }))).toThrowErrorMatchingInlineSnapshot(
      `[DataError: table: its scaling must be {kind: "none"}, {kind: "divide", by}, {kind: "features", shift, scale} or {kind: "standard", center, scale, shift} of numbers that float32 can hold, as many of each, 1 / by among them; got {"kind":"divide","by":0}.]`,
    );
    const long = { kind: "features", shift: new Array(100).fill(0), scale: [1] };
    expect(() => validateDataset(scaled(long))).toThrow(/got \{"kind":"features","shift":\[0,.{0,40}\.$/);
  });

  it("may be any of the four", () => {
    for (const scaling of [
      { kind: "none" },
      { kind: "divide", by: -2 },
      { kind: "features", shift: [0, 1], scale: [0, -1] },
      { kind: "standard", center: [1, 2], shift: [0, 1], scale: [0, -1] },
    ])
      validateDataset(scaled(scaling));
  });
});

describe("predict", () => {
  const { inputs } = scaled({ kind: "none" });

  it("refuses a scaling that was set for samples of another size, or that is none", async () => {
    await using model = identity();
    model.scaling = { kind: "features", shift: [0, 0, 0], scale: [1, 1, 1] };
    await expect(model.predict(inputs)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[DataError: predict: its scaling has 3 features where a sample has 2.]`,
    );
    await expect(model.activations(inputs)).rejects.toMatchObject({ code: "size-mismatch" });
    model.scaling = { kind: "divide", by: 0 };
    await expect(model.predict(inputs)).rejects.toMatchObject({ code: "scaling-invalid" });
  });

  it("applies one that fits", async () => {
    await using model = identity();
    await model.setWeights([
      { name: "dense1/kernel", shape: [2, 2], data: Float32Array.of(1, 0, 0, 1) },
      { name: "dense1/bias", shape: [2], data: Float32Array.of(0, 0) },
    ]);
    model.scaling = { kind: "features", shift: [1, 0], scale: [2, 0.5] };
    // (1, 2), (3, 4) → (2·1 + 1, 0.5·2), (2·3 + 1, 0.5·4)
    expect(Array.from((await model.predict(inputs)).data)).toEqual([3, 1, 7, 2]);
    model.scaling = { kind: "standard", center: [1, 4], shift: [0.5, 0], scale: [2, 0.5] };
    // 2·(1 − 1) + 0.5, 0.5·(2 − 4), 2·(3 − 1) + 0.5, 0.5·(4 − 4)
    expect(Array.from((await model.predict(inputs)).data)).toEqual([0.5, -1, 4.5, 0]);
  });
});

describe("fit and evaluate", () => {
  it("see what predict sees, far from 0", async () => {
    await using model = identity();
    const table = Float32Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? 1e6 + i / 2 : -5e5 - i));
    const labels = { data: Float32Array.from({ length: 20 }, () => 0), shape: [10, 2] };
    model.compile({ optimizer: new SGD({ learningRate: 0.1 }), loss: meanSquaredError() });
    await model.setWeights([
      { name: "dense1/kernel", shape: [2, 2], data: Float32Array.of(1, 0, 0, 1) },
      { name: "dense1/bias", shape: [2], data: Float32Array.of(0, 0) },
    ]);
    const inputs = { data: table, shape: [10, 2] };
    const scaling = standardScaling(table, 2);
    // Standardised by whoever: the mean square of all values is 1.
    expect((await model.evaluate({ name: "far", inputs, labels, scaling })).loss).toBeCloseTo(1, 6);
    model.scaling = scaling;
    const seen = (await model.predict(inputs)).data;
    expect(seen.reduce((sum, value) => sum + value * value, 0) / 20).toBeCloseTo(1, 6);
  });
});
