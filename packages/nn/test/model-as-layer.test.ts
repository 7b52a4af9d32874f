import {
  Add,
  BatchNorm,
  constant,
  Dense,
  Input,
  loadModel,
  type Model,
  meanSquaredError,
  model,
  Sequential,
  SGD,
  saveModel,
} from "@loam/nn";
import { bodyOf } from "@loam/nn/transfer";
import { describe, expect, it } from "vitest";
import { refusal } from "./contracts/refusal.js";

const SGD_AND_MEAN = { optimizer: new SGD({ learningRate: 0.1 }), loss: meanSquaredError() } as const;
const trained = () => ({ ...SGD_AND_MEAN, optimizer: new SGD({ learningRate: 0.1 }) });
const x = [
  [0.1, -0.4, 0.3],
  [0.7, 0.2, -0.5],
  [-0.2, 0.9, 0.6],
  [0.4, 0.4, -0.1],
];
const y = [0.3, -0.2, 0.5, 0.1];
const once = { epochs: 3, batchSize: 2 } as const;

const layersOf = () => [
  new Dense({ units: 4, activation: "tanh" }),
  new BatchNorm(),
  new Dense({ units: 1 }),
];
const namesOf = (net: Model) => net.network.variables.map(({ name }) => name);
const outputOf = async (net: Model) => [...(await net.predict(x)).data];

