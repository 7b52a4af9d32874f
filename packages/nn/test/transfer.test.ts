// A head on a trained body: layers with their weights in another model, features that are made once, and norms that are folded away.
import { describe, expect, it } from "vitest";
import {
  Adam,
  Add,
  BatchNorm,
  type BatchSource,
  Conv2d,
  Dense,
  Flatten,
  Input,
  type Layer,
  loadModel,
  type Model,
  Multiply,
  model,
  pickSamples,
  ReLU,
  Sequential,
  SGD,
  saveModel,
} from "../src/index.js";
import { checkpoints } from "../src/model/checkpoint.js";
import { type Body, bodyOf, features, foldBatchNorm } from "../src/model/transfer/index.js";
import { changed, compiled, DATA, FIT, weightsOf } from "./support/brief-training.js";
import { quarters } from "./support/tiny-data.js";

/** The bytes of a trained model of four classes. */
const trained = await (async () => {
  await using net = new Sequential(
    [
      new Conv2d({ filters: 5, kernelSize: 3, name: "conv" }),
      new BatchNorm({ name: "norm" }),
      new ReLU({ name: "relu" }),
      new Flatten({ name: "flat" }),
      new Dense({ units: 6, name: "features" }),
      new Dense({ units: 4, name: "classes" }),
    ],
    { inputShape: [1, 6, 6], seed: 5, threads: 1 },
  );
  await compiled(net, new Adam()).fit(DATA, FIT);
  return await saveModel(net);
})();

const loaded = () => loadModel(trained, { threads: 1 });

async function bodyOfLoaded(options: Parameters<typeof bodyOf>[1]): Promise<Body> {
  await using net = await loaded();
  return await bodyOf(net, options);
}

/** A new head of two classes, as the bright half is the upper or the lower one. */
const withHead = ({ layers, inputShape }: Body) =>
  new Sequential([...layers, new Dense({ units: 2, name: "head" })], { inputShape, seed: 9, threads: 1 });

const HALVES = {
  ...DATA,
  labels: { ...DATA.labels, data: DATA.labels.data.map((label) => label >> 1) as Uint8Array },
  classNames: ["top", "bottom"],
};

const refused = (promise: Promise<unknown>) =>
  promise.then(
    () => "nothing was refused",
    (error: Error & { code?: string }) => `${error.name} ${error.code}: ${error.message}`,
  );

function expectClose(got: Uint8Array | Float32Array, wanted: (place: number) => number): void {
  for (const [i, value] of got.entries()) expect(value).toBeCloseTo(wanted(i), 5);
}

const pixels = { ...DATA.inputs };

