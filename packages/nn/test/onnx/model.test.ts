import { createEngine } from "@loam/kernels-as";
import { afterAll, expect, it } from "vitest";
import {
  Adam,
  BatchNorm,
  Conv2d,
  Dense,
  Dropout,
  Flatten,
  MaxPool2d,
  ReLU,
  Sequential,
  softmaxCrossEntropy,
} from "../../src/index.js";
import { loadModel, saveModel } from "../../src/model/model-file.js";
import { exportOnnx, importOnnx } from "../../src/model/onnx-file.js";
import { quarters } from "../support/tiny-data.js";

const engine = await createEngine({ threads: 1 });
afterAll(() => engine.close());

/** A network of what is usual, trained a little, so that its averages are not what they began as. */
async function trained(): Promise<Sequential> {
  const net = new Sequential(
    [
      ...[
        new Conv2d({ filters: 4, kernelSize: 3, padding: 1 }),
        new BatchNorm(),
        new ReLU(),
        new MaxPool2d({ kernelSize: 2 }),
      ],
      ...[new Flatten(), new Dropout({ rate: 0.2 }), new Dense({ units: 4, name: "head" })],
    ],
    { inputShape: [1, 6, 6], seed: 5, engine },
  );
  net.compile({ optimizer: new Adam(), loss: softmaxCrossEntropy() });
  await net.fit(quarters(64), { epochs: 2, batchSize: 16 });
  return net;
}

const pictures = quarters(5).inputs;

it("takes a trained network out and in again", async () => {
  await using net = await trained();
  const want = await net.predict(pictures);
  const bytes = await exportOnnx(net, { preprocessing: true });
  await using back = await importOnnx(bytes, { engine });
  const got = await back.predict(pictures);
  expect(got.shape).toEqual(want.shape);
  got.data.forEach((value, i) => {
    expect(Math.abs(value - want.data[i]!)).toBeLessThan(1e-5);
  });
  // Averages are kept, and all else is learnt.
  const [layer] = back.layers;
  const kept = layer!.variables
    .filter(({ role }) => role === "state")
    .map(({ name }) => name.split("/").at(-1));
  expect(kept.filter((name) => !name!.startsWith("constant")).length).toBe(2);
});

it("goes on training, and is saved as any other model", async () => {
  await using net = await trained();
  await using back = await importOnnx(await exportOnnx(net), { engine, seed: 1 });
  back.compile({
    optimizer: new Adam({ learningRate: 0.01 }),
    loss: softmaxCrossEntropy(),
    metrics: ["accuracy"],
  });
  const { epochs } = await back.fit(quarters(64), { epochs: 12, batchSize: 16 });
  expect(epochs.at(-1)!.loss).toBeLessThan(epochs[0]!.loss / 2);
  const file = await saveModel(back);
  await using again = await loadModel(file, { engine });
  expect(await again.weightsHash()).toBe(await back.weightsHash());
  expect([...(await again.predict(pictures)).data]).toEqual([...(await back.predict(pictures)).data]);
});

it("cuts a body at a value by its name, and freezes it", async () => {
  await using net = await trained();
  const bytes = await exportOnnx(net);
  await using body = await importOnnx(bytes, { engine, output: "maxPool2d1/maxPool2d" });
  expect(body.outputShape).toEqual([4, 3, 3]);
  body.layers[0]!.trainable = false;
  expect(body.layers[0]!.variables.some(({ trainable }) => trainable)).toBe(false);
  await expect(importOnnx(bytes, { engine, output: "nothing" })).rejects.toMatchObject({
    code: "onnx-output",
  });
});
