import { describe, expect, it } from "vitest";
import {
  Adam,
  type BuildContext,
  type CallContext,
  type Dataset,
  Dense,
  decodeSafetensors,
  type History,
  Layer,
  loadModel,
  meanSquaredError,
  ops,
  Sequential,
  SGD,
  type Shape,
  saveModel,
  softmaxCrossEntropy,
  type Tensor,
  type Variable,
  zeros,
} from "../src/index.js";
import { checkpoints, decodeCheckpoint } from "../src/model/checkpoint.js";
import { refusal } from "./contracts/refusal.js";
import { quarters } from "./support/tiny-data.js";

const DECAY = 0.75;

/** y = x − m: m is the running mean of the batches' means over axis 0, m ← 0.75·m + 0.25·mean(x); y is made with m as it was. */
class Centred extends Layer {
  readonly type = "Centred";
  #mean!: Variable;

  override config(): Record<string, unknown> {
    return this.named();
  }

  override build(inputShape: Shape, context: BuildContext): void {
    this.#mean = context.state("mean", inputShape, zeros());
  }

  call(x: Tensor, { training, assign }: CallContext): Tensor {
    const mean = this.#mean.tensor;
    if (training) {
      const now = ops.mean(x, { axes: [0] });
      assign(this.#mean, ops.add(ops.scale(mean, DECAY), ops.scale(now, 1 - DECAY)));
    }
    return ops.sub(x, mean);
  }
}

const customLayers = { Centred };

/** Numbers in whole 64ths, so that float32 means of eight and their scaled sums stay close to float64's. */
function numbers(samples: number, features: number): Dataset {
  const data = Float32Array.from({ length: samples * features }, (_, i) => ((i * 37) % 129) / 64 - 0.5);
  const labels = Float32Array.from({ length: samples }, (_, i) => ((i * 5) % 7) / 7);
  return {
    name: "numbers",
    inputs: { data, shape: [samples, features] },
    labels: { data: labels, shape: [samples, 1] },
    scaling: { kind: "none" },
  };
}

function centredModel(threads = 1): Sequential {
  const model = new Sequential([new Centred(), new Dense({ units: 1 })], {
    inputShape: [5],
    seed: 4,
    threads,
  });
  return model.compile({ optimizer: new Adam(), loss: meanSquaredError() });
}

async function meanOf(model: Sequential): Promise<Float32Array> {
  return (await model.getWeights()).find(({ name }) => name.endsWith("/mean"))!.data;
}

/** The running mean after so many steps of 8 samples in their given order, in float64. */
function runningMean({ inputs: { data, shape } }: Dataset, steps: number): Float64Array {
  const [samples, features] = shape as [number, number];
  const mean = new Float64Array(features);
  for (let step = 0; step < steps; step++) {
    const first = 8 * (step % Math.ceil(samples / 8));
    const rows = Math.min(8, samples - first);
    for (let k = 0; k < features; k++) {
      let sum = 0;
      for (let row = first; row < first + rows; row++) sum += data[row * features + k]!;
      mean[k] = DECAY * mean[k]! + (1 - DECAY) * (sum / rows);
    }
  }
  return mean;
}

const FIT = { batchSize: 8, shuffle: false } as const;

describe("a layer of one's own with a running mean", () => {
  it.each([1, 2, 3, 7])("keeps it over %i steps, a short batch among them", async (steps) => {
    const data = numbers(20, 5);
    await using model = centredModel();
    await model.fit(data, { ...FIT, steps });
    const want = runningMean(data, steps);
    // Each step rounds a sum of at most 8, three products and a sum of numbers below 2.
    const bound = steps * 16 * 2 ** -24 * 2;
    (await meanOf(model)).forEach((value, k) => {
      expect(Math.abs(value - want[k]!), `after ${steps} steps, at ${k}`).toBeLessThan(bound);
    });
  });

  it("lets no step and no gradient touch it otherwise", async () => {
    const data = numbers(16, 5);
    const [slow, fast] = [
      await trainedMean(new SGD({ learningRate: 1e-6 })),
      await trainedMean(new SGD({ learningRate: 0.01, weightDecay: 0.5, momentum: 0.9 })),
    ];
    expect(fast).toEqual(slow);

    async function trainedMean(optimizer: SGD): Promise<Float32Array> {
      await using model = centredModel();
      model.compile({ optimizer, loss: meanSquaredError() });
      await model.fit(data, { ...FIT, epochs: 2 });
      return await meanOf(model);
    }
  });

  it("is read as it is by predict and evaluate, which leave it alone", async () => {
    const data = numbers(20, 5);
    await using model = centredModel();
    await model.fit(data, { ...FIT, epochs: 2 });
    const weights = await model.getWeights();
    const [mean, kernel, bias] = weights.map((one) => one.data) as [Float32Array, Float32Array, Float32Array];
    const hash = await model.weightsHash();
    const { data: got } = await model.predict(data.inputs, { batchSize: 7 });
    const { loss } = await model.evaluate(data);
    let squares = 0;
    got.forEach((value, sample) => {
      const row = data.inputs.data.subarray(5 * sample, 5 * sample + 5);
      const want = [...row].reduce((sum, x, k) => sum + (x - mean[k]!) * kernel[k]!, bias[0]!);
      expect(Math.abs(value - want)).toBeLessThan(1e-5);
      squares += (want - (data.labels.data[sample] as number)) ** 2;
    });
    expect(Math.abs(loss - squares / got.length)).toBeLessThan(1e-5 * (1 + loss));
    expect(await model.weightsHash()).toBe(hash);
  });

  it("is listed, counted, hashed and set like weights, in the order of the layers", async () => {
    await using model = centredModel();
    const weights = await model.getWeights();
    expect(weights.map(({ name, shape }) => [name, shape])).toEqual([
      ["centred1/mean", [5]],
      ["dense1/kernel", [5, 1]],
      ["dense1/bias", [1]],
    ]);
    const { layers, parameters, state } = model.summary();
    expect([parameters, state, model.parameters]).toEqual([6, 5, 6]);
    expect(layers.map((layer) => [layer.parameters, layer.state])).toEqual([
      [0, 5],
      [6, undefined],
    ]);
    expect(model.summaryText()).toMatch(/ State\n[\s\S]*\n6 parameters and 5 numbers of state$/);
    const hash = await model.weightsHash();
    await model.setWeights([
      { ...weights[0]!, data: Float32Array.of(1, 2, 3, 4, 5) },
      weights[2]!,
      weights[1]!,
    ]);
    expect(await meanOf(model)).toEqual(Float32Array.of(1, 2, 3, 4, 5));
    expect((await model.getWeights())[1]!.data).toEqual(weights[1]!.data);
    expect(await model.weightsHash()).not.toBe(hash);
  });

  it("is in the model's file", async () => {
    const data = numbers(20, 5);
    await using model = centredModel();
    await model.fit(data, { ...FIT, epochs: 1 });
    const bytes = await saveModel(model);
    expect(decodeSafetensors(bytes, "model").tensors.get("centred1/mean")!.data).toEqual(await meanOf(model));
    await using again = await loadModel(bytes, { threads: 1, customLayers });
    expect(await again.weightsHash()).toBe(await model.weightsHash());
    expect(await again.predict(data.inputs)).toEqual(await model.predict(data.inputs));
    expect(await saveModel(again)).toEqual(bytes);
  });

  it("goes on from a checkpoint of any step to the same bits", async () => {
    const data = numbers(20, 5);
    const options = { batchSize: 8, epochs: 2 };
    const kept: Uint8Array[] = [];
    await using whole = centredModel();
    const history = await whole.fit(data, {
      ...options,
      checkpoint: checkpoints({ everySteps: 1, to: (bytes) => void kept.push(bytes) }),
    });
    expect(new Set(kept.map((bytes) => decodeCheckpoint(bytes).position.step)).size).toBe(6);
    for (const bytes of kept) {
      await using resumed = centredModel();
      const then = await resumed.fit(data, { ...options, checkpoint: checkpoints({ from: bytes }) });
      expect(await resumed.getWeights()).toEqual(await whole.getWeights());
      expect(losses(then)).toEqual(losses(history));
    }
    const { weights, slots } = decodeCheckpoint(kept[2]!);
    expect(weights.map(({ name }) => name)).toEqual(["centred1/mean", "dense1/kernel", "dense1/bias"]);
    expect(slots.get("m")!.map(({ name }) => name)).toEqual(["dense1/kernel", "dense1/bias"]);
  });

  it("has the same bits on one to four threads", async () => {
    // Wide enough for the threads to be woken.
    const data = { ...quarters(96, 8), inputs: flat(quarters(96, 8)) };
    const hashes = new Set<string>();
    for (const threads of [1, 2, 3, 4]) {
      await using model = new Sequential(
        [new Centred(), new Dense({ units: 96 }), new Centred(), new Dense({ units: 4 })],
        { inputShape: [288], seed: 2, threads },
      );
      model.compile({ optimizer: new Adam(), loss: softmaxCrossEntropy() });
      await model.ready();
      await model.fit(data, { epochs: 2, batchSize: 40 });
      hashes.add(await model.weightsHash());
    }
    expect(hashes.size).toBe(1);
  });

  it("is what it was before a step whose loss is not finite, and so are the weights", async () => {
    const data = numbers(24, 5);
    (data.inputs.data as Float32Array)[16 * 5 + 2] = 3e38; // in the third batch: its square is ∞
    await using model = centredModel();
    const failed = model.fit(data, { ...FIT, epochs: 1 });
    await expect(failed).rejects.toMatchObject({ code: "not-finite", details: { step: 3 } });
    await using two = centredModel();
    await two.fit(data, { ...FIT, steps: 2 });
    expect(await model.getWeights()).toEqual(await two.getWeights());
  });
});

function losses({ epochs }: History): number[] {
  return epochs.map(({ loss }) => loss);
}

function flat({ inputs: { data, shape } }: Dataset): Dataset["inputs"] {
  return { data, shape: [shape[0]!, data.length / shape[0]!] };
}

describe("assign refuses", () => {
  /** A layer with a state variable, a learnt one and a call of the test's own. */
  class Custom extends Layer {
    readonly type = "Custom";
    kept!: Variable;
    learnt!: Variable;
    constructor(readonly body: (layer: Custom, x: Tensor, context: CallContext) => void) {
      super();
    }
    override config(): Record<string, unknown> {
      return {};
    }
    override build([features]: Shape, context: BuildContext): void {
      this.kept = context.state("kept", [features!], zeros());
      this.learnt = context.parameter("learnt", [features!], zeros());
    }
    override outputShape(inputShape: Shape): Shape {
      return inputShape; // so that the layer is not called when the model is made
    }
    call(x: Tensor, context: CallContext): Tensor {
      this.body(this, x, context);
      return x;
    }
  }
  const training = (body: Custom["body"], isTraining = true) => {
    const { network } = new Sequential([new Custom(body), new Dense({ units: 1 })], { inputShape: [3] });
    return refusal(() => network.forward([ops.fill([2, 3], 0)], isTraining));
  };

  it("with a sentence that names the layer", () => {
    const other = new Custom(() => {});
    other.makeVariables([3]);
    expect([
      training(({ kept }, x, { assign }) => assign(kept, x)),
      training(({ kept }, _, { assign }) => {
        assign(kept, ops.fill([3], 1));
        assign(kept, ops.fill([3], 1));
      }),
      training(({ learnt }, _, { assign }) => assign(learnt, ops.fill([3], 1))),
      training((_, __, { assign }) => assign(other.kept, ops.fill([3], 1))),
      training(({ kept }, _, { assign }) => assign(kept, ops.fill([3], 1)), false),
    ]).toMatchInlineSnapshot(`
      [
        "ShapeError assign-shape: Custom "custom1": expected a value of shape [3] for "custom1/kept", got [2, 3]; assign what has the variable's shape.",
        "ConfigError assigned-twice: Custom "custom1": expected one assign a variable and call, got two for "custom1/kept"; put them together in one value.",
        "ConfigError assign-not-state: Custom "custom1": expected assign to be given a variable of its own made by context.state, got "custom1/learnt", which is learnt by gradients; make one in build.",
        "ConfigError assign-not-state: Custom "custom1": expected assign to be given a variable of its own made by context.state, got "/kept"; make one in build.",
        "ConfigError assign-not-training: Custom "custom1": expected assign("custom1/kept") in training only, got it while predicting; look at context.training first.",
      ]
    `);
  });

  it("nothing when a later pass assigns again", () => {
    const { network } = new Sequential(
      [
        new Custom(
          ({ kept }, x, { assign, training: now }) => now && assign(kept, ops.mean(x, { axes: [0] })),
        ),
      ],
      { inputShape: [3] },
    );
    const x = ops.fill([2, 3], 1);
    const [first, second] = [network.forward([x], true), network.forward([x], true)];
    expect(first.assigns.map(({ to }) => to)).toEqual(second.assigns.map(({ to }) => to));
    expect(network.forward([x], false).assigns).toEqual([]);
  });
});