describe("bodyOf", () => {
  it("takes layers with their weights, and leaves the model that had them alone", async () => {
    await using old = await loaded();
    await using net = withHead(await bodyOf(old, { upTo: -2 }));
    const before = await weightsOf(old);
    expect(await changed(net, before)).toEqual(["head/kernel", "head/bias"]);
    await compiled(net).fit(HALVES, FIT);
    expect(await changed(net, before)).toHaveLength(10);
    expect(await changed(old, before)).toEqual([]);
  });

  it("keeps a frozen body, its averages too, through training, saving and a checkpoint", async () => {
    const make = async () => compiled(withHead(await bodyOfLoaded({ upTo: "features", trainable: false })));
    await using net = await make();
    const before = await weightsOf(net);
    await net.fit(HALVES, { epochs: 4, batchSize: 8 });
    expect(await changed(net, before)).toEqual(["head/kernel", "head/bias"]);
    await using again = await loadModel(await saveModel(net), { threads: 1 });
    expect(await again.weightsHash()).toBe(await net.weightsHash());
    expect(again.layers.map(({ trainable }) => trainable)).toEqual([...Array(5).fill(false), true]);

    const kept: Uint8Array[] = [];
    await using half = await make();
    const to = (bytes: Uint8Array) => void kept.push(bytes);
    await half.fit(HALVES, { epochs: 4, batchSize: 8, checkpoint: checkpoints({ everySteps: 5, to }) });
    await using rest = await make();
    await rest.fit(HALVES, { epochs: 4, batchSize: 8, checkpoint: checkpoints({ from: kept[0]! }) });
    expect(await rest.weightsHash()).toBe(await net.weightsHash());
  });

  it("is trained as a whole when it may be, from the head's weights on", async () => {
    const body = await bodyOfLoaded({ upTo: -2, trainable: false });
    await using net = compiled(withHead(body));
    await net.fit(HALVES, FIT);
    const before = await weightsOf(net);
    for (const layer of body.layers) layer.trainable = true;
    compiled(net, new SGD({ learningRate: 0.01 }));
    const { loss } = await net.evaluate(HALVES);
    const { epochs } = await net.fit(HALVES, { ...FIT, epochs: 5 });
    expect(await changed(net, before)).toHaveLength(10);
    expect(epochs.at(-1)!.loss).toBeLessThan(loss);
  });

  it("goes on where a loaded model was, with a smaller rate", async () => {
    await using net = await loaded();
    compiled(net, new SGD({ learningRate: 0.01 }));
    const first = await net.evaluate(DATA);
    const { epochs } = await net.fit(DATA, { ...FIT, epochs: 5 });
    expect(epochs.at(-1)!.loss).toBeLessThan(first.loss);
  });

  it("is a layer of any graph, with one set of weights however often it is applied", async () => {
    const body = await bodyOfLoaded({ upTo: "features" });
    const [a, b] = [new Input({ shape: [1, 6, 6], name: "a" }), new Input({ shape: [1, 6, 6], name: "b" })];
    const product = new Multiply({ name: "product" }).apply([body.apply(a), body.apply(b)]);
    await using twins = model({ inputs: [a, b], outputs: product, threads: 1 });
    await using old = await loaded();
    old.scaling = { kind: "none" };
    const all = await old.activations(pixels);
    const { data } = all.find(({ layer }) => layer === "features")!;
    const [same] = await twins.predictAll([pixels, pixels]);
    expect(same!.data).toEqual(data.map((value) => value * value));
    expect(twins.layers).toHaveLength(6);
  });

  it("takes of a graph what its end is made of", async () => {
    const x = new Input({ shape: [4] });
    const shared = new Dense({ units: 4, name: "shared" });
    const sum = new Add({ name: "sum" }).apply([shared.apply(shared.apply(x)), x]);
    const aside = new Dense({ units: 3, name: "aside" }).apply(x);
    await using net = model({
      inputs: x,
      outputs: [new Dense({ units: 2, name: "end" }).apply(sum), aside],
      seed: 4,
      threads: 1,
    });
    const body = await bodyOf(net, { upTo: "sum" });
    expect(body.layers.map(({ name }) => name)).toEqual(["shared", "sum"]);
    const y = new Input({ shape: [4] });
    await using part = model({ inputs: y, outputs: body.apply(y), threads: 1 });
    const inputs = {
      data: Float32Array.from({ length: 12 }, (_, i) => Math.fround(i / 7 - 1)),
      shape: [3, 4],
    };
    const weights = new Map((await net.getWeights()).map(({ name, data }) => [name, data]));
    const kernel = weights.get("shared/kernel")!;
    const through = (row: number[]) =>
      row.map((_, j) => row.reduce((total, value, i) => total + value * kernel[i * 4 + j]!, 0));
    const rows = [0, 1, 2].map((row) => Array.from(inputs.data.slice(4 * row, 4 * row + 4)));
    const expected = rows.flatMap((row) => through(through(row)).map((value, i) => value + row[i]!));
    const { data } = await part.predict(inputs);
    expectClose(data, (i) => expected[i]!);
  });

  it("refuses a layer that is not there, other inputs, and several", async () => {
    await using net = await loaded();
    const [a, b] = [new Input({ shape: [2] }), new Input({ shape: [2] })];
    await using two = model({ inputs: [a, b], outputs: new Add({ name: "sum" }).apply([a, b]), name: "two" });
    const onWider = async () => new Sequential((await bodyOf(net)).layers, { inputShape: [2, 6, 6] });
    expect([
      await refused(bodyOf(net, { upTo: "feature" })),
      await refused(bodyOf(net, { upTo: 6 })),
      await refused(bodyOf(two)),
      await refused(onWider()),
    ]).toMatchInlineSnapshot(`
      [
        "ConfigError up-to-unknown: bodyOf: upTo "feature" is not known; did you mean "features"?",
        "ConfigError up-to-unknown: bodyOf: upTo must be a layer's name or its place from -6 to 5, got 6.",
        "ConfigError not-single: bodyOf: expected layers that are made of one input, got "two" with 2 up to there; take an earlier layer.",
        "ConfigError weights-mismatch: Conv2d "conv": expected an input as that of the layer it was copied from, got one that asks for "kernel" of shape [5, 2, 3, 3] where [5, 1, 3, 3] was copied.",
      ]
    `);
  });
});

