import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  Adam,
  Add,
  type BuildContext,
  type CallContext,
  Concatenate,
  Conv2d,
  type Dataset,
  Dense,
  Dropout,
  decodeSafetensors,
  encodeSafetensors,
  Flatten,
  Input,
  Layer,
  loadModel,
  MaxPool2d,
  type Model,
  Multiply,
  meanSquaredError,
  model,
  ops,
  ReLU,
  Sequential,
  SGD,
  type Shape,
  Sigmoid,
  type SymbolicTensor,
  saveModel,
  softmaxCrossEntropy,
  Tanh,
  type Tensor,
  type Variable,
  zeros,
} from "../src/index.js";
import { checkpoints, decodeCheckpoint } from "../src/model/checkpoint.js";
import { input } from "../src/ops/leaves.js";
import { evaluateReference } from "../src/reference/index.js";
import { refusal } from "./contracts/refusal.js";
import { quarters } from "./support/tiny-data.js";

/** Numbers that are neither alike nor regular, in (−1, 1). */
function values(length: number, from = 0): Float32Array {
  return Float32Array.from({ length }, (_, i) => (((i + from) * 7919) % 101) / 51 - 0.99);
}

/** Images through two branches that are added, one that is joined to them, and dropout. */
function residual(threads = 1): Model {
  const x = new Input({ shape: [1, 6, 6] });
  const h = new ReLU().apply(new Conv2d({ filters: 4, kernelSize: 3, padding: 1 }).apply(x));
  const around = new Conv2d({ filters: 4, kernelSize: 3, padding: 1 }).apply(
    new ReLU().apply(new Conv2d({ filters: 4, kernelSize: 3, padding: 1, name: "inner" }).apply(h)),
  );
  const sum = new ReLU().apply(new Add().apply([h, around]));
  const joined = new Concatenate({ axis: 1 }).apply([sum, x, h]);
  const pooled = new Flatten().apply(new MaxPool2d({ kernelSize: 2 }).apply(joined));
  const y = new Dense({ units: 4 }).apply(new Dropout({ rate: 0.3 }).apply(pooled));
  return model({ inputs: x, outputs: y, name: "residual", seed: 5, threads }).compile({
    optimizer: new Adam({ learningRate: 0.01 }),
    loss: softmaxCrossEntropy(),
    metrics: ["accuracy"],
  });
}

const DATA = quarters(22);

