import { describe, expect, it } from "vitest";
import {
  Adam,
  accuracy,
  type BatchSource,
  constant,
  Dense,
  Embedding,
  Flatten,
  GlobalAvgPool1d,
  GlobalMaxPool1d,
  Input,
  klDivergence,
  Layer,
  LayerNorm,
  loadModel,
  type Model,
  MultiHeadAttention,
  meanSquaredError,
  model,
  PaddingMask,
  PositionEmbedding,
  ReversibleEmbedding,
  Sequential,
  SGD,
  type Shape,
  saveModel,
  softmaxCrossEntropy,
} from "../src/index.js";
import { checkGradients } from "../src/testing/check-gradients.js";
import { refusal } from "./contracts/refusal.js";
import { attention, attentionShapes, rowsOf } from "./contracts/sequence-values.js";

const range = (length: number) => Array.from({ length }, (_, i) => i);

/** Numbers that are neither alike nor regular, in (−1, 1). */
const numbers = (length: number, from = 0) =>
  Float32Array.from({ length }, (_, i) => (((i + from) * 7919) % 101) / 51 - 0.99);

const ids = (length: number, below: number, from = 0) =>
  Uint8Array.from({ length }, (_, i) => ((i + from) * 7919 + ((i + from) >> 2)) % below);

function expectClose(got: ArrayLike<number>, want: ArrayLike<number>, tolerance = 1e-5): void {
  expect(got.length).toBe(want.length);
  for (let i = 0; i < got.length; i++) expect(Math.abs(got[i]! - want[i]!)).toBeLessThanOrEqual(tolerance);
}

async function weightsOf(net: Model): Promise<Record<string, Float64Array>> {
  return Object.fromEntries(
    (await net.getWeights()).map(({ name, data }) => [name.split("/")[1], Float64Array.from(data)]),
  );
}

/** Sequences of ids in which the answer to each step is the id before it, 0 at first. */
function before(samples: number, steps: number, classes: number) {
  const data = ids(samples * steps, classes);
  return {
    name: "before",
    inputs: { data, shape: [samples, steps] },
    labels: {
      data: data.map((_, i) => (i % steps === 0 ? 0 : data[i - 1]!)),
      shape: [samples, steps],
    },
    scaling: { kind: "none" } as const,
  };
}

const looksBack = (threads = 1, steps = 6, classes = 5) => {
  const x = new Input({ shape: [steps] });
  const table = new ReversibleEmbedding({ inputDim: classes, outputDim: 12 });
  const h = new PositionEmbedding({ sequenceLength: steps }).apply(table.apply(x));
  const seen = new MultiHeadAttention({ numHeads: 2, keyDim: 6, causal: true, dropout: 0.05 }).apply(h);
  return model({ inputs: x, outputs: table.apply(new LayerNorm().apply(seen)), seed: 3, threads }).compile({
    optimizer: new Adam({ learningRate: 0.02 }),
    loss: softmaxCrossEntropy(),
    metrics: ["accuracy"],
  });
};

describe("Embedding", () => {
  const layer = () => new Embedding({ inputDim: 4, outputDim: 3, name: "it" });
  const given = [3, 0, 3, 1, 3, 1];

  it("gives each id its row, and each row the sum of what its ids get", async () => {
    await using net = new Sequential([layer()], { inputShape: [2], threads: 1 });
    const start = numbers(12);
    await net.setWeights([{ name: "it/embeddings", shape: [4, 3], data: start }]);
    const x = { data: Uint8Array.from(given), shape: [3, 2] };
    const { data, shape } = await net.predict(x);
    expect(shape).toEqual([3, 2, 3]);
    expect([...data]).toEqual(given.flatMap((id) => [...start.subarray(3 * id, 3 * id + 3)]));

    // L = Σ(y − t)²/n: what a step at a rate of n/2 takes off is Σ(y − t) of the row's ids.
    const targets = numbers(18, 5);
    net.compile({ optimizer: new SGD({ learningRate: 9 }), loss: meanSquaredError() });
    await net.fit(x, { data: targets, shape: [3, 2, 3] }, { batchSize: 3 });
    const want = Float64Array.from(start);
    given.forEach((id, i) => {
      for (let j = 0; j < 3; j++) want[3 * id + j]! -= start[3 * id + j]! - targets[3 * i + j]!;
    });
    expectClose((await net.getWeights())[0]!.data, want);
  });

  it("says which layer an id that it does not have came to", async () => {
    await using net = new Sequential([layer(), new Flatten(), new Dense({ units: 1 })], {
      inputShape: [2],
      threads: 1,
    }).compile({ optimizer: new SGD(), loss: meanSquaredError() });
    await expect(net.fit([[0, 4]], [1])).rejects.toThrow(
      /^Layer "it": op gather gave a value that is not finite/,
    );
  });
});

