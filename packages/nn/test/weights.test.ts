// Samples and classes that count more or less: the loss and the gradient are those of the formula, in memory and read, and go on from a checkpoint.
import { describe, expect, it } from "vitest";
import {
  type BatchSource,
  binaryCrossEntropy,
  type Callback,
  Concatenate,
  type Dataset,
  Dense,
  Input,
  type Loss,
  meanSquaredError,
  model,
  ops,
  pickSamples,
  Sequential,
  SGD,
  softmaxCrossEntropy,
  splitDataset,
  takeSamples,
  zeros,
} from "../src/index.js";
import { checkpoints } from "../src/model/checkpoint.js";

/** Eleven points on and beside a line, with weights from 0 to 3: a formula. */
const N = 11;
const X = Float32Array.from({ length: N }, (_, i) => (i - 5) / 4);
const T = Float32Array.from({ length: N }, (_, i) => 0.7 * X[i]! - 0.2 + ((i * 5) % 7) / 20);
const W = Float32Array.from({ length: N }, (_, i) => ((i * 3) % 7) / 2);
const RATE = 0.1;

function line(seed = 3): Sequential {
  return new Sequential([new Dense({ units: 1, kernelInitializer: zeros() })], {
    ...{ inputShape: [1], seed, threads: 1 },
  });
}

/** Gradient descent on Σ wᵢ(axᵢ + b − tᵢ)² / batch in float64, in order, with the last batch short. */
function descend(weights: ArrayLike<number>, batch: number, epochs: number) {
  let [a, b] = [0, 0];
  const losses: number[] = [];
  for (let epoch = 0; epoch < epochs; epoch++) {
    let sum = 0;
    for (let start = 0; start < N; start += batch) {
      const end = Math.min(N, start + batch);
      let [da, db] = [0, 0];
      for (let i = start; i < end; i++) {
        const error = a * X[i]! + b - T[i]!;
        sum += weights[i]! * error ** 2;
        da += (2 * weights[i]! * error * X[i]!) / (end - start);
        db += (2 * weights[i]! * error) / (end - start);
      }
      a -= RATE * da;
      b -= RATE * db;
    }
    losses.push(sum / N);
  }
  return { a, b, losses };
}

const compile = (net: Sequential, loss: Loss = meanSquaredError()) =>
  net.compile({ optimizer: new SGD({ learningRate: RATE }), loss });

async function numbersOf(net: { getWeights: Sequential["getWeights"]; close(): Promise<void> }) {
  const weights = await net.getWeights();
  await net.close();
  return weights.flatMap(({ data }) => [...data]);
}

const source = (weighted: boolean): BatchSource => ({
  ...{ name: "line", samples: N, weighted },
  inputs: { type: "f32", shape: [1] },
  labels: { type: "f32", shape: [1] },
  read: (at) => ({
    inputs: Float32Array.from(at, (i) => X[i]!),
    labels: Float32Array.from(at, (i) => T[i]!),
    ...(weighted && { weights: Float32Array.from(at, (i) => W[i]!) }),
  }),
});