describe("a residual net", () => {
  it("learns, and is evaluated", async () => {
    await using net = residual();
    const before = await net.evaluate(DATA);
    await net.fit(DATA, { epochs: 12, batchSize: 8 });
    const after = await net.evaluate(DATA);
    expect(after.loss).toBeLessThan(before.loss / 4);
    expect(after.accuracy).toBe(1);
    const { labels } = await net.classify(DATA.inputs);
    expect([...labels]).toEqual([...DATA.labels.data]);
  });

  it("has the same bits on one to four threads", async () => {
    const hashes = new Set<string>();
    for (const threads of [1, 2, 3, 4]) {
      await using net = residual(threads);
      await net.ready();
      await net.fit(quarters(300), { epochs: 2, batchSize: 128 });
      hashes.add(await net.weightsHash());
    }
    expect(hashes.size).toBe(1);
  });

  it("comes back from its file, and trains on to the same bits", async () => {
    await using net = residual();
    await net.fit(DATA, { epochs: 1, batchSize: 8 });
    const bytes = await saveModel(net);
    await using again = await loadModel(bytes, { threads: 1, seed: 5 });
    expect(await saveModel(again)).toEqual(bytes);
    expect(again.summary()).toEqual(net.summary());
    expect(await again.predict(DATA.inputs)).toEqual(await net.predict(DATA.inputs));
    const optimizer = () => new SGD({ learningRate: 0.1 });
    const hashes = [];
    for (const one of [again, await loadModel(bytes, { threads: 1, seed: 5 })]) {
      one.compile({ optimizer: optimizer(), loss: softmaxCrossEntropy() });
      await one.fit(DATA, { epochs: 1, batchSize: 8 });
      hashes.push(await one.weightsHash());
    }
    expect(hashes[0]).toBe(hashes[1]);
  });

  it("goes on from a checkpoint of any step to the same bits, and from no other graph", async () => {
    const kept: Uint8Array[] = [];
    const options = { epochs: 2, batchSize: 8 };
    await using whole = residual();
    await whole.fit(DATA, {
      ...options,
      checkpoint: checkpoints({ everySteps: 1, to: (bytes) => void kept.push(bytes) }),
    });
    const hash = await whole.weightsHash();
    expect(new Set(kept.map((bytes) => decodeCheckpoint(bytes).position.step)).size).toBe(6);
    for (const bytes of kept) {
      await using resumed = residual();
      await resumed.fit(DATA, { ...options, checkpoint: checkpoints({ from: bytes }) });
      expect(await resumed.weightsHash()).toBe(hash);
    }
    // The same layers, connected otherwise.
    const pair = (swapped: boolean) => {
      const x = new Input({ shape: [1, 6, 6] });
      const flat = new Flatten().apply(x);
      const [a, b] = [new Dense({ units: 4 }).apply(flat), new Dense({ units: 4 }).apply(flat)];
      const y = new Concatenate().apply(swapped ? [b, a] : [a, b]);
      const net = model({ inputs: x, outputs: new Dense({ units: 4 }).apply(y), threads: 1 });
      return net.compile({ optimizer: new SGD(), loss: softmaxCrossEntropy() });
    };
    await using net = pair(false);
    await net.fit(DATA, { checkpoint: checkpoints({ to: (bytes) => void kept.push(bytes) }) });
    await using other = pair(true);
    await expect(
      other.fit(DATA, { epochs: 2, checkpoint: checkpoints({ from: kept.at(-1)! }) }),
    ).rejects.toMatchObject({ code: "checkpoint-configuration" });
  });

  it("is summarized with what each layer is applied to", async () => {
    const x = new Input({ shape: [3], name: "pixels" });
    const shared = new Dense({ units: 3 });
    const y = new Add().apply([shared.apply(shared.apply(x)), x]);
    expect(model({ inputs: x, outputs: y }).summaryText()).toMatchInlineSnapshot(`
      "model
      ───────────────────────────────────────────────────────
      Layer   Type   Output shape  Parameters  Inputs
      ───────────────────────────────────────────────────────
      pixels         [batch, 3]
      dense1  Dense  [batch, 3]            12  pixels
      dense1  Dense  [batch, 3]             0  dense1
      add1    Add    [batch, 3]             0  dense1, pixels
      ───────────────────────────────────────────────────────
      12 parameters"
    `);
  });
});

describe("a graph that is a chain", () => {
  it("is what Sequential makes, in bits and in its file", async () => {
    const layers = () => [new Flatten(), new Dense({ units: 9 }), new ReLU(), new Dense({ units: 4 })];
    const options = { name: "chain", seed: 3, threads: 1 };
    const x = new Input({ shape: [1, 6, 6] });
    const y = layers().reduce<SymbolicTensor>((value, layer) => layer.apply(value), x);
    const files: Uint8Array[] = [];
    for (const net of [
      model({ inputs: x, outputs: y, ...options }),
      new Sequential(layers(), { inputShape: [1, 6, 6], ...options }),
    ]) {
      net.compile({ optimizer: new Adam(), loss: softmaxCrossEntropy() });
      await net.fit(DATA, { epochs: 2, batchSize: 8 });
      files.push(await saveModel(net));
      await net.close();
    }
    expect(files[0]).toEqual(files[1]);
    expect(await loadModel(files[0]!)).toBeInstanceOf(Sequential);
  });
});