describe("a model as a layer", () => {
  it("is, in a Sequential, what its layers are there, bit for bit, state included", async () => {
    const flat = new Sequential(layersOf(), { inputShape: [3], seed: 5 }).compile(trained());
    const [first, second, third] = layersOf();
    const body = new Sequential([first!, second!], { inputShape: [3], name: "body" });
    const nested = new Sequential([body, third!], { inputShape: [3], seed: 5 }).compile(trained());
    expect(namesOf(nested)).toEqual([
      ...["body.dense1/kernel", "body.dense1/bias"],
      ...["gamma", "beta", "movingMean", "movingVariance"].map((name) => `body.batchNorm1/${name}`),
      ...["dense1/kernel", "dense1/bias"],
    ]);
    await flat.fit(x, y, once);
    await nested.fit(x, y, once);
    expect(await nested.weightsHash()).toBe(await flat.weightsHash());
    await flat.close();
    await nested.close();
  });

  it("knows what the model around it learns, and the other way round", async () => {
    const encoder = new Sequential([new Dense({ units: 2 })], { inputShape: [3], name: "encoder" });
    const decoder = new Sequential([new Dense({ units: 3 })], { inputShape: [2], name: "decoder" });
    const both = new Sequential([encoder, decoder], { inputShape: [3], seed: 2 }).compile(trained());
    const code = () => encoder.predict(x);
    const before = await code();
    await both.fit(x, x, once);
    const after = await code();
    expect(after.data).not.toEqual(before.data);
    expect((await decoder.predict(after)).data).toEqual((await both.predict(x)).data);
    const [kernel] = await both.getWeights();
    expect(await encoder.getWeights()).toEqual((await both.getWeights()).slice(0, 2));
    // Trained by itself, it changes itself and not its neighbour.
    const [, , neighbour] = await both.getWeights();
    encoder.compile(trained());
    await encoder.fit(
      x,
      [y, y.map((v) => -v), y, y].map((row) => row.slice(0, 2)),
      once,
    );
    const now = await both.getWeights();
    expect(now[0]!.data).not.toEqual(kernel!.data);
    expect(now[2]).toEqual(neighbour);
    await encoder.setWeights(
      (await encoder.getWeights()).map((one) => ({ ...one, data: one.data.fill(0.5) })),
    );
    expect((await both.getWeights()).slice(0, 3).map(({ data }) => data[0])).toEqual([
      0.5,
      0.5,
      neighbour!.data[0],
    ]);
    await both.close();
    await expect(encoder.predict(x)).rejects.toMatchObject({ code: "closed" });
  });

  it("begins with the weights that it has, loaded or trained in memory of its own", async () => {
    const first = new Sequential(layersOf(), { inputShape: [3], seed: 9 }).compile(trained());
    await first.fit(x, y, once);
    const [weights, outputs, file] = [
      await first.getWeights(),
      await outputOf(first),
      await saveModel(first),
    ];
    const loaded = await loadModel(file);
    const around = [first, loaded].map(
      (body) =>
        new Sequential([body, new Dense({ units: 1, kernelInitializer: constant(1) })], { inputShape: [3] }),
    );
    for (const net of around) {
      expect(await outputOf(net)).toEqual(outputs);
      const body = (await net.getWeights()).slice(0, weights.length);
      expect(body.map(({ data }) => data)).toEqual(weights.map(({ data }) => data));
      const again = await loadModel(await saveModel(net));
      expect(namesOf(again)).toEqual(namesOf(net));
      expect(await outputOf(again)).toEqual(outputs);
      await again.close();
    }
    await Promise.all(around.map((net) => net.close()));
  });

  it("applied twice has one set of weights, inside another model as well", async () => {
    const a = new Input({ shape: [3] });
    const tower = model({
      inputs: a,
      outputs: new Dense({ units: 3, activation: "tanh" }).apply(a),
      name: "tower",
    });
    const b = new Input({ shape: [3] });
    const twice = model({ inputs: b, outputs: tower.apply(tower.apply(b)), name: "twice" });
    const c = new Input({ shape: [3] });
    const net = model({ inputs: c, outputs: new Add().apply([c, twice.apply(c)]), seed: 3 });
    expect(namesOf(net)).toEqual(["twice.tower.dense1/kernel", "twice.tower.dense1/bias"]);
    expect(net.parameters).toBe(12);
    const [one] = x;
    const [kernel] = await net.getWeights();
    const through = (v: readonly number[]) =>
      [0, 1, 2].map((j) => Math.tanh(v.reduce((sum, value, i) => sum + value * kernel!.data[3 * i + j]!, 0)));
    const expected = through(through(one!)).map((v, i) => v + one![i]!);
    (await net.predict(one!)).data.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 5);
    });
    expect((await tower.predict(one!)).data[0]).toBeCloseTo(through(one!)[0]!, 5);
    await net.close();
  });

  it("is not trained where trainable is false, and keeps its averages", async () => {
    const [first, second, third] = layersOf();
    const body = new Sequential([first!, second!], { inputShape: [3], name: "body" });
    body.trainable = false;
    const net = new Sequential([body, third!], { inputShape: [3] }).compile(trained());
    const before = await net.getWeights();
    await net.fit(x, y, once);
    const after = await net.getWeights();
    expect(after.slice(0, 6)).toEqual(before.slice(0, 6));
    expect(after[6]).not.toEqual(before[6]);
    const read = await loadModel(await saveModel(net));
    expect(read.layers.map(({ trainable }) => trainable)).toEqual([false, false, true]);
    await net.close();
  });

  it("two of one name are told apart", () => {
    const part = () => new Sequential([new Dense({ units: 3 })], { inputShape: [3] });
    const net = new Sequential([part(), part(), new Dense({ units: 1 })], { inputShape: [3] });
    expect(net.layers.map(({ name }) => name)).toEqual(["sequential.dense1", "sequential2.dense1", "dense1"]);
  });

  it("belongs to one model, has one output, and takes what it was made for", async () => {
    const part = () => new Sequential([new Dense({ units: 3 })], { inputShape: [3], name: "part" });
    const taken = part();
    new Sequential([taken], { inputShape: [3], name: "first" });
    expect(refusal(() => new Sequential([taken], { inputShape: [3] }))).toBe(
      'ConfigError built-twice: The model "part": expected a model that is a layer of no other, got one that is a layer of "first"; copy it with bodyOf.',
    );
    const copy = await bodyOf(taken);
    expect(copy.layers.map(({ name }) => name)).toEqual(["part.dense1"]);
    const a = new Input({ shape: [3] });
    const two = model({ inputs: a, outputs: [1, 2].map((units) => new Dense({ units }).apply(a)) });
    expect(refusal(() => new Sequential([two], { inputShape: [3] }))).toMatch(
      /apply: .*got "model" with 1 and 2;/,
    );
    expect(refusal(() => part().apply([a, a]))).toBe(
      'ConfigError several-inputs: The model "part": expected as many inputs as it has, 1, got 2; give apply a list of such.',
    );
    expect(refusal(() => new Sequential([part()], { inputShape: [4] }))).toBe(
      'ShapeError dense-input: Dense "dense1": expected input of shape [batch, ..., 3], got [batch, 4]; its parameters were made for the former.',
    );
    // A layer of another model by itself is refused as before.
    expect(refusal(() => model({ inputs: a, outputs: part().layers[0]!.apply(a) }))).toMatch(
      /in use already/,
    );
    await taken.close();
  });
});
