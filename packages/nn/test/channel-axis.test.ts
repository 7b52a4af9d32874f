import { describe, expect, it } from "vitest";
import {
  BatchNorm,
  Conv1d,
  Conv2d,
  decodeSafetensors,
  encodeSafetensors,
  GroupNorm,
  Input,
  loadModel,
  type Model,
  PReLU,
  Sequential,
  saveModel,
} from "../src/index.js";

const steps = 5;
const features = 3;
const samples = {
  data: Float32Array.from({ length: 2 * steps * features }, (_, i) => Math.sin(2 * i)),
  shape: [2, steps, features],
};

/** The same file as one from before layers knew of an axis. */
async function withoutAxis(model: Model): Promise<Uint8Array> {
  const { tensors, metadata } = decodeSafetensors(await saveModel(model));
  const architecture = JSON.parse(metadata.loam!);
  for (const { config } of architecture.layers) delete config.axis;
  return encodeSafetensors({ tensors, metadata: { ...metadata, loam: JSON.stringify(architecture) } });
}

describe("the channels' axis", () => {
  it("is the last one behind a Conv1d, where each filter has numbers of its own", async () => {
    const layers = [
      new Conv1d({ filters: 4, kernelSize: 2 }),
      new BatchNorm(),
      new GroupNorm({ groups: 2 }),
      new PReLU(),
    ];
    await using model = new Sequential(layers, { inputShape: [steps, features], threads: 1 });
    for (const layer of layers.slice(1)) {
      expect(layer.variables.map(({ shape }) => shape)).toEqual(layer.variables.map(() => [4]));
      expect(layer.config()).toMatchObject({ axis: "auto" });
    }
    await using again = await loadModel(await saveModel(model), { threads: 1 });
    expect((await again.predict(samples)).data).toEqual((await model.predict(samples)).data);
    expect(again.layers.map((layer) => layer.config())).toEqual(layers.map((layer) => layer.config()));
  });

  it("takes means over the batch and the steps", async () => {
    const norm = new BatchNorm({ momentum: 0, scale: false, center: false });
    await using model = new Sequential([norm], { inputShape: [steps, features], threads: 1 });
    model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
    await model.fit(samples, samples, { epochs: 1, batchSize: 2 });
    const found = (await model.getWeights()).find(({ name }) => name.endsWith("movingMean"))!;
    const means = Array.from({ length: features }, (_, c) => {
      const own = samples.data.filter((_, i) => i % features === c);
      return own.reduce((sum, value) => sum + value, 0) / own.length;
    });
    expect(found.shape).toEqual([features]);
    for (const [c, value] of found.data.entries()) expect(value).toBeCloseTo(means[c]!, 5);
  });

  it("of a file that does not know of it is the first of a sample", async () => {
    const layers = [
      new BatchNorm({ axis: 1 }),
      new GroupNorm({ groups: 5, axis: 1 }),
      new PReLU({ axis: 1 }),
    ];
    await using model = new Sequential(layers, { inputShape: [steps, features], threads: 1 });
    const weights = await model.getWeights();
    await model.setWeights(weights.map((one) => ({ ...one, data: one.data.map((_, i) => 1 + i / 3) })));
    await using again = await loadModel(await withoutAxis(model), { threads: 1 });
    expect((await again.predict(samples)).data).toEqual((await model.predict(samples)).data);
    expect(again.layers.map((layer) => layer.config().axis)).toEqual([1, 1, 1]);
  });

  it("is left out of a file where it says what files always said", async () => {
    const layers = [new Conv2d({ filters: 2, kernelSize: 2 }), new BatchNorm(), new PReLU({ axis: 1 })];
    await using model = new Sequential(layers, { inputShape: [1, 4, 4], threads: 1 });
    for (const layer of layers) expect(layer.config()).not.toHaveProperty("axis");
    await using again = await loadModel(await saveModel(model), { threads: 1 });
    expect(again.layers.map((layer) => layer.config())).toEqual(layers.map((layer) => layer.config()));
  });

  it("must be one of the input's, and not the batch", () => {
    const message = (make: () => unknown) => {
      try {
        return String(make());
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(message(() => new BatchNorm({ axis: 0 }))).toBe(
      "BatchNorm: axis must be an integer other than 0, which is the batch, got 0.",
    );
    expect(message(() => new BatchNorm({ axis: 3 }).apply(new Input({ shape: [4, 5] })))).toBe(
      "BatchNorm: expected input of shape [batch, ..., channels, ...], got [batch, 4, 5]; axis 3 is none of it.",
    );
  });
});
