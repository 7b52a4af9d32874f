import { expect, it } from "vitest";
import { Adam, Conv2d, Dense, Flatten, ReLU, Sequential, softmaxCrossEntropy } from "../../src/index.js";
import { loadModel, saveModel } from "../../src/model/model-file.js";
import { exportOnnx, importOnnx } from "../../src/model/onnx-file.js";
import { quarters } from "../support/tiny-data.js";

it("gets another head, as a layer of another model", async () => {
  await using net = new Sequential(
    [new Conv2d({ filters: 4, kernelSize: 3 }), new ReLU(), new Flatten(), new Dense({ units: 4 })],
    { inputShape: [1, 6, 6], seed: 1, threads: 1 },
  );
  const body = await importOnnx(await exportOnnx(net), { output: "flatten1/reshape", threads: 1 });
  body.layers[0]!.trainable = false;
  const before = (await body.getWeights())[0]!.data.slice();
  await using other = new Sequential([body, new Dense({ units: 4 })], {
    inputShape: [1, 6, 6],
    seed: 2,
    threads: 1,
  });
  other.compile({ optimizer: new Adam({ learningRate: 0.02 }), loss: softmaxCrossEntropy() });
  const { epochs } = await other.fit(quarters(64), { epochs: 8, batchSize: 16 });
  expect(epochs.at(-1)!.loss).toBeLessThan(epochs[0]!.loss / 2);
  const weights = await other.getWeights();
  expect([...weights[0]!.data]).toEqual([...before]);
  await using again = await loadModel(await saveModel(other), { threads: 1 });
  expect(await again.weightsHash()).toBe(await other.weightsHash());
});
