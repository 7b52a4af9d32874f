import { createEngine } from "@loam/kernels-as";
import { afterAll, describe, expect, it } from "vitest";
import {
  type Activation,
  Adam,
  binaryCrossEntropy,
  Conv2d,
  Dense,
  ELU,
  Flatten,
  GELU,
  HardSwish,
  type Layer,
  LeakyReLU,
  type Loss,
  Mish,
  ReLU,
  SELU,
  Sequential,
  Sigmoid,
  SiLU,
  Softmax,
  Softplus,
  softmaxCrossEntropy,
  Tanh,
} from "../src/index.js";
import { quarters } from "./support/tiny-data.js";

const engine = await createEngine({ threads: 1 });
afterAll(() => engine.close());

const DATA = quarters(22);

const layers: Readonly<Record<Activation, () => Layer>> = {
  relu: () => new ReLU(),
  leakyRelu: () => new LeakyReLU(),
  elu: () => new ELU(),
  selu: () => new SELU(),
  gelu: () => new GELU(),
  silu: () => new SiLU(),
  mish: () => new Mish(),
  hardSwish: () => new HardSwish(),
  softplus: () => new Softplus(),
  sigmoid: () => new Sigmoid(),
  tanh: () => new Tanh(),
  softmax: () => new Softmax(),
};

async function hashOf(body: readonly Layer[], loss: Loss = softmaxCrossEntropy()): Promise<string> {
  await using model = new Sequential(body, { inputShape: DATA.inputs.shape.slice(1), engine, seed: 2 });
  model.compile({ optimizer: new Adam(), loss });
  await model.fit(DATA, { epochs: 1, batchSize: 8 });
  return model.weightsHash();
}

describe.each(Object.entries(layers))("activation: %s", (name, layer) => {
  const activation = name as Activation;

  it("is the layer of that name behind, to the bit", async () => {
    const classes = new Dense({ units: 4 });
    expect(await hashOf([new Flatten(), new Dense({ units: 9, activation }), classes])).toBe(
      await hashOf([new Flatten(), new Dense({ units: 9 }), layer(), new Dense({ units: 4 })]),
    );
  });
});

it("is there for convolutions too", async () => {
  const conv = { filters: 3, kernelSize: 3 };
  expect(
    await hashOf([new Conv2d({ ...conv, activation: "relu" }), new Flatten(), new Dense({ units: 4 })]),
  ).toBe(await hashOf([new Conv2d(conv), new ReLU(), new Flatten(), new Dense({ units: 4 })]));
});

it("is taken into a loss on logits where it closes a network, and told by classify", async () => {
  const body = (last: readonly Layer[]) => [new Flatten(), ...last];
  expect(await hashOf(body([new Dense({ units: 4, activation: "softmax" })]))).toBe(
    await hashOf(body([new Dense({ units: 4 })])),
  );
  await using model = new Sequential(body([new Dense({ units: 1, activation: "sigmoid" })]), {
    inputShape: DATA.inputs.shape.slice(1),
    engine,
  });
  model.compile({ optimizer: new Adam(), loss: binaryCrossEntropy() });
  const { data } = await model.predict(DATA.inputs);
  const { probabilities } = await model.classify(DATA.inputs);
  expect(probabilities.data.filter((_, i) => i % 2 === 1)).toEqual(data);
});
