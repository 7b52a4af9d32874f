import { describe, expect, it } from "vitest";
import {
  type Dataset,
  Dense,
  type Layer,
  loadModel,
  meanSquaredError,
  Sequential,
  SGD,
  Sigmoid,
  Softmax,
  saveModel,
} from "../index.js";

/** Outputs that are the inputs, but for the layers behind. */
async function through(outputs: number, ...layers: Layer[]): Promise<Sequential> {
  const model = new Sequential([new Dense({ units: outputs, useBias: false }), ...layers], {
    inputShape: [outputs],
    threads: 1,
  });
  const data = Float32Array.from({ length: outputs ** 2 }, (_, i) => (i % (outputs + 1) === 0 ? 1 : 0));
  await model.setWeights([{ name: "dense1/kernel", shape: [outputs, outputs], data }]);
  return model;
}
const rows = (...values: number[][]) => ({
  data: Float32Array.from(values.flat()),
  shape: [values.length, values[0]!.length],
});
/** Within what a handful of roundings to float32 come to, for values below 1. */
function expectClose(got: Float32Array, want: readonly number[]): void {
  expect(got.length).toBe(want.length);
  want.forEach((value, i) => {
    expect(Math.abs(got[i]! - value)).toBeLessThan(2 ** -21);
  });
}
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const softmax = (row: readonly number[]) => {
  const total = row.reduce((sum, x) => sum + Math.exp(x), 0);
  return row.map((x) => Math.exp(x) / total);
};

describe("classify", () => {
  const scores = [
    [0.5, 2, -1],
    [3, 0, 1],
  ];

  it("takes the softmax of logits, and leaves what a Softmax layer made", async () => {
    for (const layers of [[], [new Softmax()]]) {
      await using model = await through(3, ...layers);
      const { labels, probabilities } = await model.classify(rows(...scores));
      expect([labels, probabilities.shape]).toEqual([Uint32Array.of(1, 0), [2, 3]]);
      expectClose(probabilities.data, scores.flatMap(softmax));
    }
  });

  it("leaves the probabilities of several sigmoids as they are", async () => {
    await using model = await through(3, new Sigmoid());
    const { labels, probabilities } = await model.classify(rows(...scores));
    expect(labels).toEqual(Uint32Array.of(1, 0));
    expectClose(probabilities.data, scores.flat().map(sigmoid));
  });

  it("makes two classes of one output, a logit or a sigmoid's", async () => {
    for (const layers of [[], [new Sigmoid()]]) {
      await using model = await through(1, ...layers);
      const { labels, probabilities } = await model.classify(rows([-1], [0.25]));
      expect([labels, probabilities.shape]).toEqual([Uint32Array.of(0, 1), [2, 2]]);
      expectClose(probabilities.data, [1 - sigmoid(-1), sigmoid(-1), 1 - sigmoid(0.25), sigmoid(0.25)]);
    }
  });

  it("takes values that were fitted to 0 and 1 as they are, as evaluate does", async () => {
    await using one = await through(1);
    one.loss = { name: "meanSquaredError", config: {} };
    const single = await one.classify(rows([0.25], [0.75], [-3], [1.5]));
    expect(single.labels).toEqual(Uint32Array.of(0, 1, 0, 1));
    expectClose(single.probabilities.data, [0.75, 0.25, 0.25, 0.75, 1, 0, 0, 1]);
    await using three = await through(3);
    three.loss = { name: "meanSquaredError", config: {} };
    const several = await three.classify(rows([0.25, 0.5, -1], [1.25, 1.5, 0], [-2, -1, -3]));
    expect(several.labels).toEqual(Uint32Array.of(1, 1, 1));
    expectClose(several.probabilities.data, [1 / 3, 2 / 3, 0, 0.5, 0.5, 0, 1 / 3, 1 / 3, 1 / 3]);
  });

  it("agrees with what evaluate counted, for a linear output and squared error", async () => {
    await using model = new Sequential([new Dense({ units: 1 })], { inputShape: [1], threads: 1 });
    model.compile({
      optimizer: new SGD({ learningRate: 0.1 }),
      loss: meanSquaredError(),
      metrics: ["accuracy"],
    });
    const inputs = rows([0], [0.1], [0.9], [1]);
    const dataset: Dataset = {
      name: "step",
      inputs,
      labels: { data: Float32Array.of(0, 0, 1, 1), shape: [4, 1] },
      scaling: { kind: "none" },
    };
    await model.fit(dataset, { epochs: 200, batchSize: 4 });
    expect((await model.evaluate(dataset)).accuracy).toBe(1);
    expect((await model.classify(inputs)).labels).toEqual(Uint32Array.of(0, 0, 1, 1));
    await using again = await loadModel(await saveModel(model));
    expect((await again.classify(inputs)).labels).toEqual(Uint32Array.of(0, 0, 1, 1));
  });

  it("refuses a model that predicts numbers", async () => {
    await using model = await through(1);
    model.schema = {
      task: { kind: "regression", targets: [{ name: "price", shift: 0, scale: 1 }] },
      input: { kind: "table", columns: [], leftOut: [], identifiers: [] },
    };
    await expect(model.classify(rows([1]))).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: classify: the model "sequential" was trained to predict price, which is a number; use predict.]`,
    );
  });

  it("tells how many classes there are where there is no sample", async () => {
    for (const [outputs, classes] of [
      [1, 2],
      [3, 3],
    ] as const) {
      await using model = await through(outputs);
      const { labels, probabilities } = await model.classify({
        data: new Float32Array(0),
        shape: [0, outputs],
      });
      expect([labels.length, probabilities.shape]).toEqual([0, [0, classes]]);
    }
  });

  it("names the sample that has no class", async () => {
    await using model = await through(3);
    const wrong = model.classify(rows([1, 2, 3], [0, Number.NaN, 0]));
    await expect(wrong).rejects.toMatchObject({ code: "not-finite", details: { row: 2 } });
    await expect(wrong).rejects.toThrowErrorMatchingInlineSnapshot(
      `[NumericError: classify: sample 2 has no most probable class, since an output is NaN; look at its values, and at the weights.]`,
    );
    await using one = await through(1);
    await expect(one.classify(rows([Number.NaN]))).rejects.toMatchObject({ code: "not-finite" });
    // A score of minus infinity is none of the most probable, and a sure one has the sigmoid 1.
    await using two = await through(2);
    await using sure = await through(1);
    expect((await two.classify(rows([-1000, 5]))).labels).toEqual(Uint32Array.of(1));
    expect((await sure.classify(rows([Number.POSITIVE_INFINITY]))).labels).toEqual(Uint32Array.of(1));
  });
});