describe("ReversibleEmbedding", () => {
  it("goes back by its own table, from which both ways learn", async () => {
    const x = new Input({ shape: [3] });
    const table = new ReversibleEmbedding({ inputDim: 5, outputDim: 4, name: "it" });
    await using net = model({ inputs: x, outputs: table.apply(table.apply(x)), threads: 1 });
    expect(net.parameters).toBe(20);
    expect(net.outputShape).toEqual([3, 5]);
    const e = numbers(20);
    await net.setWeights([{ name: "it/embeddings", shape: [5, 4], data: e }]);
    const { data } = await net.predict([[4, 0, 2]]);
    const dot = (a: number, b: number) => range(4).reduce((sum, k) => sum + e[4 * a + k]! * e[4 * b + k]!, 0);
    expectClose(
      data,
      [4, 0, 2].flatMap((id) => range(5).map((other) => dot(id, other))),
    );
    const batch = before(4, 3, 5);
    for (const { error, gradient } of await checkGradients(net, batch, { loss: softmaxCrossEntropy() })) {
      expect(gradient).toBeGreaterThan(0.01);
      expect(error).toBeLessThan(1e-4 * gradient);
    }
  });

  it("refuses what is neither ids nor their vectors", () => {
    const table = new ReversibleEmbedding({ inputDim: 5, outputDim: 4 });
    table.apply(new Input({ shape: [3] }));
    expect(refusal(() => table.apply(new Input({ shape: [3, 5] })))).toMatchInlineSnapshot(
      `"ShapeError embedding-input: ReversibleEmbedding: expected input of shape [batch, ..., 4], got [batch, 3, 5]; apply it to ids of 1 axis, as at first, or to the vectors that came of such."`,
    );
    expect(refusal(() => table.apply(new Input({ shape: [2, 3, 4] })))).toMatch(/embedding-input/);
  });
});

