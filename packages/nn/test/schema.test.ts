import { describe, expect, it } from "vitest";
import {
  type DataSchema,
  type Dataset,
  Dense,
  decodeSafetensors,
  encodeSafetensors,
  loadModel,
  meanSquaredError,
  Sequential,
  SGD,
  saveModel,
} from "../src/index.js";

const schema: DataSchema = {
  task: { kind: "regression", targets: [{ name: "price", shift: 100, scale: 20 }] },
  input: { kind: "table", columns: [], leftOut: [], identifiers: ["id"] },
};
const dataset: Dataset = {
  name: "prices",
  inputs: { data: Float32Array.of(0, 1), shape: [2, 1] },
  labels: { data: Float32Array.of(0, 1), shape: [2, 1] },
  scaling: { kind: "none" },
  schema,
};

async function trained(): Promise<Sequential> {
  const model = new Sequential([new Dense({ units: 1 })], { inputShape: [1], threads: 1 });
  model.compile({ optimizer: new SGD(), loss: meanSquaredError() });
  await model.fit(dataset);
  return model;
}

describe("a model's schema", () => {
  it("comes from the data and goes with the file, which earlier versions refuse", async () => {
    await using model = await trained();
    expect(model.schema).toEqual(schema);
    const bytes = await saveModel(model);
    await using again = await loadModel(bytes);
    expect([again.schema, again.loss]).toEqual([schema, { name: "meanSquaredError", config: {} }]);
    expect(JSON.parse(decodeSafetensors(bytes).metadata.loam!)).toMatchObject({ version: 3 });
  });

  it("is refused where a file's is damaged", async () => {
    await using model = await trained();
    const { tensors, metadata } = decodeSafetensors(await saveModel(model));
    const broken = (change: (loam: Record<string, unknown>) => void) => {
      const loam = JSON.parse(metadata.loam!) as Record<string, unknown>;
      change(loam);
      return loadModel(encodeSafetensors({ tensors, metadata: { ...metadata, loam: JSON.stringify(loam) } }));
    };
    for (const value of [1, null, {}, { task: { kind: "regression", targets: [] }, input: schema.input }])
      await expect(broken((loam) => Object.assign(loam, { schema: value }))).rejects.toMatchObject({
        code: "schema-invalid",
      });
    const text = { kind: "text", unit: "word", vocabulary: ["a"], length: 2 };
    for (const input of [
      { ...text, length: 3 },
      { ...text, length: 1e15 },
      { kind: "recording", steps: 5, columns: [], leftOut: [] },
    ]) {
      const other = { task: { kind: "classification" }, input };
      await expect(broken((loam) => Object.assign(loam, { schema: other }))).rejects.toMatchObject({
        code: "schema-invalid",
      });
    }
    for (const change of [{ version: 1 }, { schema: undefined }, { loss: { name: 1 } }, { loss: "mse" }])
      await expect(broken((loam) => Object.assign(loam, change))).rejects.toMatchObject({
        code: "model-invalid",
      });
  });
});
