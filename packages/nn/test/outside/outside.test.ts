// Layers, a loss and a metric from outside the package: their values by independent formulas, their gradients, files, and bits on any number of threads.
import { readFileSync } from "node:fs";
import {
  type Dataset,
  Dense,
  type Layer,
  loadModel,
  Sequential,
  SGD,
  saveModel,
  softmaxCrossEntropy,
} from "@loam/nn";
import { checkGradients } from "@loam/nn/testing";
import { describe, expect, it } from "vitest";
import { Elman, Embedding, huber, LayerNorm, Mish, RunningNorm, topThree } from "./members.js";

const SAMPLES = 12;
const INPUTS = [5, 4];
const x = Float32Array.from({ length: SAMPLES * 20 }, (_, i) => Math.fround(1.5 * Math.sin(3.7 * i + 0.3)));

/** Samples [5, 4] with rows of five numbers, one of which is 1. */
const data: Dataset = {
  name: "waves",
  inputs: { data: x, shape: [SAMPLES, ...INPUTS] },
  labels: {
    data: Float32Array.from({ length: SAMPLES * 5 }, (_, i) =>
      (i % 5) * 3 + 1 === ((i / 5) | 0) % 13 ? 1 : 0,
    ),
    shape: [SAMPLES, 5],
  },
  scaling: { kind: "none" },
};
const custom = { Mish, LayerNorm, RunningNorm, Elman, Embedding };
const middle = () => [
  new LayerNorm(),
  new Mish(),
  new Elman({ units: 6 }),
  new RunningNorm(),
  new Dense({ units: 5 }),
];
const modelOf = (layers: Layer[], threads = 1, shape = INPUTS) =>
  new Sequential(layers, { inputShape: shape, threads, seed: 5 });

async function outputOf(layer: Layer, shape: readonly number[]) {
  await using model = modelOf([layer], 1, shape.slice(1));
  return (
    await model.predict({
      data: x.subarray(
        0,
        shape.reduce((a, b) => a * b),
      ),
      shape,
    })
  ).data;
}

const close = (got: ArrayLike<number>, want: ArrayLike<number>) => {
  expect(got.length).toBe(want.length);
  for (let i = 0; i < want.length; i++)
    expect(Math.abs(got[i]! - want[i]!)).toBeLessThanOrEqual(2e-6 * (1 + Math.abs(want[i]!)));
};

