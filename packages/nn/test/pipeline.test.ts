import { describe, expect, it } from "vitest";
import { collect, type Pipeline, pipeline } from "../src/data/pipeline/index.js";
import { shuffledIndices } from "../src/data/shuffle.js";
import {
  applyScaling,
  type BatchSource,
  type Dataset,
  Dense,
  Flatten,
  pickSamples,
  Sequential,
  splitDataset,
  standardScaling,
} from "../src/index.js";

const samples = 40;
/** Sample i is [i, 2i, i²], its class i mod 3. */
const numbers: Dataset = {
  name: "numbers",
  inputs: {
    data: Float32Array.from({ length: samples * 3 }, (_, at) => {
      const i = Math.floor(at / 3);
      return [i, 2 * i, i * i][at % 3]!;
    }),
    shape: [samples, 3],
  },
  labels: { data: Uint8Array.from({ length: samples }, (_, i) => i % 3), shape: [samples] },
  scaling: { kind: "none" },
  classNames: ["a", "b", "c"],
};

/** The first number of each sample, in order. */
const firsts = async (data: Pipeline) => {
  const { inputs } = await data.load();
  const size = inputs.data.length / inputs.shape[0]!;
  return Array.from({ length: inputs.shape[0]! }, (_, i) => inputs.data[i * size]!);
};

async function trained(
  data: Dataset | BatchSource,
  inputShape: readonly number[],
  outputs = 3,
): Promise<string> {
  const layers = [new Flatten(), new Dense({ units: outputs })];
  await using model = new Sequential(layers, { inputShape, seed: 3, threads: 1 });
  const dense = "read" in data ? data.labels.type === "f32" : data.labels.data instanceof Float32Array;
  model.compile({ optimizer: "sgd", loss: dense ? "meanSquaredError" : "softmaxCrossEntropy" });
  await model.fit(data, { epochs: 2, batchSize: 8 });
  return model.weightsHash();
}

async function listed<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

const refused = async (work: () => unknown) => {
  try {
    await work();
    return "nothing";
  } catch (error) {
    const { name, code, message } = error as Error & { code: string };
    return `${name} ${code}: ${message}`;
  }
};