describe("a layer that is applied twice", () => {
  it("has one weight, and its gradient from both", async () => {
    const x = new Input({ shape: [1] });
    const shared = new Dense({ units: 1, useBias: false });
    await using net = model({ inputs: x, outputs: shared.apply(shared.apply(x)), threads: 1 });
    net.compile({ optimizer: new SGD({ learningRate: 0.1 }), loss: meanSquaredError() });
    await net.setWeights([{ name: "dense1/kernel", shape: [1, 1], data: Float32Array.of(0.5) }]);
    const data: Dataset = {
      name: "line",
      inputs: { data: Float32Array.of(1, 2, -1, 3), shape: [4, 1] },
      labels: { data: Float32Array.of(1, 1, 0, 2), shape: [4, 1] },
      scaling: { kind: "none" },
    };
    const samples = [...data.inputs.data].map((value, i) => [value, data.labels.data[i]!] as const);
    expect([...(await net.predict(data.inputs)).data]).toEqual(samples.map(([value]) => 0.25 * value));
    await net.fit(data, { steps: 1, batchSize: 4 });
    // L = mean (w²x − t)², dL/dw = mean 2(w²x − t)·2wx.
    const slope = samples.reduce((sum, [v, t]) => sum + 2 * (0.25 * v - t) * 2 * 0.5 * v, 0) / 4;
    const [weight] = await net.getWeights();
    expect(Math.abs(weight!.data[0]! - (0.5 - 0.1 * slope))).toBeLessThan(1e-6);
    expect(net.parameters).toBe(1);
  });

  it("finds in its second call the state that the first one assigned", async () => {
    /** y = x, and m ← m/2 + mean(x). */
    class Watching extends Layer {
      readonly type = "Watching";
      #seen!: Variable;
      override config(): Record<string, unknown> {
        return {};
      }
      override build(shape: Shape, context: BuildContext): void {
        this.#seen = context.state("seen", shape, zeros());
      }
      call(x: Tensor, { training, assign }: CallContext): Tensor {
        const now = ops.mean(x, { axes: [0] });
        if (training) assign(this.#seen, ops.add(ops.scale(this.#seen.tensor, 0.5), now));
        return x;
      }
    }
    const x = new Input({ shape: [1] });
    const watching = new Watching();
    const y = new Dense({ units: 1 }).apply(watching.apply(new Tanh().apply(watching.apply(x))));
    await using net = model({ inputs: x, outputs: y, threads: 1 });
    net.compile({ optimizer: new SGD({ learningRate: 0.01 }), loss: meanSquaredError() });
    const data: Dataset = {
      name: "three",
      inputs: { data: Float32Array.of(1, 2, -0.5), shape: [3, 1] },
      labels: { data: Float32Array.of(1, 1, 0), shape: [3, 1] },
      scaling: { kind: "none" },
    };
    await net.fit(data, { steps: 2, batchSize: 3 });
    const means = [2.5 / 3, (Math.tanh(1) + Math.tanh(2) + Math.tanh(-0.5)) / 3];
    let want = 0;
    for (const mean of [...means, ...means]) want = want / 2 + mean;
    const [seen] = await net.getWeights();
    expect(Math.abs(seen!.data[0]! - want)).toBeLessThan(1e-6);
  });
});

describe("several inputs and outputs", () => {
  it("are added and joined as loops say", async () => {
    const [a, b] = [new Input({ shape: [2, 3] }), new Input({ shape: [2, 3], name: "other" })];
    const outputs = [
      new Add().apply([a, b, a]),
      new Concatenate({ axis: 1 }).apply([a, b]),
      new Concatenate().apply([b, a]),
    ];
    await using net = model({ inputs: [a, b], outputs, threads: 1 });
    const [xa, xb] = [values(5 * 6), values(5 * 6, 50)];
    const got = await net.predictAll(
      [
        { data: xa, shape: [5, 2, 3] },
        { data: xb, shape: [5, 2, 3] },
      ],
      { batchSize: 2 },
    );
    expect(got.map(({ shape }) => shape)).toEqual([
      [5, 2, 3],
      [5, 4, 3],
      [5, 2, 6],
    ]);
    for (let n = 0; n < 5; n++)
      for (let i = 0; i < 2; i++)
        for (let k = 0; k < 3; k++) {
          const [p, q] = [xa[(2 * n + i) * 3 + k]!, xb[(2 * n + i) * 3 + k]!];
          expect(got[0]!.data[(2 * n + i) * 3 + k]).toBe(Math.fround(Math.fround(p + q) + p));
          expect(got[1]!.data[(4 * n + i) * 3 + k]).toBe(p);
          expect(got[1]!.data[(4 * n + 2 + i) * 3 + k]).toBe(q);
          expect(got[2]!.data[(2 * n + i) * 6 + k]).toBe(q);
          expect(got[2]!.data[(2 * n + i) * 6 + 3 + k]).toBe(p);
        }
    await using again = await loadModel(await saveModel(net), { threads: 1 });
    expect(again.network.graph.inputs.map(({ name }) => name)).toEqual(["input1", "other"]);
    const empty = { data: new Float32Array(0), shape: [0, 2, 3] };
    expect((await again.predictAll([empty, empty])).map(({ shape }) => shape)).toEqual([
      [0, 2, 3],
      [0, 4, 3],
      [0, 2, 6],
    ]);
  });

  it("are refused where a data set is needed", async () => {
    const [a, b] = [new Input({ shape: [3] }), new Input({ shape: [3] })];
    await using net = model({ inputs: [a, b], outputs: new Add().apply([a, b]), threads: 1 });
    net.compile({ optimizer: new SGD(), loss: meanSquaredError() });
    const inputs = { data: values(6), shape: [2, 3] };
    const data = { name: "d", inputs, labels: inputs, scaling: { kind: "none" } } as Dataset;
    const refused = async (work: Promise<unknown>) =>
      work.then(
        () => "not refused",
        (error: Error & { code: string }) => `${error.name} ${error.code}: ${error.message}`,
      );
    expect([
      await refused(net.fit(data)),
      await refused(net.evaluate(data)),
      await refused(net.predict(inputs)),
      await refused(net.predictAll([inputs])),
      await refused(net.predictAll([inputs, { data: values(3), shape: [1, 3] }])),
    ]).toMatchInlineSnapshot(`
      [
        "ConfigError not-single: fit: expected a model with one input and one output, got "model" with 2 and 1; use predictAll, train on a BatchSource where only the inputs are several, or take a model that has one of each.",
        "ConfigError not-single: evaluate: expected a model with one input and one output, got "model" with 2 and 1; use predictAll, train on a BatchSource where only the inputs are several, or take a model that has one of each.",
        "ConfigError not-single: predict: expected a model with one input and one output, got "model" with 2 and 1; use predictAll, train on a BatchSource where only the inputs are several, or take a model that has one of each.",
        "ShapeError input-shape: predictAll: the model "model" expects a list of 2 inputs with as many samples each, got [2, 3].",
        "ShapeError input-shape: predictAll: the model "model" expects a list of 2 inputs with as many samples each, got [2, 3] and [1, 3].",
      ]
    `);
  });
});

it("refuses what cannot be put together, and names the layer", () => {
  const x = new Input({ shape: [3] });
  const other = new Input({ shape: [2, 2] });
  const used = new Dense({ units: 2 });
  model({ inputs: x, outputs: used.apply(x) });
  class Product extends Layer {
    readonly type = "Product";
    override config(): Record<string, unknown> {
      return {};
    }
    call(one: Tensor): Tensor {
      return ops.matmul(one, ops.fill([5, 2], 1));
    }
  }
  class Mixed extends Product {
    override call(one: Tensor): Tensor {
      return ops.mean(one, { axes: [0] });
    }
  }
  expect([
    refusal(() => new Input({ shape: 3 as never })),
    refusal(() => new Input({ shape: [3, 0] })),
    refusal(() => new Dense({ units: 2 }).apply(3 as never)),
    refusal(() => new Dense({ units: 2, name: "head" }).apply([x, x])),
    refusal(() => new Dense({ units: 2, name: "head" }).apply(new Input({ shape: [] }))),
    refusal(() => new Product({ name: "mine" }).apply(x)),
    refusal(() => new Mixed().apply(x)),
    refusal(() => new Add({ name: "sum" }).apply([x, other])),
    refusal(() => new Add().apply(x)),
    refusal(() => new Concatenate({ axis: 0 })),
    refusal(() => new Concatenate({ axis: 2 }).apply([x, x])),
    refusal(() => new Concatenate().apply([x, other])),
    refusal(() => model({ inputs: x, outputs: new Add().apply([x, new Flatten().apply(other)]) })),
  ]).toMatchInlineSnapshot(`
    [
      "ConfigError not-a-shape: Input: expected a shape like [784] or [1, 28, 28], got 3.",
      "ConfigError shape-not-positive: Input: shape must be an integer of at least 1, got 0.",
      "ConfigError not-symbolic: Dense: expected an Input or what a layer's apply gave, got 3.",
      "ConfigError several-inputs: Dense "head": expected one input, got 2; bring them together before it, as with Add or Concatenate.",
      "ShapeError dense-input: Dense "head": expected input of shape [batch, ..., inputs], got [batch]; give every sample at least one number.",
      "ShapeError matmul-shapes: Product "mine": matmul: expected matrices [M, K] and [K, N], got [2, 3] and [5, 2] after transposition.",
      "ShapeError output-shape: Product: expected output of shape [2, ...] for a batch of 2, got [3]; keep the batch as the first axis.",
      "ShapeError merge-inputs: Add "sum": expected two or more inputs of one shape, got [batch, 3] and [batch, 2, 2]; give apply a list of such.",
      "ShapeError merge-inputs: Add: expected two or more inputs of one shape, got [batch, 3]; give apply a list of such.",
      "ConfigError axis-not-usable: Concatenate: axis must be an integer other than 0, which is the batch, got 0.",
      "ShapeError merge-inputs: Concatenate: expected two or more inputs with an axis 2 and the same sizes along the others, got [batch, 3] and [batch, 3]; give apply a list of such.",
      "ShapeError merge-inputs: Concatenate: expected two or more inputs with an axis -1 and the same sizes along the others, got [batch, 3] and [batch, 2, 2]; give apply a list of such.",
      "ShapeError merge-inputs: Add: expected two or more inputs of one shape, got [batch, 3] and [batch, 4]; give apply a list of such.",
    ]
  `);
  const y = new Dense({ units: 3 }).apply(x);
  expect([
    refusal(() => model({ inputs: x, outputs: new Concatenate().apply([y, new Flatten().apply(other)]) })),
    refusal(() => model({ inputs: [x, other], outputs: y })),
    refusal(() => model({ inputs: y, outputs: new ReLU().apply(y) })),
    refusal(() => model({ inputs: x, outputs: x })),
    refusal(() => model({ inputs: x, outputs: [] })),
    refusal(() => model({ inputs: x, outputs: used.apply(x) })),
    refusal(() => new Sequential([used], { inputShape: [3] })),
    refusal(() => new Sequential([new Add()], { inputShape: [3] })),
    refusal(() =>
      model({ inputs: x, outputs: new ReLU({ name: "a" }).apply(new ReLU({ name: "a" }).apply(x)) }),
    ),
  ]).toMatchInlineSnapshot(`
    [
      "ConfigError graph-inputs: model: expected inputs to be what the outputs are made of, Inputs of shapes [2, 2] and [3], each once, got [3]; list these and no others.",
      "ConfigError graph-inputs: model: expected inputs to be what the outputs are made of, Inputs of shapes [3], each once, got [3] and [2, 2]; list these and no others.",
      "ConfigError not-symbolic: model: inputs must be an Input, or a list of such, got SymbolicTensor.",
      "ConfigError no-layers: model: expected at least one layer between inputs and outputs, got none.",
      "ConfigError not-symbolic: model: outputs must be what a layer's apply gave, or a list of such, got none.",
      "ConfigError built-twice: Dense "dense1": expected a layer that no model has, got one that is in use already; make a new layer.",
      "ConfigError built-twice: Dense "dense1": expected a layer that no model has, got one that is in use already; make a new layer.",
      "ShapeError merge-inputs: Add "add1": expected two or more inputs of one shape, got [batch, 3]; give apply a list of such.",
      "ConfigError duplicate-name: model: expected layer names to differ, got "a" twice.",
    ]
  `);
});

it("refuses a file whose graph is damaged", async () => {
  const { tensors, metadata } = decodeSafetensors(await saveModel(residual()), "net");
  const architecture = JSON.parse(metadata.loam!);
  const { graph } = architecture;
  const broken: unknown[] = [
    undefined,
    { ...graph, inputs: [] },
    { ...graph, inputs: [{ name: "x", shape: [0] }] },
    { ...graph, calls: [{ layer: 99, inputs: [0] }, ...graph.calls.slice(1)] },
    { ...graph, calls: [{ layer: 0, inputs: [1] }, ...graph.calls.slice(1)] },
    { ...graph, calls: [{ layer: 0, inputs: [] }, ...graph.calls.slice(1)] },
    { ...graph, outputs: [graph.calls.length + 1] },
    { ...graph, outputs: ["1"] },
  ];
  for (const one of broken) {
    const loam = JSON.stringify({ ...architecture, graph: one });
    const bytes = encodeSafetensors({ tensors, metadata: { ...metadata, loam } });
    await expect(loadModel(bytes), JSON.stringify(one)).rejects.toMatchObject({ code: "model-invalid" });
  }
});

describe("random graphs of layers", () => {
  const FEATURES = 4;
  const SAMPLES = 6;
  /** Which layer is applied to which of the values that are there, the same one again now and then. */
  const recipe = fc.array(fc.tuple(fc.nat(6), fc.nat(), fc.nat()), { minLength: 2, maxLength: 9 });

  function build(steps: readonly (readonly number[])[]): Model {
    const x = new Input({ shape: [FEATURES] });
    const made: SymbolicTensor[] = [x];
    const shared = new Dense({ units: FEATURES });
    for (const [kind, left, right] of steps as [number, number, number][]) {
      const a = made[made.length - 1 - (left % Math.min(3, made.length))]!;
      const b = made[made.length - 1 - (right % Math.min(4, made.length))]!;
      const narrow = () => new Dense({ units: FEATURES });
      made.push(
        [
          () => narrow().apply(a),
          () => shared.apply(a),
          () => new Tanh().apply(a),
          () => new Sigmoid().apply(a),
          () => new Add().apply([a, b]),
          () => narrow().apply(new Concatenate().apply([a, b])),
          () => new Add().apply([b, a, b]),
        ][kind]!(),
      );
    }
    const y = new Dense({ units: 2 }).apply(new Tanh().apply(made.at(-1)!));
    return model({ inputs: x, outputs: y, seed: 11, threads: 1 });
  }

  const data: Dataset = {
    name: "random",
    inputs: { data: values(SAMPLES * FEATURES), shape: [SAMPLES, FEATURES] },
    labels: { data: values(SAMPLES * 2, 30), shape: [SAMPLES, 2] },
    scaling: { kind: "none" },
  };

  /** The network's output in float64, for weights in the order of `getWeights`. */
  function reference(net: Model, weights: readonly Float64Array<ArrayBuffer>[]): Float64Array {
    const x = input("x", [SAMPLES, FEATURES]);
    const [y] = net.network.forward([x], false).outputs;
    const leaves = new Map([[x, Float64Array.from(data.inputs.data)]]);
    net.network.variables.forEach(({ tensor }, i) => void leaves.set(tensor, weights[i]!));
    return evaluateReference([y!], leaves)[0]!;
  }

  it("answer as their reference does, and take the step of central differences", async () => {
    await fc.assert(
      fc.asyncProperty(recipe, async (steps) => {
        await using net = build(steps);
        const weights = (await net.getWeights()).map((one) => Float64Array.from(one.data));
        const want = reference(net, weights);
        const { data: got } = await net.predict(data.inputs);
        got.forEach((value, i) => {
          expect(Math.abs(value - want[i]!)).toBeLessThan(1e-5 * (1 + Math.abs(want[i]!)));
        });
        const loss = (changed: readonly Float64Array<ArrayBuffer>[]) =>
          reference(net, changed).reduce((sum, y, i) => sum + (y - data.labels.data[i]!) ** 2, 0) /
          want.length;
        net.compile({ optimizer: new SGD({ learningRate: 1 }), loss: meanSquaredError() });
        await net.fit(data, { steps: 1, batchSize: SAMPLES });
        for (const [i, { data: after }] of (await net.getWeights()).entries()) {
          // One element of each variable.
          const k = (7 * i) % after.length;
          const moved = (by: number) =>
            loss(weights.map((all, j) => (j === i ? all.map((v, at) => (at === k ? v + by : v)) : all)));
          const slope = (moved(1e-4) - moved(-1e-4)) / 2e-4;
          expect(Math.abs(after[k]! - (weights[i]![k]! - slope))).toBeLessThan(2e-5 * (1 + Math.abs(slope)));
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe("Multiply", () => {
  const gated = () => {
    const x = new Input({ shape: [2, 3] });
    const y = new Multiply().apply([x, new Tanh().apply(x), new Sigmoid().apply(x)]);
    return model({ inputs: x, outputs: y });
  };

  it("is the product of its inputs", async () => {
    await using product = gated();
    const x = { data: values(24), shape: [4, 2, 3] };
    const { data } = await product.predict(x);
    data.forEach((y, i) => {
      const v = x.data[i]!;
      expect(y).toBeCloseTo((v * Math.tanh(v)) / (1 + Math.exp(-v)), 6);
    });
  });

  it("refuses inputs that differ in shape, or a single one", () => {
    const [a, b] = [new Input({ shape: [3] }), new Input({ shape: [4] })];
    expect(refusal(() => new Multiply().apply([a, b]))).toMatchInlineSnapshot(
      `"ShapeError merge-inputs: Multiply: expected two or more inputs of one shape, got [batch, 3] and [batch, 4]; give apply a list of such."`,
    );
    expect(refusal(() => new Multiply().apply(a))).toMatch(/^ShapeError merge-inputs: /);
  });

  it("comes back from its file", async () => {
    await using product = gated();
    await using again = await loadModel(await saveModel(product));
    const x = { data: values(6), shape: [1, 2, 3] };
    expect(await again.predict(x)).toEqual(await product.predict(x));
  });
});