describe("sampleWeight", () => {
  it("descends as the formula does, over a short last batch too", async () => {
    const net = compile(line());
    const { epochs } = await net.fit(X, T, { epochs: 3, batchSize: 4, shuffle: false, sampleWeight: W });
    const want = descend(W, 4, 3);
    epochs.forEach(({ loss }, i) => {
      expect(loss).toBeCloseTo(want.losses[i]!, 5);
    });
    const [a, b] = await numbersOf(net);
    expect(a).toBeCloseTo(want.a, 5);
    expect(b).toBeCloseTo(want.b, 5);
  });

  it("has the same bits as weights of the data, and as weights that are read", async () => {
    const fit = { epochs: 2, batchSize: 4, validationSplit: 0.2 };
    const runs = [
      (net: Sequential) => net.fit(X, T, { ...fit, sampleWeight: [...W] }),
      (net: Sequential) => net.fit({ ...dataset(), weights: W }, fit),
      (net: Sequential) => net.fit(source(true), fit),
      (net: Sequential) => net.fit(source(false), { ...fit, sampleWeight: W }),
    ];
    const got = [];
    for (const run of runs) {
      const net = compile(line());
      const { epochs } = await run(net);
      got.push([epochs.map(({ loss, validationLoss }) => [loss, validationLoss]), await numbersOf(net)]);
    }
    for (const other of got.slice(1)) expect(other).toEqual(got[0]);
  });

  it("weighs what evaluate says of the loss, and of nothing else", async () => {
    const net = compile(line());
    net.compile({ optimizer: new SGD(), loss: meanSquaredError(), metrics: ["meanAbsoluteError"] });
    const squares = T.map((t) => t * t);
    const plain = await net.evaluate(X, T, { batchSize: 4 });
    const weighed = await net.evaluate(X, T, { batchSize: 4, sampleWeight: W });
    expect(weighed.loss).toBeCloseTo(squares.reduce((sum, one, i) => sum + W[i]! * one, 0) / N, 6);
    expect(weighed.metrics).toEqual(plain.metrics);
    const nothing = await net.evaluate(X, T, { sampleWeight: new Float32Array(N) });
    expect(nothing.loss).toBe(0);
    await net.close();
  });

  it("weighs rows of several numbers by the mean of each, and validation data by its own", async () => {
    const net = new Sequential([new Dense({ units: 2, kernelInitializer: zeros() })], {
      ...{ inputShape: [1], threads: 1 },
    });
    const loss: Loss = {
      ...{ name: "each", target: "dense" },
      call: (y, t) => ops.mean(ops.square(ops.sub(y, t)), { axes: [-1] }),
    };
    compile(net, loss);
    const targets = [
      [1, 2],
      [3, 4],
    ];
    const inputs = [[1], [2]];
    expect((await net.evaluate(inputs, targets, { sampleWeight: [2, 0.5] })).loss).toBeCloseTo(
      (2 * 2.5 + 0.5 * 12.5) / 2,
      5,
    );
    const { epochs } = await net.fit(inputs, targets, {
      validationData: [inputs, targets, [0, 0]],
      sampleWeight: [0, 0],
    });
    expect(epochs[0]).toMatchObject({ loss: 0, validationLoss: 0 });
    await net.close();
  });

  it("weighs the samples of a model with two inputs", async () => {
    const [x, y] = [new Input({ shape: [1], name: "x" }), new Input({ shape: [1], name: "y" })];
    const kernelInitializer = zeros();
    const outputs = new Dense({ units: 1, kernelInitializer }).apply(new Concatenate().apply([x, y]));
    const two = model({ inputs: [x, y], outputs, threads: 1 });
    two.compile({ optimizer: new SGD({ learningRate: RATE / 2 }), loss: meanSquaredError() });
    const one = { type: "f32", shape: [1] } as const;
    const pair: BatchSource = {
      ...{ name: "pair", samples: N, inputs: [one, one], labels: one },
      read: (at) => {
        const inputs = Float32Array.from(at, (i) => X[i]!);
        return { inputs: [inputs, inputs], labels: Float32Array.from(at, (i) => T[i]!) };
      },
    };
    // One step of half the rate with both inputs alike moves a sum of two kernels by a whole step.
    await two.fit(pair, { batchSize: N, sampleWeight: W });
    const want = descend(W, N, 1);
    const [a, b, bias] = await numbersOf(two);
    expect(a! + b!).toBeCloseTo(want.a, 5);
    expect(2 * bias!).toBeCloseTo(want.b, 5);
  });

  it("goes on from a checkpoint with the same bits, and not with other weights", async () => {
    const run = async (options: object, weights: Float32Array) => {
      const net = compile(line());
      await net.fit(dataset(), { epochs: 3, batchSize: 4, sampleWeight: weights, ...options });
      return numbersOf(net);
    };
    const whole = await run({}, W);
    let kept = new Uint8Array();
    const to = (bytes: Uint8Array) => {
      kept = bytes.slice();
    };
    await run({ steps: 4, epochs: undefined, checkpoint: checkpoints({ to }) }, W);
    expect(await run({ checkpoint: checkpoints({ from: kept }) }, W)).toEqual(whole);
    await expect(run({ checkpoint: checkpoints({ from: kept }) }, X.map(Math.abs))).rejects.toMatchObject({
      code: "checkpoint-data",
    });
  });

  it.each([
    ["too few", W.slice(1)],
    ["below 0", W.map((w) => w - 1)],
    ["not finite", W.map((w) => w / 0)],
  ])("refuses weights that are %s", async (_, sampleWeight) => {
    const net = compile(line());
    await expect(net.fit(X, T, { sampleWeight })).rejects.toMatchObject({ code: "weights-invalid" });
    await net.close();
  });

  it("refuses a loss that gives no loss a sample", async () => {
    const total: Loss = { name: "total", target: "dense", call: (y, t) => ops.sumSquares(ops.sub(y, t)) };
    const net = compile(line(), total);
    await expect(net.fit(X, T, { sampleWeight: W })).rejects.toMatchObject({ code: "loss-not-by-sample" });
    await net.close();
  });

  it("stays with its samples when they are taken, picked or split", () => {
    const data = { ...dataset(), weights: W };
    expect(takeSamples(data, 2, 5).weights).toEqual(W.slice(2, 5));
    expect(pickSamples(data, Uint32Array.of(4, 1)).weights).toEqual(Float32Array.of(W[4]!, W[1]!));
    const { training, validation } = splitDataset(data, 0.4, 1);
    for (const part of [training, validation]) {
      expect(part.weights).toEqual(Float32Array.from(part.inputs.data, (x) => W[X.indexOf(x)]!));
    }
  });
});

