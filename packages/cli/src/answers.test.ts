import {
  type Dataset,
  Dense,
  l2,
  meanSquaredError,
  Sequential,
  SGD,
  Softmax,
  softmaxCrossEntropy,
  syntheticDigits,
} from "@loam/nn";
import { expect, test } from "vitest";
import { answersOf } from "./answers.js";

const digits = syntheticDigits({ samples: 300, seed: 3 });
const flat: Dataset = { ...digits, inputs: { ...digits.inputs, shape: [300, 784] } };

/** Trained a little, so that weights, scaling and loss are there. */
async function trained(
  layers: ConstructorParameters<typeof Sequential>[0],
  dataset: Dataset,
  isNumbers = false,
) {
  const model = new Sequential(layers, { inputShape: dataset.inputs.shape.slice(1), seed: 1, threads: 1 });
  const loss = isNumbers ? meanSquaredError() : softmaxCrossEntropy();
  model.compile({ optimizer: new SGD(), loss, metrics: isNumbers ? [] : ["accuracy"] });
  await model.fit(dataset, { steps: 5, batchSize: 32 });
  return model;
}

for (const [name, layers] of [
  ["one score a class", () => [new Dense({ units: 10 })]],
  ["a penalty in the loss", () => [new Dense({ units: 10, kernelRegularizer: l2(0.01) })]],
  ["a closing softmax", () => [new Dense({ units: 10 }), new Softmax()]],
] as const) {
  test(`what one run says is what evaluate and classify say: ${name}`, async () => {
    const model = await trained(layers(), flat);
    const { evaluation, told, probabilities } = await answersOf(model, flat);
    expect(evaluation).toEqual(await model.evaluate(flat));
    expect({ labels: told, probabilities }).toEqual(await model.classify(flat.inputs));
    await model.close();
  });
}

test("what one run says is what evaluate and predict say: numbers", async () => {
  const values = Float32Array.from({ length: 300 }, (_, i) => Math.sin(i));
  const dataset: Dataset = {
    name: "sines",
    inputs: flat.inputs,
    labels: { data: values, shape: [300, 1] },
    scaling: flat.scaling,
    schema: {
      task: { kind: "regression", targets: [{ name: "y", shift: 0, scale: 1 }] },
      input: { kind: "pixels", columns: [], leftOut: [], identifiers: [] },
    },
  };
  const model = await trained([new Dense({ units: 1 })], dataset, true);
  const { evaluation, outputs } = await answersOf(model, dataset);
  expect(evaluation).toEqual(await model.evaluate(dataset));
  expect(outputs).toEqual(await model.predict(dataset.inputs));
  await model.close();
});
