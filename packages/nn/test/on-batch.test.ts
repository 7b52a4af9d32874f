// Loops of one's own.
import { describe, expect, it } from "vitest";
import {
  Adam,
  Dense,
  Dropout,
  Flatten,
  meanSquaredError,
  ReLU,
  Sequential,
  SGD,
  softmaxCrossEntropy,
  Tanh,
  takeSamples,
} from "../src/index.js";
import { quarters } from "./support/tiny-data.js";

const DATA = quarters(24);

const modelOf = (threads = 1) =>
  new Sequential(
    [new Flatten(), new Dense({ units: 7 }), new Dropout({ rate: 0.3 }), new ReLU(), new Dense({ units: 4 })],
    {
      ...{ inputShape: [1, 6, 6], seed: 3, threads },
    },
  ).compile({
    optimizer: new Adam({ learningRate: 0.01 }),
    loss: softmaxCrossEntropy(),
    metrics: ["accuracy"],
  });

describe("trainOnBatch", () => {
  it("takes the steps that fit takes, to the last bit, and counts them", async () => {
    await using whole = modelOf();
    const seen: number[] = [];
    const onSlice = ({ loss }: { loss: number }) => void seen.push(loss);
    await whole.fit(DATA, { batchSize: 8, shuffle: false, sliceSteps: 1, onSlice });
    await using model = modelOf();
    model.scaling = DATA.scaling;
    const losses = [];
    for (const start of [0, 8, 16]) {
      const { inputs, labels } = takeSamples(DATA, start, start + 8);
      losses.push((await model.trainOnBatch(inputs, labels.data)).loss);
    }
    expect(await model.weightsHash()).toBe(await whole.weightsHash());
    expect(model.steps).toBe(3);
    // A fit tells the mean of the epoch so far.
    expect((losses[0]! + losses[1]! + losses[2]!) / 3).toBeCloseTo(seen[2]!, 6);
    // The optimizer's numbers go on in a fit, and the other way round.
    await model.fit(DATA, { batchSize: 8, shuffle: false });
    await whole.fit(DATA, { batchSize: 8, shuffle: false });
    expect(await model.weightsHash()).toBe(await whole.weightsHash());
  });

  it("multiplies losses by any weights, and refuses others", async () => {
    await using model = modelOf();
    const one = takeSamples(DATA, 0, 1);
    const { loss } = await model.gradientsOf(one.inputs, one.labels.data);
    const negative = await model.gradientsOf(one.inputs, one.labels.data, { sampleWeight: [-2] });
    expect(negative.loss).toBeCloseTo(-2 * loss, 5);
    for (const sampleWeight of [[1, 2], [Number.NaN]])
      await expect(model.trainOnBatch(one.inputs, one.labels.data, { sampleWeight })).rejects.toMatchObject({
        code: "weights-invalid",
      });
    const fitting = model.fit(DATA, { epochs: 5 });
    await expect(model.trainOnBatch(one.inputs, one.labels.data)).rejects.toMatchObject({
      code: "already-fitting",
    });
    await fitting;
  });
});

describe("gradientsOf", () => {
  it("gives what central differences give, leaves the weights, and leaves out what is frozen", async () => {
    const layers = [new Dense({ units: 3, name: "a" }), new Tanh(), new Dense({ units: 2, name: "b" })];
    await using model = new Sequential(layers, { inputShape: [4], seed: 2, threads: 1 });
    model.compile({ optimizer: new SGD(), loss: meanSquaredError() });
    const [x, t] = [
      [
        [0.5, -1, 0.25, 2],
        [1, 0, -0.5, 0.1],
      ],
      [
        [1, -1],
        [0.5, 0],
      ],
    ];
    const start = await model.getWeights();
    const { gradients, loss } = await model.gradientsOf(x, t);
    expect(loss).toBeCloseTo((await model.evaluate(x, t)).loss, 6);
    expect(await model.getWeights()).toEqual(start);
    expect(model.steps).toBe(0);
    const h = 1 / 256;
    for (const [at, { name, data }] of start.entries()) {
      expect(gradients[at]).toMatchObject({ name, shape: start[at]!.shape });
      for (let i = 0; i < data.length; i++) {
        const moved = async (by: number) => {
          const values = start.map((one) => ({ ...one, data: one.data.slice() }));
          values[at]!.data[i]! += by;
          await model.setWeights(values);
          return (await model.evaluate(x, t)).loss;
        };
        const slope = ((await moved(h)) - (await moved(-h))) / (2 * h);
        // Third derivatives below 1 and losses rounded to 2⁻²³ of 4.
        expect(Math.abs(gradients[at]!.data[i]! - slope)).toBeLessThan(3e-4);
      }
    }
    layers[0]!.trainable = false;
    model.compile({ optimizer: new SGD(), loss: meanSquaredError() });
    expect((await model.gradientsOf(x, t)).gradients.map(({ name }) => name)).toEqual(["b/kernel", "b/bias"]);
  });
});

it("predictOnBatch is predict", async () => {
  await using model = modelOf();
  expect(await model.predictOnBatch(DATA.inputs)).toEqual(await model.predict(DATA.inputs));
});
