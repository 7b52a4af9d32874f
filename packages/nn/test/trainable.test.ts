// Layers that training leaves alone.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  Adam,
  BatchNorm,
  Dense,
  Flatten,
  layerFromConfig,
  loadModel,
  type Model,
  ReLU,
  Sequential,
  SGD,
  saveModel,
} from "../src/index.js";
import { layerCases } from "./contracts/members.js";
import { changed, compiled, DATA, FIT, weightsOf } from "./support/brief-training.js";

const modelOf = (trainable = true) =>
  new Sequential(
    [
      new Flatten(),
      new Dense({ units: 7, name: "body", trainable }),
      new BatchNorm({ name: "norm", trainable }),
      new ReLU(),
      new Dense({ units: 4, name: "head" }),
    ],
    { inputShape: [1, 6, 6], seed: 3, threads: 1 },
  );

async function changedByFit(model: Model): Promise<string[]> {
  compiled(model, new Adam());
  const before = await weightsOf(model);
  await model.fit(DATA, FIT);
  expect([...(await weightsOf(model)).keys()]).toEqual([...before.keys()]);
  return changed(model, before);
}

const ALL = ["body/kernel", "body/bias", "norm/gamma", "norm/beta", "norm/movingMean", "norm/movingVariance"];
const HEAD = ["head/kernel", "head/bias"];

describe("trainable", () => {
  it("false leaves a layer's parameters, and a BatchNorm's averages, and is in the file", async () => {
    await using model = modelOf(false);
    expect(await changedByFit(model)).toEqual(HEAD);
    await using again = await loadModel(await saveModel(model), { threads: 1 });
    expect(again.layers.map(({ trainable }) => trainable)).toEqual([true, false, false, true, true]);
    expect(await changedByFit(again)).toEqual(HEAD);
  });

  it("counts as it is when the model is compiled", async () => {
    await using model = modelOf();
    for (const layer of model.layers.slice(0, 3)) layer.trainable = false;
    expect(await changedByFit(model)).toEqual(HEAD);
    for (const layer of model.layers) layer.trainable = true;
    // Until then all goes on as it was, with batches of another size too.
    const before = await model.getWeights();
    await model.fit(DATA, { batchSize: 5 });
    expect((await model.getWeights())[0]).toEqual(before[0]);
    expect(await changedByFit(model)).toEqual([...ALL, ...HEAD]);
  });

  it("trains a head as if the body were a function of its own", async () => {
    await using whole = modelOf(false);
    compiled(whole, new SGD({ learningRate: 0.1 }));
    whole.scaling = DATA.scaling;
    const weights = await whole.getWeights();
    const outputs = await whole.activations({ ...DATA.inputs });
    const features = outputs.find(({ layer }) => layer === "relu1")!;
    await using head = new Sequential([new Dense({ units: 4, name: "head" })], {
      inputShape: [7],
      threads: 1,
    });
    compiled(head, new SGD({ learningRate: 0.1 }));
    await head.setWeights(weights.filter(({ name }) => name.startsWith("head")));
    const fit = { epochs: 3, batchSize: 8, shuffle: false };
    const whole3 = await whole.fit(DATA, fit);
    const head3 = await head.fit(features, [...DATA.labels.data], fit);
    head3.epochs.forEach(({ loss }, i) => {
      expect(loss).toBeCloseTo(whole3.epochs[i]!.loss, 5);
    });
  });

  it("is an option of every layer", () => {
    for (const [type, cases] of Object.entries(layerCases)) {
      const config = fc.sample(cases, 1)[0]!.layer.config();
      const layer = layerFromConfig(type, { ...config, trainable: false });
      expect(layer.config()).toMatchObject({ trainable: false });
      expect(layerFromConfig(type, config).config()).not.toHaveProperty("trainable");
      expect(() => layerFromConfig(type, { ...config, trainable: "no" })).toThrow(
        "trainable must be true or false",
      );
    }
  });
});