describe("a pipeline", () => {
  it("takes and skips, shuffles by the seed, and splits as data sets are split", async () => {
    const all = pipeline(numbers);
    expect(await firsts(all.skip(3).take(4))).toEqual([3, 4, 5, 6]);
    expect((await firsts(all.take(100))).length).toBe(samples);
    expect(await firsts(all.shuffle(5))).toEqual(Array.from(shuffledIndices(samples, 5, 0)));
    expect(await firsts(all.shuffle(5).skip(2).take(1))).toEqual([shuffledIndices(samples, 5, 0)[2]]);
    const { training, validation } = all.split(0.3, { seed: 4 });
    const wanted = splitDataset(numbers, 0.3, 4);
    expect(await training.load()).toEqual(wanted.training);
    expect(await validation.load()).toEqual(wanted.validation);
  });

  it("trains to the bits of the same values in memory", async () => {
    const made = pipeline(numbers)
      .map(({ inputs }) => ({ inputs: inputs.map((value, i) => value / (i + 2)) }))
      .shuffle(2)
      .take(30);
    const changed = numbers.inputs.data.map((value, at) => value / ((at % 3) + 2));
    const memory = pickSamples(
      { ...numbers, inputs: { data: changed, shape: [samples, 3] } },
      shuffledIndices(samples, 2, 0).slice(0, 30),
    );
    const wanted = await trained(memory, [3]);
    expect(await trained(made, [3])).toBe(wanted);
    expect(await trained(made.cache(), [3])).toBe(wanted);
    expect(await trained(await made.load(), [3])).toBe(wanted);
  });

  it("keeps what it has read, once", async () => {
    const asked: number[] = [];
    const kept = pipeline(numbers)
      .map((_, place) => {
        asked.push(place);
        return undefined;
      })
      .cache();
    const signal = new AbortController().signal;
    for (const some of [
      [3, 1],
      [1, 2, 3],
      [2, 2, 7],
    ])
      expect((await kept.read(Uint32Array.from(some), signal)).inputs.filter((_, i) => i % 3 === 0)).toEqual(
        Float32Array.from(some),
      );
    expect(asked).toEqual([3, 1, 2, 7]);
  });

  it("gives classes as rows, and values of another shape", async () => {
    const rows = pipeline(numbers).oneHot();
    expect((await rows.take(3).load()).labels).toEqual({
      data: Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1),
      shape: [3, 3],
    });
    expect(rows.classNames).toBeUndefined();
    const sums = pipeline(numbers).map(
      ({ inputs: [a = 0, b = 0, c = 0] }) => ({ inputs: [a + b, c], labels: [a / 2] }),
      { inputs: { type: "f32", shape: [2] }, labels: { type: "f32", shape: [1] } },
    );
    expect(await sums.skip(5).take(1).load()).toMatchObject({
      inputs: { data: Float32Array.of(15, 25), shape: [1, 2] },
      labels: { data: Float32Array.of(2.5), shape: [1, 1] },
    });
  });

  it("cuts windows out of a series, each with a label further on", async () => {
    const windows = pipeline(numbers).window(4, { stride: 3, ahead: 2 });
    // The last window begins where 4 + 2 samples are left: at 33.
    expect([windows.samples, windows.inputs.shape]).toEqual([12, [4, 3]]);
    const { inputs, labels } = await windows.load();
    expect(Array.from(labels.data)).toEqual(Array.from({ length: 12 }, (_, w) => (3 * w + 5) % 3));
    expect(Array.from(inputs.data.subarray(12, 24))).toEqual([3, 6, 9, 4, 8, 16, 5, 10, 25, 6, 12, 36]);
    const scaled = (await pipeline(numbers).normalize()).window(2);
    const whole = applyScaling(numbers.inputs.data, standardScaling(numbers.inputs.data, 3));
    const [first] = await listed(scaled.batch(1));
    expect(first!.inputs).toEqual({ data: whole.slice(0, 6), shape: [1, 2, 3] });
  });

  it("finds statistics on one part for both, and the model keeps them", async () => {
    const { training, validation } = pipeline(numbers).split(0.5);
    const scaled = await training.normalize("standard");
    expect(scaled.scaling).toEqual(standardScaling((await training.load()).inputs.data, 3));
    expect((await validation.normalize(scaled.scaling)).scaling).toBe(scaled.scaling);
    await using model = new Sequential([new Dense({ units: 3 })], { inputShape: [3], threads: 1 });
    model.compile({ optimizer: "sgd", loss: "softmaxCrossEntropy" });
    await model.fit(scaled, { epochs: 1 });
    expect(model.scaling).toEqual(scaled.scaling);
  });

  it("comes in batches in the order of fit, with the next ones read meanwhile", async () => {
    const started: number[] = [];
    const slow = pipeline(numbers).map(async (_, place) => {
      started.push(place);
      await Promise.resolve();
      return undefined;
    });
    const order = shuffledIndices(samples, 9, 2);
    let seen = 0;
    for await (const { inputs, labels } of slow.batch(16, { seed: 9, epoch: 2, prefetch: 1 })) {
      expect(labels.shape).toEqual([Math.min(16, samples - seen)]);
      for (let i = 0; i < labels.shape[0]!; i++) expect(inputs.data[3 * i]).toBe(order[seen + i]);
      seen += labels.shape[0]!;
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect(started.length).toBe(Math.min(samples, seen + 16));
    }
    const whole = await listed(pipeline(numbers).batch(16, { dropRemainder: true }));
    expect(whole.map(({ labels }) => labels.shape)).toEqual([[16], [16]]);
  });

  it("is made of arrays, generators and streams", async () => {
    const given = pipeline(
      [
        [1, 2],
        [3, 4],
      ],
      [0, 1],
    );
    expect(await given.load()).toMatchObject({
      inputs: { data: Float32Array.of(1, 2, 3, 4), shape: [2, 2] },
      labels: { data: Uint32Array.of(0, 1), shape: [2] },
    });
    const values = pipeline(Float64Array.of(1, 2, 3), Float64Array.of(2, 4, 6));
    expect([values.inputs, values.labels]).toEqual([
      { type: "f32", shape: [1] },
      { type: "f32", shape: [1] },
    ]);
    async function* generated() {
      for (let i = 0; ; i++) yield { inputs: Uint8Array.of(i, i + 1), label: i % 2 };
    }
    const some = await collect(generated(), { limit: 5 });
    expect([some.samples, some.inputs, some.labels]).toEqual([
      5,
      { type: "u8", shape: [2] },
      { type: "u32", shape: [] },
    ]);
    const stream = new ReadableStream({
      start(controller) {
        for (const i of [1, 2]) controller.enqueue({ inputs: [[i], [i]], label: [i / 2, i] });
        controller.close();
      },
    });
    expect(await (await collect(stream)).load()).toMatchObject({
      inputs: { data: Float32Array.of(1, 1, 2, 2), shape: [2, 2, 1] },
      labels: { data: Float32Array.of(0.5, 1, 1, 2), shape: [2, 2] },
    });
  });

  it("tells its values and what is done to them from others", () => {
    const marks = [
      pipeline(numbers),
      pipeline({
        ...numbers,
        labels: { data: numbers.labels.data.map((label) => 2 - label), shape: [samples] },
      }),
      pipeline(numbers).shuffle(1),
      pipeline(numbers).shuffle(2),
      pipeline(numbers).shuffle(1).take(3),
      pipeline(numbers).map(() => ({ labels: [1] })),
      pipeline(numbers).map(() => ({ labels: [2] })),
    ].map(({ fingerprint }) => fingerprint);
    expect(new Set(marks).size).toBe(marks.length);
    expect(pipeline(numbers).shuffle(1).fingerprint).toBe(marks[2]);
  });

  it("refuses what cannot be", async () => {
    const all = pipeline(numbers);
    expect([
      await refused(() => all.take(0)),
      await refused(() => all.skip(samples)),
      await refused(() => all.split(0.001)),
      await refused(() => all.window(39, { ahead: 2 })),
      await refused(() => all.oneHot(2).load()),
      await refused(() => all.oneHot().oneHot(3)),
      await refused(() => all.map(() => ({ inputs: [1] })).load()),
      await refused(() => all.batch(0).next()),
      await refused(() => collect([])),
      await refused(() => pipeline([[1], [2]], [0, 0.5], { labels: "classes" })),
    ]).toMatchInlineSnapshot(`
      [
        "ConfigError count-not-positive: numbers: count must be an integer of at least 1, got 0.",
        "ConfigError count-out-of-range: numbers: count must be in [0, 40), got 40.",
        "ConfigError split-empty: numbers: expected a fraction that leaves samples in both parts of 40, got 0.001.",
        "ConfigError window-too-long: numbers: expected at least 41 samples for a window of 39 and 2 ahead, got 40.",
        "DataError label-out-of-range: numbers: a label is 2, but with 2 classes labels go from 0 to 1.",
        "ConfigError labels-not-classes: numbers: oneHot expects class indices and the number of classes, got labels of type f32 and shape [3].",
        "DataError map-size: numbers: map was to give 3 numbers as inputs of sample 1, got 1; say the shape in its options.",
        "ConfigError batch-size-not-positive: batch: batchSize must be an integer of at least 1, got 0.",
        "DataError no-samples: collect: has no samples.",
        "DataError label-out-of-range: pipeline: expected class indices from 0, got other numbers.",
      ]
    `);
  });
});