describe("from outside", () => {
  it("imports nothing but the package, in definitions of less than 25 lines", () => {
    const source = readFileSync(new URL("members.ts", import.meta.url), "utf8");
    for (const [, from] of source.matchAll(/from "(.*)"/g)) expect(from).toBe("@loam/nn");
    const definitions = source.match(/^export (class|const) .*?^\}/gms)!;
    expect(definitions).toHaveLength(7);
    for (const one of definitions) expect(one.split("\n").length, one).toBeLessThan(25);
  });

  it("Mish and LayerNorm give the values of their formulas", async () => {
    close(
      await outputOf(new Mish(), [6, 8]),
      Array.from(x.subarray(0, 48), (v) => v * Math.tanh(Math.log1p(Math.exp(v)))),
    );
    const rows = Array.from({ length: 6 }, (_, r) => Array.from(x.subarray(8 * r, 8 * r + 8)));
    const want = rows.flatMap((row) => {
      const mean = row.reduce((a, b) => a + b) / 8;
      const variance = row.reduce((a, b) => a + (b - mean) ** 2, 0) / 8;
      return row.map((v) => (v - mean) / Math.sqrt(variance + 1e-5));
    });
    close(await outputOf(new LayerNorm(), [6, 8]), want);
  });

  it("running statistics move a tenth a step, and are what is predicted with", async () => {
    await using model = modelOf([new RunningNorm()], 1, [5]);
    const few: Dataset = { ...data, inputs: { data: x.subarray(0, 60), shape: [12, 5] } };
    model.compile({ optimizer: new SGD({ learningRate: 0.1 }), loss: huber });
    await model.fit(few, { epochs: 3, batchSize: 12 });
    const column = (c: number) => Array.from({ length: 12 }, (_, r) => x[5 * r + c]!);
    const means = [0, 1, 2, 3, 4].map((c) => column(c).reduce((a, b) => a + b) / 12);
    const variances = means.map((m, c) => column(c).reduce((a, b) => a + (b - m) ** 2, 0) / 12);
    const [mean, variance] = (await model.getWeights()).map(({ data: values }) => values);
    close(
      mean!,
      means.map((m) => m * (1 - 0.9 ** 3)),
    );
    close(
      variance!,
      variances.map((v) => v + (1 - v) * 0.9 ** 3),
    );
    const { data: y } = await model.predict({ data: x.subarray(0, 5), shape: [1, 5] });
    close(
      y,
      Array.from(y, (_, c) => (x[c]! - mean![c]!) / Math.sqrt(variance![c]! + 1e-3)),
    );
  });

  it("have the gradients of central differences, through the Huber loss", async () => {
    await using model = modelOf(middle());
    for (const { name, error, gradient } of await checkGradients(model, data, { loss: huber })) {
      expect(error, name).toBeLessThanOrEqual(1e-4 * (gradient + 1e-3));
    }
  });

  it("count what they say, in training and when evaluated", async () => {
    await using model = modelOf(middle());
    model.compile({ optimizer: new SGD({ learningRate: 0.05 }), loss: huber, metrics: [topThree] });
    await model.fit(data, { epochs: 2, batchSize: 4 });
    const { loss, metrics } = await model.evaluate(data);
    const { data: y } = await model.predict(data.inputs);
    const labels = data.labels.data;
    let hits = 0;
    let total = 0;
    for (let r = 0; r < SAMPLES; r++) {
      const row = Array.from(y.subarray(5 * r, 5 * r + 5));
      const own = row.reduce((sum, v, c) => sum + v * labels[5 * r + c]!, 0);
      if (row.filter((v) => v > own).length < 3) hits++;
      row.forEach((v, c) => {
        const d = Math.abs(v - labels[5 * r + c]!);
        total += d <= 1 ? d * d * 0.5 : d - 0.5;
      });
    }
    expect(metrics!.topThree).toBe(hits / SAMPLES);
    close([loss], [total / (5 * SAMPLES)]);
  });

  it("are saved and loaded, and train to the same bits on 1 to 4 threads", async () => {
    const hashes: string[] = [];
    for (let threads = 1; threads <= 4; threads++) {
      await using model = modelOf(middle(), threads);
      model.compile({ optimizer: new SGD({ learningRate: 0.05 }), loss: huber });
      await model.fit(data, { epochs: 3, batchSize: 5 });
      hashes.push(await model.weightsHash());
      await using again = await loadModel(await saveModel(model), { customLayers: custom, threads: 1 });
      expect(await again.weightsHash()).toBe(hashes[0]);
      const [a, b] = [await model.predict(data.inputs), await again.predict(data.inputs)];
      expect(a.data).toEqual(b.data);
    }
    expect(new Set(hashes).size).toBe(1);
  });

  describe("on words and classes", () => {
    const TIMES = 3;
    // Some words more than once in a sample, which adds up in the table's gradient, and some never.
    const words = Float32Array.from({ length: SAMPLES * TIMES }, (_, i) => (i * i + (i >> 2)) % 7);
    const classes = Uint8Array.from({ length: SAMPLES }, (_, i) => (i * 3) % 5);
    const sentences: Dataset = {
      name: "sentences",
      inputs: { data: words, shape: [SAMPLES, TIMES] },
      labels: { data: classes, shape: [SAMPLES] },
      scaling: { kind: "none" },
    };
    const reader = (threads = 1) =>
      modelOf(
        [new Embedding({ words: 9, units: 6 }), new Elman({ units: 4 }), new Dense({ units: 5 })],
        threads,
        [TIMES],
      );

    it("the table's rows are what comes out, and its gradient is that of central differences", async () => {
      await using table = modelOf([new Embedding({ words: 9, units: 6 })], 1, [TIMES]);
      const rows = (await table.getWeights())[0]!.data;
      const { data: y } = await table.predict(sentences.inputs);
      expect(Array.from(y)).toEqual(
        Array.from(words).flatMap((word) => Array.from(rows.subarray(6 * word, 6 * word + 6))),
      );
      await using model = reader();
      const loss = softmaxCrossEntropy();
      for (const { name, error, gradient } of await checkGradients(model, sentences, { loss, entries: 54 })) {
        expect(error, name).toBeLessThanOrEqual(1e-4 * (gradient + 1e-3));
      }
    });

    it("a word that the table does not have ends a fit with the layer's name", async () => {
      await using model = reader();
      model.compile({ optimizer: new SGD({ learningRate: 0.1 }), loss: softmaxCrossEntropy() });
      const beyond = words.slice();
      beyond[5] = 9;
      const few = { ...sentences, inputs: { data: beyond, shape: [SAMPLES, TIMES] } };
      await expect(model.fit(few, { epochs: 1, batchSize: 4 })).rejects.toThrow(
        'Layer "embedding1": op gather gave a value that is not finite',
      );
    });

    it("train to the same bits on 1 to 4 threads, and count classes by their indices", async () => {
      const seen: unknown[] = [];
      for (let threads = 1; threads <= 4; threads++) {
        await using model = reader(threads);
        const optimizer = new SGD({ learningRate: 0.1 });
        model.compile({ optimizer, loss: softmaxCrossEntropy(), metrics: [topThree] });
        await model.fit(sentences, { epochs: 3, batchSize: 5 });
        const { metrics } = await model.evaluate(sentences);
        const { data: y } = await model.predict(sentences.inputs);
        const hits = Array.from(classes, (own, r) => {
          const row = y.subarray(5 * r, 5 * r + 5);
          return row.filter((value) => value > row[own]!).length < 3;
        });
        expect(metrics!.topThree).toBe(hits.filter((hit) => hit).length / SAMPLES);
        seen.push(await model.weightsHash());
        await using again = await loadModel(await saveModel(model), { customLayers: custom, threads: 1 });
        expect(await again.weightsHash()).toBe(seen[0]);
      }
      expect(new Set(seen).size).toBe(1);
    });
  });
});
