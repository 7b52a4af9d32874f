import { createEngine } from "@loam/kernels-as";
import { describe, expect, it } from "vitest";
import { quarters } from "../../test/support/tiny-data.js";
import {
  Adam,
  type Dataset,
  Dense,
  Flatten,
  type History,
  type Metric,
  meanSquaredError,
  ops,
  type Progress,
  ReLU,
  Sequential,
  SGD,
  Softmax,
  softmaxCrossEntropy,
  type Tensor,
} from "../index.js";
import { type CheckpointOptions, checkpoints } from "../model/checkpoint.js";

const { square, sub, sum, sumAbs } = ops;

const meanAbsoluteError: Metric = {
  name: "meanAbsoluteError",
  variables: { error: { shape: [] } },
  update: (prediction, target) => ({ error: sumAbs(sub(prediction, target)) }),
  result: ({ error }, samples) => error![0]! / (2 * samples),
};

/** R² = 1 − Σ(t − y)² / Σ(t − t̄)², of each of two columns. */
const rSquared: Metric = {
  name: "rSquared",
  variables: { residual: { shape: [2] }, total: { shape: [2] }, squares: { shape: [2] } },
  update: (prediction, target) => ({
    residual: sum(square(sub(prediction, target)), { axes: [0] }),
    total: sum(target, { axes: [0] }),
    squares: sum(square(target), { axes: [0] }),
  }),
  result({ residual, total, squares }, samples) {
    const one = (i: number) => 1 - residual![i]! / (squares![i]! - total![i]! ** 2 / samples);
    return (one(0) + one(1)) / 2;
  },
};

const batches: Metric = {
  name: "batches",
  variables: { count: { shape: [], start: 100, keeps: "replace" } },
  update: (_prediction, _target, { count }) => ({ count: ops.addScalar(count!, 1) }),
  result: ({ count }) => count![0]!,
};

/** 22 samples of three features and two numbers each. */
const DATA: Dataset = {
  name: "numbers",
  inputs: { data: Float32Array.from({ length: 66 }, (_, i) => ((i * 37) % 101) / 50 - 1), shape: [22, 3] },
  labels: { data: Float32Array.from({ length: 44 }, (_, i) => ((i * 53) % 97) / 40), shape: [22, 2] },
  scaling: { kind: "none" },
};
const METRICS = [meanAbsoluteError, rSquared, batches];

function compiled(metrics: readonly Metric[] = METRICS, threads = 1, learningRate = 0.01): Sequential {
  return new Sequential([new Dense({ units: 5 }), new ReLU(), new Dense({ units: 2 })], {
    ...{ inputShape: [3], seed: 3, threads },
  }).compile({ optimizer: new Adam({ learningRate }), loss: meanSquaredError(), metrics });
}

/** The figures by their formulas, in float64. */
async function expected(model: Sequential, { inputs, labels }: Dataset) {
  const y = [...(await model.predict(inputs)).data];
  const t = [...labels.data];
  const column = (values: number[], c: number) => values.filter((_, i) => i % 2 === c);
  const r2 = [0, 1].map((c) => {
    const [ys, ts] = [column(y, c), column(t, c)];
    const mean = ts.reduce((a, b) => a + b, 0) / ts.length;
    const residual = ts.reduce((a, b, i) => a + (b - ys[i]!) ** 2, 0);
    return 1 - residual / ts.reduce((a, b) => a + (b - mean) ** 2, 0);
  });
  return {
    meanAbsoluteError: t.reduce((a, b, i) => a + Math.abs(b - y[i]!), 0) / t.length,
    rSquared: (r2[0]! + r2[1]!) / 2,
  };
}