describe("classWeight", () => {
  const CLASSES = Uint8Array.from({ length: N }, (_, i) => (i % 5 === 0 ? 1 : i === 4 ? 2 : 0)); // 7, 3 and 1 of them
  const classes = (): Dataset => ({
    ...dataset(),
    ...{ labels: { data: CLASSES, shape: [N] }, classNames: ["usual", "rare", "single"] },
  });
  const net = () =>
    new Sequential([new Dense({ units: 3 })], { inputShape: [1], seed: 5, threads: 1 }).compile({
      ...{ optimizer: new SGD({ learningRate: RATE }), loss: softmaxCrossEntropy(), metrics: ["accuracy"] },
    });
  const trained = async (data: Dataset | BatchSource, options: object) => {
    const made = net();
    const { epochs } = await made.fit(data, { epochs: 2, batchSize: 4, ...options });
    return [epochs.map(({ loss, accuracy }) => [loss, accuracy]), await numbersOf(made)];
  };

  it("is a weight a sample, by name or number, balanced or not, times sampleWeight", async () => {
    const weighs = (...byClass: number[]) => Float32Array.from(CLASSES, (one) => byClass[one]!);
    const by = async (sampleWeight: Float32Array) => trained(classes(), { sampleWeight });
    expect(await trained(classes(), { classWeight: { rare: 4, 2: 0.5 } })).toEqual(
      await by(weighs(1, 4, 0.5)),
    );
    const balanced = await by(weighs(11 / 21, 11 / 9, 11 / 3));
    expect(await trained(classes(), { classWeight: "balanced" })).toEqual(balanced);
    const both = { sampleWeight: W, classWeight: { 1: 4 } };
    const product = W.map((w, i) => w * (CLASSES[i] === 1 ? 4 : 1));
    expect(await trained(classes(), both)).toEqual(await by(product));
    expect(balanced).not.toEqual(await by(weighs(1, 1, 1)));
  });

  it("reads one-hot rows, and zeros and ones, as classes", async () => {
    const rows = Float32Array.from({ length: 3 * N }, (_, i) =>
      CLASSES[Math.floor(i / 3)] === i % 3 ? 1 : 0,
    );
    const hot = { ...classes(), labels: { data: rows, shape: [N, 3] } };
    const [a, b] = [
      await trained(hot, { classWeight: "balanced" }),
      await trained(classes(), { classWeight: "balanced" }),
    ];
    expect((a[0] as number[][])[0]![0]).toBeCloseTo((b[0] as number[][])[0]![0]!, 5);
    const yes = CLASSES.map((one) => Math.min(one, 1));
    const losses = [];
    for (const options of [
      { classWeight: { 1: 3 } },
      { sampleWeight: [...yes].map((one) => (one === 1 ? 3 : 1)) },
    ]) {
      const made = compile(line(), binaryCrossEntropy());
      losses.push(
        (await made.fit(X, Float32Array.from(yes), { epochs: 2, ...options })).epochs.map(({ loss }) => loss),
      );
      await made.close();
    }
    expect(losses[0]).toEqual(losses[1]);
  });

  it("weighs a source's classes as those in memory, and leaves held out samples alone", async () => {
    const read: BatchSource = {
      ...source(false),
      ...{ labels: { type: "u8", shape: [] }, classNames: ["usual", "rare", "single"] },
      read: (at) => ({
        inputs: Float32Array.from(at, (i) => X[i]!),
        labels: Uint8Array.from(at, (i) => CLASSES[i]!),
      }),
    };
    const options = { classWeight: { rare: 4 }, validationSplit: 0.3 };
    expect(await trained(read, options)).toEqual(await trained(classes(), options));
    const made = net();
    const { validation } = splitDataset(classes(), 0.3, 5);
    let evaluated = 0;
    const watch: Callback = {
      async epochEnd(_, { model: now }) {
        evaluated = (await now.evaluate(validation)).loss;
      },
    };
    const { epochs } = await made.fit(classes(), { ...options, callbacks: [watch] });
    expect(epochs[0]!.validationLoss).toBe(evaluated);
    await made.close();
  });

  it("refuses what it cannot weigh", async () => {
    const made = net();
    const fit = (options: object, data: Dataset | BatchSource = classes()) =>
      made.fit(data, options).catch(({ message }) => message);
    expect(await fit({ classWeight: { rara: 2 } })).toMatchInlineSnapshot(
      `"fit: classWeight has no class "rara" to weigh; name one of "usual", "rare", "single", or give its number from 0."`,
    );
    expect(await fit({ classWeight: { rare: -2 } })).toMatchInlineSnapshot(
      `"fit: classWeight must be in [0, ∞), got -2."`,
    );
    expect(await fit({ classWeight: "even" })).toMatchInlineSnapshot(
      `"fit: classWeight must be one of "balanced", got "even"."`,
    );
    const labels = { type: "u8", shape: [] } as const;
    expect(await fit({ classWeight: "balanced" }, { ...source(false), labels })).toMatchInlineSnapshot(
      `"fit: classWeight "balanced" counts the classes, which line would have to be read for; give a weight a class."`,
    );
    await made.close();
    const numbers = compile(line());
    expect(
      await numbers.fit(X, T, { classWeight: "balanced" }).catch(({ message }) => message),
    ).toMatchInlineSnapshot(
      `"fit: classWeight expects one class a sample, got labels of shape [11, 1] that name none; use sampleWeight."`,
    );
    await numbers.close();
  });
});

function dataset(): Dataset {
  return {
    name: "line",
    inputs: { data: X, shape: [N, 1] },
    labels: { data: T, shape: [N, 1] },
    scaling: { kind: "none" },
  };
}
