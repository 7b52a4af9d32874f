import { describe, expect, it } from "vitest";
import { Dense, meanSquaredError, Sequential, SGD, softmaxCrossEntropy } from "../index.js";
import type { Dataset } from "./dataset.js";
import { validateDataset } from "./dataset.js";
import { distortPictures } from "./distort-pictures.js";
import { fingerprint } from "./fingerprint.js";

const bytes = [0, 64, 128, 255, 7, 9];
const labelled: Dataset = {
  name: "table",
  inputs: { data: Uint8Array.from(bytes), shape: [3, 2] },
  labels: { data: Uint8Array.of(0, 1, 0), shape: [3] },
  scaling: { kind: "divide", by: 255 },
};
const withInputs = (data: unknown) => ({ ...labelled, inputs: { data, shape: [3, 2] } }) as Dataset;
const withLabels = (data: unknown) => ({ ...labelled, labels: { data, shape: [3] } }) as Dataset;
const model = () =>
  new Sequential([new Dense({ units: 2 })], { inputShape: [2], threads: 1, seed: 5 }).compile({
    optimizer: new SGD({ learningRate: 0.1 }),
    loss: softmaxCrossEntropy(),
  });

describe("the types of a dataset's arrays", () => {
  it("are named when kernels cannot read them", () => {
    expect(() => validateDataset(withInputs(Float64Array.from(bytes)))).toThrowErrorMatchingInlineSnapshot(
      `[DataError: table: inputs must be a Uint8Array or Uint8ClampedArray or Float32Array, got Float64Array; convert them.]`,
    );
    expect(() => validateDataset(withLabels(Int32Array.of(0, -1, 0)))).toThrowErrorMatchingInlineSnapshot(
      `[DataError: table: labels must be a Uint8Array or Uint32Array or Float32Array, got Int32Array; convert them.]`,
    );
  });

  it.each([
    ["Int16Array", Int16Array.from(bytes)],
    ["Uint32Array", Uint32Array.from(bytes)],
    ["Array", bytes],
    ["undefined", undefined],
  ])("are not %s for inputs", async (got, data) => {
    const dataset = withInputs(data);
    const refusal = { code: "data-type", message: expect.stringContaining(`got ${got};`) };
    expect(() => validateDataset(dataset)).toThrow(expect.objectContaining(refusal));
    if (!data) return;
    await using trained = model();
    await expect(trained.fit(dataset)).rejects.toMatchObject(refusal);
  });

  it.each([
    ["BigInt64Array", BigInt64Array.of(0n, 1n, 0n)],
    ["Uint16Array", Uint16Array.of(0, 1, 0)],
    ["Int8Array", Int8Array.of(0, 1, 0)],
    ["Float64Array", Float64Array.of(0, 1, 0)],
    ["Array", [0, 1, 0]],
  ])("are not %s for labels", async (got, data) => {
    await using trained = model();
    await expect(trained.fit(withLabels(data))).rejects.toMatchObject({
      code: "data-type",
      message: expect.stringContaining(`got ${got};`),
    });
  });

  it("may be a canvas' clamped bytes, which are as good as bytes", async () => {
    const clamped = withInputs(Uint8ClampedArray.from(bytes));
    await using one = model();
    await using other = model();
    const [a, b] = [await one.fit(labelled, { epochs: 3 }), await other.fit(clamped, { epochs: 3 })];
    expect(b.epochs.map(({ loss }) => loss)).toEqual(a.epochs.map(({ loss }) => loss));
    expect(await other.weightsHash()).toBe(await one.weightsHash());
    expect(await other.predict(clamped.inputs)).toEqual(await one.predict(labelled.inputs));
    expect(await fingerprint(clamped)).toBe(await fingerprint(labelled));
    const picture = (data: Uint8Array) => ({
      ...labelled,
      inputs: { data, shape: [1, 1, 2, 3] },
      labels: { data: Uint8Array.of(1), shape: [1] },
    });
    const options = { copies: 1, seed: 4 };
    expect(distortPictures(picture(clamped.inputs.data as Uint8Array), options)).toEqual(
      distortPictures(picture(Uint8Array.from(bytes)), options),
    );
  });

  it("leave float32 targets as they were", async () => {
    await using trained = model();
    const targets = { data: Float32Array.of(0, 1, 1, 0, 0, 1), shape: [3, 2] };
    trained.compile({ optimizer: new SGD({ learningRate: 0.1 }), loss: meanSquaredError() });
    const { epochs } = await trained.fit({ ...labelled, labels: targets });
    expect(Number.isFinite(epochs[0]!.loss)).toBe(true);
  });
});