describe("a metric of one's own", () => {
  it.each([1, 4, 8, 22, 256])(
    "is what its formula says of an evaluation in batches of %i",
    async (batchSize) => {
      await using model = compiled();
      await model.fit(DATA, { epochs: 3, batchSize: 8 });
      const want = await expected(model, DATA);
      const { metrics } = await model.evaluate(DATA, { batchSize });
      // Sums of at most 44 float32: 44 · 2⁻²⁴ of them.
      expect(metrics!.meanAbsoluteError).toBeCloseTo(want.meanAbsoluteError, 5);
      expect(metrics!.rSquared).toBeCloseTo(want.rSquared, 4);
      expect(metrics!.batches).toBe(100 + Math.ceil(22 / batchSize));
    },
  );

  it("is in history, validation and progress, anew every epoch", async () => {
    // Steps so small that no weight moves: each epoch sees the model that is evaluated after it.
    await using model = compiled(METRICS, 1, 1e-30);
    const want = await expected(model, DATA);
    const seen: Progress[] = [];
    const { epochs } = await model.fit(DATA, {
      ...{ epochs: 2, batchSize: 8, validationData: DATA, sliceSteps: 1 },
      onSlice: (progress) => void seen.push(progress),
    });
    for (const { metrics, validationMetrics } of epochs) {
      for (const name of ["meanAbsoluteError", "rSquared"] as const) {
        expect(metrics![name]).toBeCloseTo(want[name], 4);
        expect(validationMetrics![name]).toBeCloseTo(want[name], 4);
      }
      expect(metrics!.batches).toBe(103);
      expect(validationMetrics!.batches).toBe(101);
    }
    expect(seen.map(({ metrics }) => metrics!.batches)).toEqual([101, 102, 103, 101, 102, 103]);
  });

  it("changes no bit of the training, on one thread or two, and is the same on both", async () => {
    const trained = async (metrics: readonly Metric[], threads: number) => {
      await using model = compiled(metrics, threads);
      const { epochs } = await model.fit(DATA, { epochs: 3, batchSize: 8 });
      return { hash: await model.weightsHash(), metrics: epochs.map((epoch) => epoch.metrics) };
    };
    const plain = await trained([], 1);
    const one = await trained(METRICS, 1);
    expect(one.hash).toBe(plain.hash);
    expect(await trained(METRICS, 2)).toEqual(one);
  });

  it("agrees with the loss, where it is the loss", async () => {
    const squaredError: Metric = {
      name: "squaredError",
      variables: { error: { shape: [] } },
      update: (prediction, target) => ({ error: ops.sumSquares(sub(prediction, target)) }),
      result: ({ error }, samples) => error![0]! / (2 * samples),
    };
    await using model = compiled([squaredError]);
    const { epochs } = await model.fit(DATA, { epochs: 4, batchSize: 8 });
    for (const { loss, metrics } of epochs) expect(metrics!.squaredError).toBeCloseTo(loss, 5);
  });

  it("goes on inside an epoch from every step", async () => {
    const train = async (options?: CheckpointOptions) => {
      await using model = compiled();
      const checkpoint = options && { checkpoint: checkpoints(options) };
      const history = await model.fit(DATA, { epochs: 2, batchSize: 8, validationData: DATA, ...checkpoint });
      return timeless(history);
    };
    const timeless = ({ epochs }: History) => epochs.map(({ seconds: _, ...record }) => record);
    const whole = await train();
    const kept: Uint8Array[] = [];
    await train({ everySteps: 1, to: (bytes) => void kept.push(bytes) });
    expect(kept).toHaveLength(7);
    for (const from of kept) expect(await train({ from })).toEqual(whole);
  });

  it("counts a million samples to the last one", async () => {
    const samples = 1_000_003;
    const seventeen: Metric = {
      name: "seventeen",
      variables: { count: { shape: [] } },
      // Seventeen a sample: more than 2^24 in all, where a float32 sum no longer counts by ones.
      update: (prediction) => ({ count: sum(ops.addScalar(ops.scale(prediction, 0), 17)) }),
      result: ({ count }) => count![0]!,
    };
    await using model = new Sequential([new Dense({ units: 1 })], { inputShape: [1], threads: 1 });
    model.compile({ optimizer: new SGD(), loss: meanSquaredError(), metrics: [seventeen] });
    const { metrics } = await model.evaluate(
      {
        name: "many",
        inputs: { data: new Uint8Array(samples), shape: [samples, 1] },
        labels: { data: new Float32Array(samples), shape: [samples, 1] },
        scaling: { kind: "none" },
      },
      { batchSize: 1000 },
    );
    expect(metrics!.seventeen).toBe(17 * samples);
  });

  it("may read the targets, or class scores, as they are", async () => {
    const plain: Metric = {
      name: "plain",
      variables: { target: { shape: [4, 2] }, last: { shape: [4, 2], keeps: "replace" } },
      update: (prediction, target) => ({ target, last: prediction }),
      result: ({ target }) => target![0]!,
    };
    await using model = compiled([plain]);
    const four = { ...DATA, inputs: { data: DATA.inputs.data.subarray(0, 12), shape: [4, 3] } };
    const data = { ...four, labels: { data: DATA.labels.data.subarray(8, 16), shape: [4, 2] } } as Dataset;
    expect((await model.evaluate(data)).metrics!.plain).toBe(DATA.labels.data[8]);

    const probability: Metric = {
      name: "probability",
      variables: { all: { shape: [] } },
      update: (prediction) => ({ all: sum(prediction) }),
      result: ({ all }, samples) => all![0]! / samples,
    };
    await using classifier = new Sequential([new Flatten(), new Dense({ units: 4 }), new Softmax()], {
      ...{ inputShape: [1, 6, 6], threads: 1 },
    });
    classifier.compile({
      ...{ optimizer: new Adam(), loss: softmaxCrossEntropy() },
      metrics: ["accuracy", probability],
    });
    const { epochs } = await classifier.fit(quarters(22), { batchSize: 8 });
    expect(epochs[0]!.accuracy).toBeGreaterThanOrEqual(0);
    expect(epochs[0]!.metrics!.probability).toBeCloseTo(1, 5);
  });

  it("takes no more memory when the model is compiled with new ones", async () => {
    await using engine = await createEngine({ threads: 1 });
    await using model = new Sequential([new Dense({ units: 2 })], { inputShape: [3], engine });
    const seen: number[] = [];
    for (let i = 0; i < 30; i++) {
      model.compile({ optimizer: new SGD(), loss: meanSquaredError(), metrics: [{ ...rSquared }] });
      await model.fit(DATA, { validationData: DATA });
      seen.push(await engine.memoryBytes());
    }
    expect(seen.at(-1)).toBe(seen[5]);
  });
});

