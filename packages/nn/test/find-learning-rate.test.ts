import { expect, it } from "vitest";
import { Dense, Flatten, findLearningRate, meanSquaredError, Sequential, SGD } from "../src/index.js";
import { quarters } from "./support/tiny-data.js";

const PICTURES = quarters(64);
const DATA = {
  ...PICTURES,
  labels: {
    data: Float32Array.from({ length: 256 }, (_, i) => (PICTURES.labels.data[i >> 2] === i % 4 ? 1 : 0)),
    shape: [64, 4],
  },
};
const make = () =>
  new Sequential([new Flatten(), new Dense({ units: 4 })], {
    inputShape: [1, 6, 6],
    seed: 3,
    threads: 1,
  }).compile({
    ...{ optimizer: new SGD(), loss: meanSquaredError() },
  });

it("finds a rate that learns, between those that do nothing and those that are too much", async () => {
  const options = { from: 1e-5, to: 1000, steps: 60, batchSize: 16 };
  const { rates, losses, suggestion } = await findLearningRate(make, DATA, options);
  expect(rates[0]).toBe(1e-5);
  expect(rates[10]! / rates[9]!).toBeCloseTo(1e8 ** (1 / 59), 6);
  expect(losses).toHaveLength(rates.length);
  expect(rates.length).toBeLessThan(60);
  // The first loss is that of the weights as they were drawn.
  await using first = make();
  const { epochs } = await first.fit(DATA, { steps: 1, batchSize: 16 });
  expect(losses[0]).toBeCloseTo(epochs[0]!.loss, 6);
  const after = async (learningRate: number) => {
    await using model = make();
    model.compile({ optimizer: new SGD({ learningRate }), loss: meanSquaredError() });
    await model.fit(DATA, { epochs: 5, batchSize: 16 });
    return (await model.evaluate(DATA)).loss;
  };
  const found = await after(suggestion);
  expect(found).toBeLessThan(0.9 * (await after(1e-5)));
  expect(found).toBeLessThan(await after(rates.at(-1)!));
});

it("refuses rates that do not rise", async () => {
  await expect(findLearningRate(make, DATA, { from: 1, to: 0.1 })).rejects.toMatchObject({
    code: "rates-not-rising",
  });
  await expect(findLearningRate(make, DATA, { steps: 2 })).rejects.toMatchObject({
    code: "steps-out-of-range",
  });
});