describe("features", () => {
  it("are what the layer makes, with labels and names, of a dataset and of a source", async () => {
    await using net = await loaded();
    const weighted = { ...DATA, weights: Float32Array.from({ length: 22 }, (_, i) => i / 4) };
    const made = await features(net, "features", weighted, { batchSize: 5 });
    const all = await net.activations(pixels);
    const { data } = all.find(({ layer }) => layer === "features")!;
    expect(made.inputs.shape).toEqual([22, 6]);
    expectClose(made.inputs.data, (i) => data[i]!);
    expect([made.labels, made.classNames, made.weights, made.scaling]).toEqual([
      ...[DATA.labels, DATA.classNames, weighted.weights, { kind: "none" }],
    ]);
    const source: BatchSource = {
      ...{ name: "quarters", samples: 22, weighted: true, classNames: DATA.classNames! },
      inputs: { type: "u8", shape: [1, 6, 6] },
      labels: { type: "u8", shape: [] },
      read(indices) {
        const { inputs, labels, weights } = pickSamples(weighted, indices);
        return { inputs: inputs.data, labels: labels.data, weights: weights! };
      },
    };
    expect(await features(net, "features", source, { batchSize: 5 })).toEqual(made);
  });

  it("train a head that does on the body what it did alone", async () => {
    await using net = await loaded();
    const made = await features(net, -2, HALVES);
    await using head = new Sequential([new Dense({ units: 2, name: "head" })], {
      inputShape: [6],
      threads: 1,
    });
    const { epochs } = await compiled(head).fit(made, { epochs: 30, batchSize: 8 });
    expect(epochs.at(-1)!.loss).toBeLessThan(epochs[0]!.loss);
    const [body, top] = [await bodyOf(net, { upTo: -2 }), await bodyOf(head)];
    await using whole = new Sequential([...body.layers, ...top.layers], {
      inputShape: body.inputShape,
      threads: 1,
    });
    whole.scaling = net.scaling;
    const [one, other] = [await whole.predict(pixels), await head.predict(made.inputs)];
    expectClose(one.data, (i) => other.data[i]!);
  });

  it("refuse samples of another size", async () => {
    await using net = await loaded();
    expect(await refused(features(net, -2, quarters(4, 2)))).toMatch(/^ShapeError input-shape: quarters/);
    expect(await refused(features(net, -2, DATA, { batchSize: 0 }))).toMatch(
      /^ConfigError batch-size-not-positive/,
    );
  });
});