describe("compile and fit refuse", () => {
  it("what is no metric", async () => {
    const wrong: readonly unknown[] = [
      7,
      () => 1,
      { ...rSquared, update: undefined },
      { ...rSquared, variables: { a: { shape: 3 } } },
      { ...rSquared, name: "loss" },
    ];
    const sentences = [...wrong.map((metric) => [metric]), [rSquared, { ...rSquared }]].map((metrics) => {
      try {
        return String(compiled(metrics as Metric[]));
      } catch (error) {
        return String(error);
      }
    });
    expect(sentences).toMatchInlineSnapshot(`
      [
        "ConfigError: compile: expected metrics of "accuracy" and objects { name, variables, update, result } with names that differ, got 7; see Metric.",
        "ConfigError: compile: expected metrics of "accuracy" and objects { name, variables, update, result } with names that differ, got a function; see Metric.",
        "ConfigError: compile: expected metrics of "accuracy" and objects { name, variables, update, result } with names that differ, got Object; see Metric.",
        "ConfigError: compile: expected metrics of "accuracy" and objects { name, variables, update, result } with names that differ, got Object; see Metric.",
        "ConfigError: compile: expected metrics of "accuracy" and objects { name, variables, update, result } with names that differ, got "loss"; see Metric.",
        "ConfigError: compile: expected metrics of "accuracy" and objects { name, variables, update, result } with names that differ, got "rSquared"; see Metric.",
      ]
    `);
  });

  it("a metric whose update gives another shape, or leaves something out", async () => {
    const sentences: unknown[] = [];
    for (const update of [(prediction: Tensor) => ({ error: prediction }), () => ({})]) {
      await using model = compiled([{ ...meanAbsoluteError, update }]);
      sentences.push(await model.fit(DATA, { batchSize: 22 }).catch(String));
    }
    expect(sentences).toMatchInlineSnapshot(`
      [
        "ShapeError: Metric "meanAbsoluteError": expected update to give "error" as float32 numbers of shape [], got f32 of shape [22, 2]; make it agree with its variables.",
        "ShapeError: Metric "meanAbsoluteError": expected update to give "error" as float32 numbers of shape [], got nothing; make it agree with its variables.",
      ]
    `);
  });
});