describe("MultiHeadAttention", () => {
  const queries: Shape = [3, 4];
  const values: Shape = [5, 2];
  const keys: Shape = [5, 3];
  const options = { numHeads: 2, keyDim: 3, valueDim: 2, outputDim: 4 };

  it.each([
    { causal: false, useBias: true },
    { causal: true, useBias: false },
  ])("looks from one sequence into another that has gaps: %j", async (also) => {
    const [q, v, k, mask] = [queries, values, keys, [5]].map((shape) => new Input({ shape })) as Input[];
    const layer = new MultiHeadAttention({ ...options, ...also, masked: true });
    const outputs = layer.apply([q!, v!, k!, mask!]);
    await using net = model({ inputs: [q!, v!, k!, mask!], outputs, threads: 1, seed: 2 });
    const shapes = attentionShapes({ ...options, ...also }, [4, 2, 3]);
    const biases = await net.getWeights();
    expect(Object.fromEntries(biases.map(({ name, shape }) => [name.split("/")[1], shape]))).toEqual(shapes);
    await net.setWeights(biases.map((one, i) => ({ ...one, data: numbers(one.data.length, 10 * i) })));
    const weights = await weightsOf(net);
    // The third sample has no keys at all.
    const there = [1, 0, 1, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0];
    const [a, b, c] = [numbers(36), numbers(30, 7), numbers(45, 9)];
    const [output] = await net.predictAll([
      { data: a!, shape: [3, ...queries] },
      { data: b!, shape: [3, ...values] },
      { data: c!, shape: [3, ...keys] },
      { data: Float32Array.from(there), shape: [3, 5] },
    ]);
    const want = range(3).flatMap((n) =>
      attention(
        { ...options, ...also },
        weights,
        rowsOf(a!, queries, n),
        rowsOf(b!, values, n),
        rowsOf(c!, keys, n),
        there.slice(5 * n, 5 * n + 5).map((one) => one === 1),
      ).flat(),
    );
    expectClose(output!.data, want, 2e-6);
  });

  it("has gradients through masks, as central differences have them", async () => {
    const x = new Input({ shape: [5] });
    const h = new Embedding({ inputDim: 4, outputDim: 6, embeddingsInitializer: constant(0.1) });
    const mask = new PaddingMask().apply(x);
    const vectors = new PositionEmbedding({ sequenceLength: 5 }).apply(h.apply(x));
    const seen = new MultiHeadAttention({ numHeads: 2, keyDim: 3, masked: true }).apply([vectors, mask]);
    const pooled = new GlobalAvgPool1d().apply([seen, mask]);
    await using net = model({ inputs: x, outputs: new Dense({ units: 3 }).apply(pooled), threads: 1 });
    const start = await net.getWeights();
    await net.setWeights(start.map((one, i) => ({ ...one, data: numbers(one.data.length, 3 * i) })));
    const batch = {
      name: "padded",
      inputs: { data: Uint8Array.of(1, 2, 0, 0, 0, 3, 1, 2, 2, 0, 2, 0, 0, 0, 0), shape: [3, 5] },
      labels: { data: Uint8Array.of(0, 1, 2), shape: [3] },
      scaling: { kind: "none" } as const,
    };
    for (const { name, error, gradient } of await checkGradients(net, batch, { loss: softmaxCrossEntropy() }))
      expect(error, name).toBeLessThan(1e-4 * (gradient + 1e-2));
  });

  it("drops weights while it is trained alone", async () => {
    const x = new Input({ shape: [6, 4] });
    const outputs = new MultiHeadAttention({ numHeads: 1, keyDim: 4, dropout: 0.5 }).apply(x);
    await using net = model({ inputs: x, outputs, threads: 1, seed: 1 });
    net.compile({ optimizer: new SGD({ learningRate: 0 + 1e-30 }), loss: meanSquaredError() });
    const data = { data: numbers(48), shape: [2, 6, 4] };
    const targets = { data: new Float32Array(48), shape: [2, 6, 4] };
    const plain = (await net.evaluate(data, targets)).loss;
    expect((await net.evaluate(data, targets)).loss).toBe(plain);
    const { epochs } = await net.fit(data, targets, { epochs: 3, batchSize: 2 });
    expect(new Set([plain, ...epochs.map(({ loss }) => loss)]).size).toBe(4);
  });

  it("refuses inputs that do not belong together", () => {
    const at = (...shapes: Shape[]) => shapes.map((shape) => new Input({ shape }));
    const layer = (also = {}) => new MultiHeadAttention({ numHeads: 1, keyDim: 2, name: "look", ...also });
    expect([
      refusal(() => layer().apply(at([4]))),
      refusal(() => layer().apply(at([3, 4], [5, 4], [6, 4]))),
      refusal(() => layer({ masked: true }).apply(at([3, 4], [4]))),
      refusal(() => layer({ masked: true }).apply(at([3]))),
      refusal(() => layer({ dropout: 1 })),
      refusal(() => layer({ valueDim: 0 })),
    ]).toMatchInlineSnapshot(`
      [
        "ShapeError attention-input: MultiHeadAttention "look": expected [batch, steps, features], or a list of query, value and key, the latter two of as many steps, got [batch, 4]; see MultiHeadAttention.",
        "ShapeError attention-input: MultiHeadAttention "look": expected [batch, steps, features], or a list of query, value and key, the latter two of as many steps, got [batch, 3, 4] and [batch, 5, 4] and [batch, 6, 4]; see MultiHeadAttention.",
        "ShapeError attention-input: MultiHeadAttention "look": expected [batch, steps, features], or a list of query, value and key, the latter two of as many steps, and a mask [batch, steps] of the keys, got [batch, 3, 4] and [batch, 4]; see MultiHeadAttention.",
        "ShapeError attention-input: MultiHeadAttention "look": expected [batch, steps, features], or a list of query, value and key, the latter two of as many steps, and a mask [batch, steps] of the keys, got [batch, 3]; see MultiHeadAttention.",
        "ConfigError dropout-out-of-range: MultiHeadAttention "look": dropout must be in [0, 1), got 1.",
        "ConfigError value-dim-not-positive: MultiHeadAttention "look": valueDim must be an integer of at least 1, got 0.",
      ]
    `);
  });
});

