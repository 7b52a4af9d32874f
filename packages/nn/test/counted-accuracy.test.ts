import { describe, expect, it } from "vitest";
import {
  accuracy,
  binaryCrossEntropy,
  Conv2d,
  type Dataset,
  Dense,
  Flatten,
  type Layer,
  type Loss,
  meanSquaredError,
  Sequential,
  SGD,
  type Shape,
  Sigmoid,
  softmaxCrossEntropy,
} from "../src/index.js";

/** In [-1, 1), of which no two sums agree by chance and none tells the next. */
const scattered = (n: number) =>
  Float32Array.from({ length: n }, (_, i) => 2 * (((i + 1) ** 2 * 0.618033988749895) % 1) - 1);

function compiled(layers: Layer[], inputShape: Shape, loss: Loss): Sequential {
  // So small a rate leaves every weight as it is: what fit counts on the way is of the same network.
  const optimizer = new SGD({ learningRate: 1e-30 });
  return new Sequential(layers, { inputShape, threads: 1, seed: 3 }).compile({
    optimizer,
    loss,
    metrics: ["accuracy"],
  });
}

/** What fit, validation and evaluate count, over batches of which the last is short. */
async function counted(model: Sequential, data: Dataset): Promise<(number | undefined)[]> {
  const { epochs } = await model.fit(data, { epochs: 1, batchSize: 16, validationData: data });
  const evaluated = await model.evaluate(data, { batchSize: 16 });
  return [epochs[0]!.accuracy, epochs[0]!.validationAccuracy, evaluated.accuracy];
}

describe("the accuracy that programs count", () => {
  const samples = 60;
  const images: Pick<Dataset, "inputs" | "scaling" | "name"> = {
    name: "images",
    inputs: { data: scattered(samples * 16), shape: [samples, 1, 4, 4] },
    scaling: { kind: "none" },
  };
  // 12 scores a sample, which lie [2, 2, 3] in memory and are [3, 2, 2] to whoever looks.
  const conv = () => new Conv2d({ filters: 3, kernelSize: 2, stride: 2 });

  it("is of scores in row-major order where a convolution's lie otherwise", async () => {
    const labels = { data: Uint8Array.from({ length: samples }, (_, i) => (i * 7) % 12), shape: [samples] };
    const data = { ...images, labels };
    await using model = compiled([conv(), new Flatten()], [1, 4, 4], softmaxCrossEntropy());
    const want = accuracy(await model.predict(images.inputs), labels);
    for (const got of await counted(model, data)) expect(got).toBeCloseTo(want, 12);
  });

  it("is of all numbers of a sample where an output is no row", async () => {
    await using model = compiled([conv()], [1, 4, 4], meanSquaredError());
    const outputs = await model.predict(images.inputs);
    // Targets whose greatest is where the output's greatest is, in every other sample.
    const targets = outputs.data.map((y, i) => (Math.floor(i / 12) % 2 === 0 ? y : -y));
    const data = { ...images, labels: { data: targets, shape: outputs.shape } };
    for (const got of await counted(model, data)) expect(got).toBe(0.5);
  });

  it.each([
    { last: "Sigmoid", loss: meanSquaredError(), threshold: 0.5 },
    { last: "Dense", loss: meanSquaredError(), threshold: 0.5 },
    // Taken into the loss: what is counted are logits, of which 0 is the probability 0.5.
    { last: "Sigmoid", loss: binaryCrossEntropy(), threshold: 0.5 },
    { last: "Dense", loss: binaryCrossEntropy(), threshold: 0 },
  ])("takes $last before $loss.name for yes above $threshold", async ({ last, loss, threshold }) => {
    const n = 100;
    const inputs = { data: scattered(2 * n), shape: [n, 2] };
    const layers = [new Dense({ units: 1 }), ...(last === "Sigmoid" ? [new Sigmoid()] : [])];
    await using model = compiled(layers, [2], loss);
    await model.setWeights([
      { name: "dense1/kernel", shape: [2, 1], data: Float32Array.of(2, -1) },
      { name: "dense1/bias", shape: [1], data: Float32Array.of(0.3) },
    ]);
    const logit = (i: number) => 2 * inputs.data[2 * i]! - inputs.data[2 * i + 1]! + 0.3;
    const score = (i: number) => (last === "Sigmoid" ? 1 / (1 + Math.exp(-logit(i))) : logit(i));
    const targets = Float32Array.from({ length: n }, (_, i) => (logit(i) > 0.1 ? 1 : 0));
    const right = Array.from(targets, (t, i) => score(i) > threshold === t > 0.5).filter(Boolean).length;
    const data: Dataset = {
      name: "plane",
      inputs,
      labels: { data: targets, shape: [n] },
      scaling: { kind: "none" },
    };
    for (const got of await counted(model, data)) expect(got).toBeCloseTo(right / n, 12);
  });
});