describe("foldBatchNorm", () => {
  /** A model whose variables are all somewhere else than they begin. */
  async function shaken(layers: readonly Layer[], inputShape = [4, 6, 6]): Promise<Model> {
    const net = new Sequential(layers, { inputShape, seed: 2, threads: 1 });
    const weights = await net.getWeights();
    await net.setWeights(
      weights.map((one, n) => ({
        ...one,
        data: one.data.map(
          (_, i) => 0.6 + 0.5 * Math.sin(3 * i + n) - (/kernel|Mean|beta/.test(one.name) ? 0.6 : 0),
        ),
      })),
    );
    return net;
  }
  const some = (size: number, samples = 5) => ({
    data: Float32Array.from({ length: samples * size }, (_, i) => Math.sin(i * 1.7)),
    shape: [samples, size],
  });
  const cases: readonly [string, () => Layer[], number][] = [
    [
      "a convolution in groups without bias",
      () => [new Conv2d({ filters: 6, kernelSize: [3, 2], groups: 2, useBias: false }), new BatchNorm()],
      1,
    ],
    [
      "a dense layer",
      () => [new Flatten(), new Dense({ units: 7 }), new BatchNorm({ epsilon: 0.1 }), new ReLU()],
      1,
    ],
    [
      "norms without gamma and beta",
      () => [
        new Conv2d({ filters: 3, kernelSize: 3 }),
        new BatchNorm({ scale: false }),
        new Conv2d({ filters: 2, kernelSize: 1 }),
        new BatchNorm({ center: false }),
      ],
      2,
    ],
    [
      "not behind an activation",
      () => [new Conv2d({ filters: 3, kernelSize: 3, activation: "tanh" }), new BatchNorm()],
      0,
    ],
    ["not of a sequence's rows", () => [new Dense({ units: 3 }), new BatchNorm()], 0],
    [
      "not one behind the other",
      () => [new BatchNorm(), new Conv2d({ filters: 3, kernelSize: 3 }), new ReLU(), new BatchNorm()],
      0,
    ],
  ];
  it.each(cases)("%s", async (_, layers, folds) => {
    await using net = await shaken(layers());
    await using folded = await foldBatchNorm(net, { threads: 1 });
    expect(folded.layers).toHaveLength(net.layers.length - folds);
    const { data } = some(4 * 6 * 6);
    const inputs = { data, shape: [5, 4, 6, 6] };
    const [y, z] = [await net.predict(inputs), await folded.predict(inputs)];
    const scale = Math.max(1, ...y.data.map(Math.abs));
    expect(Math.max(...y.data.map((value, i) => Math.abs(value - z.data[i]!)))).toBeLessThan(1e-5 * scale);
    await using again = await loadModel(await saveModel(folded), { threads: 1 });
    expect(await again.weightsHash()).toBe(await folded.weightsHash());
  });

  it("leaves what others read, and what the model knows of its data", async () => {
    const x = new Input({ shape: [3] });
    const dense = new Dense({ units: 3, name: "dense" }).apply(x);
    const normed = new BatchNorm({ name: "norm" }).apply(dense);
    await using net = model({
      inputs: x,
      outputs: new Add().apply([dense, normed]),
      name: "net",
      threads: 1,
    });
    net.classNames = ["a", "b", "c"];
    net.scaling = { kind: "divide", by: 2 };
    await using folded = await foldBatchNorm(net, { threads: 1 });
    expect(folded.layers.map(({ name }) => name)).toEqual(["dense", "norm", "add1"]);
    expect([folded.name, folded.classNames, folded.scaling]).toEqual(["net", net.classNames, net.scaling]);
    expect((await folded.predict(some(3))).data).toEqual((await net.predict(some(3))).data);
  });

  it("leaves layers and norms that are applied twice", async () => {
    const x = new Input({ shape: [3] });
    const dense = new Dense({ units: 3, name: "dense" });
    const [norm, after] = [new BatchNorm({ name: "norm" }), new Dense({ units: 3, name: "after" })];
    const once = new BatchNorm({ name: "once" }).apply(dense.apply(x));
    const twice = norm.apply(after.apply(dense.apply(x)));
    const outputs = new Add({ name: "sum" }).apply([once, twice, norm.apply(x)]);
    await using net = model({ inputs: x, outputs, threads: 1 });
    const weights = await net.getWeights();
    await net.setWeights(weights.map((one) => ({ ...one, data: one.data.map((_, i) => 1 + i / 3) })));
    await using folded = await foldBatchNorm(net, { threads: 1 });
    expect(folded.layers).toHaveLength(5);
    expect((await folded.predict(some(3))).data).toEqual((await net.predict(some(3))).data);
  });

  it("of a trained model, with the same classes", async () => {
    await using net = await loaded();
    await using folded = await foldBatchNorm(net, { threads: 1 });
    expect(folded.layers.map(({ name }) => name)).toEqual(["conv", "relu", "flat", "features", "classes"]);
    expect((await folded.classify(pixels)).labels).toEqual((await net.classify(pixels)).labels);
  });
});