describe("pooling over steps", () => {
  it("leaves out what the mask does", async () => {
    const [x, mask] = [new Input({ shape: [3, 2] }), new Input({ shape: [3] })];
    const outputs = [new GlobalAvgPool1d(), new GlobalMaxPool1d()].map((layer) => layer.apply([x, mask]));
    await using net = model({ inputs: [x, mask], outputs, threads: 1 });
    const [mean, most] = await net.predictAll([
      { data: Float32Array.of(1, -2, 3, -4, 50, 60, 7, 8, 9, 9, 9, 9), shape: [2, 3, 2] },
      { data: Float32Array.of(1, 1, 0, 0, 0, 0), shape: [2, 3] },
    ]);
    expect([...mean!.data]).toEqual([2, -3, 0, 0]);
    expect([...most!.data]).toEqual([3, -2, -1e9, -1e9]);
  });

  it("refuses what is no sequence, or has another's mask", () => {
    const [x, mask] = [new Input({ shape: [3, 2] }), new Input({ shape: [4] })];
    expect([
      refusal(() => new GlobalAvgPool1d({ name: "pool" }).apply(mask)),
      refusal(() => new GlobalMaxPool1d().apply([x, mask])),
      refusal(() => new PositionEmbedding({ sequenceLength: 2 }).apply(x)),
      refusal(() => new PositionEmbedding({ sequenceLength: 2 }).apply(mask)),
    ]).toMatchInlineSnapshot(`
      [
        "ShapeError steps-input: GlobalAvgPool1d "pool": expected input of shape [batch, steps, features], and a mask [batch, steps] if any, got [batch, 4]; give it one row of features a step.",
        "ShapeError steps-input: GlobalMaxPool1d: expected input of shape [batch, steps, features], and a mask [batch, steps] if any, got [batch, 3, 2] and [batch, 4]; give it one row of features a step.",
        "ShapeError steps-too-many: PositionEmbedding: expected input of shape [batch, at most 2 steps, features], got [batch, 3, 2]; give it a greater sequenceLength.",
        "ShapeError steps-input: PositionEmbedding: expected input of shape [batch, steps, features], got [batch, 4]; give it one row of features a step, as an Embedding makes of ids.",
      ]
    `);
  });
});

describe("an answer a step", () => {
  const DATA = before(64, 6, 5);

  it("is learnt and counted step by step", async () => {
    await using net = looksBack();
    const first = await net.evaluate(DATA);
    expect(first.loss).toBeCloseTo(Math.log(5), 0);
    const { epochs } = await net.fit(DATA, { epochs: 40, batchSize: 16 });
    const after = await net.evaluate(DATA);
    expect(after.loss).toBeLessThan(0.2);
    expect(after.accuracy).toBeGreaterThan(0.97);
    expect(epochs.at(-1)!.accuracy).toBeGreaterThan(0.8);
    expect(epochs.at(-1)!.accuracy).toBeLessThanOrEqual(1);
    const outputs = await net.predict(DATA.inputs);
    expect(accuracy(outputs, DATA.labels)).toBeCloseTo(after.accuracy!, 12);
    // The same mean by the formula of cross-entropy, step by step.
    const terms = [...DATA.labels.data].map((label, i) => {
      const row = outputs.data.subarray(5 * i, 5 * i + 5);
      return Math.log(row.reduce((sum, z) => sum + Math.exp(z), 0)) - row[label]!;
    });
    expect(after.loss).toBeCloseTo(terms.reduce((a, b) => a + b) / terms.length, 5);
  });

  it("has the same bits on one to four threads, and comes back from its file", async () => {
    const hashes = new Set<string>();
    for (const threads of [1, 2, 4]) {
      await using net = looksBack(threads);
      await net.ready();
      await net.fit(DATA, { epochs: 1, batchSize: 24 });
      hashes.add(await net.weightsHash());
      if (threads > 1) continue;
      await using again = await loadModel(await saveModel(net), { threads: 1 });
      expect(await again.predict(DATA.inputs)).toEqual(await net.predict(DATA.inputs));
    }
    expect(hashes.size).toBe(1);
  });

  it("may be given as nested arrays, as rows of shares, or by a source", async () => {
    const shares = Float32Array.from({ length: 64 * 6 * 5 }, (_, i) =>
      DATA.labels.data[Math.floor(i / 5)] === i % 5 ? 1 : 0,
    );
    const rows = (data: Uint8Array) => range(64).map((n) => [...data.subarray(6 * n, 6 * n + 6)]);
    const source: BatchSource = {
      ...{ name: "source", samples: 64, inputs: { type: "u8", shape: [6] } },
      labels: { type: "u8", shape: [6] },
      read: (indices) => ({
        inputs: Uint8Array.from([...indices].flatMap((n) => rows(DATA.inputs.data)[n]!)),
        labels: Uint8Array.from([...indices].flatMap((n) => rows(DATA.labels.data)[n]!)),
      }),
    };
    await using net = looksBack();
    const want = await net.evaluate(DATA);
    expect(await net.evaluate(rows(DATA.inputs.data), rows(DATA.labels.data))).toEqual(want);
    expect(await net.evaluate(source)).toEqual(want);
    const dense = await net.evaluate(DATA.inputs, { data: shares, shape: [64, 6, 5] });
    expect(dense.accuracy).toBe(want.accuracy);
    expect(dense.loss).toBeCloseTo(want.loss, 5);
    net.compile({ optimizer: new SGD(), loss: klDivergence() });
    expect((await net.evaluate(DATA.inputs, { data: shares, shape: [64, 6, 5] })).loss).toBeCloseTo(
      want.loss,
      5,
    );
    net.compile({ optimizer: new SGD(), loss: softmaxCrossEntropy({ labelSmoothing: 0.1 }) });
    expect((await net.evaluate(DATA)).loss).toBeGreaterThan(0);
  });

  it("is taken into the loss where it ends in a softmax", async () => {
    const net = (activation?: "softmax") =>
      new Sequential(
        [
          new Embedding({ inputDim: 5, outputDim: 4 }),
          new Dense({ units: 5, ...(activation && { activation }) }),
        ],
        {
          ...{ inputShape: [6], threads: 1, seed: 4 },
        },
      ).compile({ optimizer: new SGD({ learningRate: 1 }), loss: softmaxCrossEntropy() });
    await using logits = net();
    await using probabilities = net("softmax");
    for (const one of [logits, probabilities]) await one.fit(DATA, { epochs: 1 });
    expect(await probabilities.weightsHash()).toBe(await logits.weightsHash());
  });

  it("is asked for where the output is a sequence", async () => {
    await using net = looksBack();
    const one = { data: Uint8Array.from({ length: 64 }), shape: [64] };
    expect(
      await net.evaluate({ ...DATA, labels: one }).catch((error) => error.message),
    ).toMatchInlineSnapshot(
      `"before: expected a class index for each of [samples, 6], since outputs are [samples, 6, 5], got [64]; for one a sample, add a Flatten layer before the first Dense."`,
    );
    const wrong = { ...DATA, labels: { ...DATA.labels, data: DATA.labels.data.with(13, 5) } };
    expect(await net.evaluate(wrong).catch((error) => error.message)).toMatchInlineSnapshot(
      `"before: the label of sample 3 is 5, but with 5 classes labels go from 0 to 4."`,
    );
  });

  it("is one number a step for a loss on numbers", async () => {
    class Sum extends Layer {
      readonly type = "Sum";
      override call(x: Parameters<Layer["call"]>[0]) {
        return x;
      }
    }
    await using net = new Sequential([new Sum()], { inputShape: [3, 1], threads: 1 }).compile({
      optimizer: new SGD(),
      loss: meanSquaredError(),
    });
    const { loss } = await net.evaluate({ data: Float32Array.of(1, 2, 3), shape: [1, 3, 1] }, [[0, 0, 0]]);
    expect(loss).toBeCloseTo(14 / 3, 6);
  });
});
