// What optimizers have beside their rule: groups of parameters, decay of matrices alone, moving averages, norms by tensor; and steps in parts.
import { describe, expect, it } from "vitest";
import {
  Adam,
  AdamW,
  BatchNorm,
  type BatchSource,
  Dense,
  Dropout,
  type FitOptions,
  Flatten,
  fitSteps,
  LAMB,
  type Layer,
  Lion,
  l2,
  Nadam,
  Optimizer,
  type OptimizerOptions,
  ops,
  ReLU,
  Sequential,
  SGD,
  softmaxCrossEntropy,
  type UpdateInput,
  type UpdateResult,
} from "../src/index.js";
import { checkpoints } from "../src/model/checkpoint.js";
import { quarters } from "./support/tiny-data.js";

const DATA = quarters(22);

const layersOf = () => [
  new Flatten(),
  new Dense({ units: 7, name: "body" }),
  new ReLU(),
  new Dense({ units: 4, name: "head" }),
];

function modelOf(optimizer: Optimizer, threads = 1, layers: Layer[] = layersOf()): Sequential {
  const model = new Sequential(layers, { inputShape: [1, 6, 6], seed: 3, threads });
  return model.compile({ optimizer, loss: softmaxCrossEntropy(), metrics: ["accuracy"] });
}

type Weights = Record<string, Float32Array>;

async function weightsOf(model: Sequential): Promise<Weights> {
  return Object.fromEntries((await model.getWeights()).map(({ name, data }) => [name, data]));
}

/** Weights before and after some steps over all samples. */
async function trained(optimizer: Optimizer, steps = 1): Promise<{ before: Weights; after: Weights }> {
  await using model = modelOf(optimizer);
  const before = await weightsOf(model);
  await model.fit(DATA, { steps, batchSize: 22, shuffle: false });
  return { before, after: await weightsOf(model) };
}

const change = ({ before, after }: { before: Weights; after: Weights }, name: string) =>
  after[name]!.map((value, i) => value - before[name]![i]!);

function expectClose(got: Float32Array, want: ArrayLike<number>, within = 1e-6): void {
  got.forEach((value, i) => {
    expect(Math.abs(value - want[i]!)).toBeLessThan(within);
  });
}

describe("groups", () => {
  it.each<[string, (options: OptimizerOptions) => Optimizer]>([
    ["SGD", (options) => new SGD({ learningRate: 0.1, ...options })],
    ["Adam", (options) => new Adam(options)],
    ["Nadam", (options) => new Nadam(options)],
    ["Lion", (options) => new Lion(options)],
    ["LAMB", (options) => new LAMB(options)],
  ])("multiply the learning rate of %s for what they name, and for nothing else", async (_, make) => {
    const plain = await trained(make({}));
    const grouped = await trained(
      make({
        groups: [
          { parameters: "body", learningRateFactor: 0.25 },
          { parameters: ["*d/bias"], learningRateFactor: 0 },
        ],
      }),
    );
    expectClose(
      change(grouped, "body/kernel"),
      change(plain, "body/kernel").map((one) => one / 4),
    );
    expectClose(
      change(grouped, "body/bias"),
      change(plain, "body/bias").map((one) => one / 4),
    );
    expect(grouped.after["head/kernel"]).toEqual(plain.after["head/kernel"]);
    expect(grouped.after["head/bias"]).toEqual(grouped.before["head/bias"]);
  });

  it.each<[string, number, (options: OptimizerOptions) => Optimizer]>([
    ["AdamW", 0.01, (options) => new AdamW({ learningRate: 0.01, ...options })],
    ["Lion", 0.01, (options) => new Lion({ learningRate: 0.01, ...options })],
    ["SGD", 0.01, (options) => new SGD({ learningRate: 0.01, ...options })],
  ])("and decayMatricesOnly say what %s decays", async (_, rate, make) => {
    // From biases that are not 0, by two steps.
    const plain = await trained(make({ weightDecay: 0 }), 2);
    const decayed = await trained(make({ weightDecay: 0.5, decayMatricesOnly: true }), 2);
    expect(decayed.after["body/bias"]).not.toEqual(decayed.before["body/bias"]);
    const own = await trained(
      make({ weightDecay: 0, groups: [{ parameters: "*kernel", weightDecay: 0.5 }] }),
      2,
    );
    expect(own.after).toEqual(decayed.after);
    // θ falls by α·λ·θ more in the first step.
    const [one, none] = [
      await trained(make({ weightDecay: 0.5, decayMatricesOnly: true })),
      await trained(make({ weightDecay: 0 })),
    ];
    expectClose(
      one.after["head/kernel"]!.map((value, i) => value - none.after["head/kernel"]![i]!),
      one.before["head/kernel"]!.map((value) => -rate * 0.5 * value),
    );
    expect(one.after["head/bias"]).toEqual(none.after["head/bias"]);
    expect(decayed.after["head/kernel"]).not.toEqual(plain.after["head/kernel"]);
  });

  it("are refused where they name nothing, or are none", async () => {
    const refusal = (groups: unknown) =>
      trained(new Adam({ groups: groups as never })).catch(({ code, message }) => `${code}: ${message}`);
    expect([
      await refusal([{ parameters: "haed", weightDecay: 1 }]),
      await refusal([{ parameters: "head", weightDecay: -1 }]),
      await refusal([{ parameters: "head", learningRate: 1 }]),
      await refusal([{ weightDecay: 1 }]),
      await refusal([null]),
    ]).toMatchInlineSnapshot(`
      [
        "groups-not-usable: Adam: groups[0]: no parameter is called "haed"; they are body/kernel, body/bias, head/kernel, head/bias.",
        "weight-decay-out-of-range: Adam: groups[0]: weightDecay must be in [0, ∞), got -1.",
        "groups-not-usable: Adam: groups[0]: expected { parameters, learningRateFactor, weightDecay } with names as parameters, got "learningRate".",
        "groups-not-usable: Adam: groups[0]: expected { parameters, learningRateFactor, weightDecay } with names as parameters, got undefined.",
        "groups-not-usable: Adam: groups[0]: expected { parameters, learningRateFactor, weightDecay } with names as parameters, got undefined.",
      ]
    `);
  });
});

describe("an optimizer that looks at whole tensors", () => {
  /** Steps of length α in every tensor. */
  class Normalised extends Optimizer {
    readonly slots = [];
    override readonly perTensor = true;
    constructor() {
      super("Normalised", {}, { learningRate: 0.1 });
    }
    override update({ weight, gradient, scalars }: UpdateInput): UpdateResult {
      const step = ops.mul(gradient, ops.rsqrt(ops.sumSquares(gradient)));
      return { weight: ops.sub(weight, ops.mul(scalars.learningRate, step)), slots: {} };
    }
  }

  it("is written from outside, with the norm of each tensor", async () => {
    const normalised = await trained(new Normalised());
    const plain = await trained(new SGD({ learningRate: 1 }));
    for (const name of Object.keys(plain.before)) {
      const gradient = change(plain, name);
      const length = Math.hypot(...gradient);
      expectClose(
        change(normalised, name),
        gradient.map((one) => (0.1 * one) / length),
        1e-5,
      );
    }
  });

  it.each<[string, () => Optimizer]>([
    ["one of one's own", () => new Normalised()],
    ["LAMB", () => new LAMB({ learningRate: 0.01, weightDecay: 0.1 })],
  ])("has the same bits on 1, 2 and 4 threads and from a checkpoint: %s", async (_, make) => {
    const run = async (threads: number, fit: FitOptions = {}) => {
      await using model = modelOf(make(), threads);
      await model.fit(DATA, { epochs: 3, batchSize: 8, ...fit });
      return model.weightsHash();
    };
    const one = await run(1);
    expect(await run(2)).toBe(one);
    expect(await run(4)).toBe(one);
    const kept: Uint8Array[] = [];
    await run(1, { checkpoint: checkpoints({ everySteps: 4, to: (bytes) => void kept.push(bytes) }) });
    expect(await run(1, { checkpoint: checkpoints({ from: kept[0]! }) })).toBe(one);
  });
});

describe("emaMomentum", () => {
  const MU = 0.8;
  const average = () => modelOf(new SGD({ learningRate: 0.5, emaMomentum: MU }));
  const fit = { epochs: 4, batchSize: 8, validationData: DATA } as const;

  it("is the average that validation, callbacks and the fitted model have, and steps go on without it", async () => {
    // The weights after each step of the same fit without an average.
    const raw: Weights[] = [];
    await using plain = modelOf(new SGD({ learningRate: 0.5 }));
    let want = await weightsOf(plain);
    const batch = async () => void raw.push(await weightsOf(plain));
    await plain.fit(DATA, { ...fit, callbacks: [{ batch }] });
    const averages = raw.map((weights) => {
      const before = want;
      const next = (name: string) =>
        weights[name]!.map((value, i) => MU * before[name]![i]! + (1 - MU) * value);
      want = Object.fromEntries(Object.keys(weights).map((name) => [name, next(name)]));
      return want;
    });
    await using model = average();
    const seen: Weights[] = [];
    const evaluated: number[] = [];
    const epochEnd = async () => {
      seen.push(await weightsOf(model));
      evaluated.push((await model.evaluate(DATA)).loss);
    };
    const { epochs } = await model.fit(DATA, { ...fit, callbacks: [{ epochEnd }] });
    expect(epochs.map(({ validationLoss }) => validationLoss)).toEqual(evaluated);
    seen.forEach((weights, epoch) => {
      for (const [name, values] of Object.entries(weights))
        expectClose(values, averages[3 * (epoch + 1) - 1]![name]!);
    });
    expect(await weightsOf(model)).toEqual(seen.at(-1));
  });

  it("goes on from a checkpoint, and from a signal, with the same bits", async () => {
    const run = async (options: FitOptions) => {
      await using model = average();
      await model.fit(DATA, { ...fit, ...options });
      return model.weightsHash();
    };
    const whole = await run({});
    for (const steps of [2, 3, 7]) {
      const kept: Uint8Array[] = [];
      const to = (bytes: Uint8Array) => void kept.push(bytes);
      await run({ steps, checkpoint: checkpoints({ to }) });
      expect(await run({ checkpoint: checkpoints({ from: kept.at(-1)! }) })).toBe(whole);
      const stop = new AbortController();
      const onSlice = ({ step }: { step: number }) => {
        if (step === steps) stop.abort();
      };
      await run({ sliceSteps: 1, onSlice, signal: stop.signal, checkpoint: checkpoints({ to }) });
      expect(await run({ checkpoint: checkpoints({ from: kept.at(-1)! }) })).toBe(whole);
    }
  });

  it("keeps the weights themselves where a callback or the validation throws", async () => {
    await using plain = modelOf(new SGD({ learningRate: 0.5 }));
    await plain.fit(DATA, { ...fit, epochs: 1 });
    await using model = average();
    const epochEnd = () => {
      throw new Error("no more");
    };
    await expect(model.fit(DATA, { ...fit, callbacks: [{ epochEnd }] })).rejects.toThrow("no more");
    expect(await weightsOf(model)).toEqual(await weightsOf(plain));
  });
});

describe("accumulate", () => {
  const run = async (options: FitOptions, data: typeof DATA | BatchSource = DATA, layers?: Layer[]) => {
    await using model = modelOf(new Adam({ learningRate: 0.01, weightDecay: 0.01 }), 1, layers);
    const { epochs, steps } = await model.fit(data, { epochs: 3, ...options });
    return { epochs, steps, weights: await weightsOf(model) };
  };

  it("takes the steps of one large batch, within rounding, penalties and a short last batch included", async () => {
    const layers = () => [
      new Flatten(),
      new Dense({ units: 7, kernelRegularizer: l2(0.01) }),
      new ReLU(),
      new Dense({ units: 4 }),
    ];
    const want = await run({ batchSize: 12 }, DATA, layers());
    const got = await run({ batchSize: 4, accumulate: 3 }, DATA, layers());
    expect(got.steps).toBe(6);
    expect(fitSteps(22, { epochs: 3, batchSize: 4, accumulate: 3 })).toBe(6);
    for (const [name, values] of Object.entries(got.weights)) expectClose(values, want.weights[name]!, 1e-5);
    got.epochs.forEach(({ loss, accuracy }, i) => {
      expect(loss).toBeCloseTo(want.epochs[i]!.loss, 5);
      expect(accuracy).toBe(want.epochs[i]!.accuracy);
    });
    // 1 is what it is without it, to the last bit.
    expect((await run({ batchSize: 8, accumulate: 1 })).weights).toEqual(
      (await run({ batchSize: 8 })).weights,
    );
  });

  it("has the same bits read from a source, and from a checkpoint, with layers that draw and count", async () => {
    const layers = () => [
      new Flatten(),
      new Dense({ units: 7 }),
      new BatchNorm(),
      new Dropout({ rate: 0.5 }),
      new Dense({ units: 4 }),
    ];
    const options = { batchSize: 3, accumulate: 3 };
    const whole = await run(options, DATA, layers());
    const { data: pixels } = DATA.inputs;
    const source: BatchSource = {
      ...{ name: "source", samples: 22, scaling: DATA.scaling },
      inputs: { type: "u8", shape: [1, 6, 6] },
      labels: { type: "u8", shape: [] },
      read: (at) => ({
        inputs: Uint8Array.from(
          at.length * 36 ? [...at].flatMap((i) => [...pixels.subarray(36 * i, 36 * i + 36)]) : [],
        ),
        labels: Uint8Array.from(at, (i) => DATA.labels.data[i]!),
      }),
    };
    expect((await run(options, source, layers())).weights).toEqual(whole.weights);
    const kept: Uint8Array[] = [];
    const to = (bytes: Uint8Array) => void kept.push(bytes);
    await run({ ...options, checkpoint: checkpoints({ everySteps: 1, to }) }, DATA, layers());
    for (const from of [kept[0]!, kept[4]!]) {
      const again = await run({ ...options, checkpoint: checkpoints({ from }) }, DATA, layers());
      expect(again.weights).toEqual(whole.weights);
    }
    const other = run({ batchSize: 3, checkpoint: checkpoints({ from: kept[0]! }) }, DATA, layers());
    await expect(other).rejects.toMatchObject({ code: "checkpoint-configuration" });
  });

  it("draws anew for each part of a step", async () => {
    // With one sample again and again, and all but dropout the same, parts that drew alike would be as one of them.
    const one = { ...DATA, inputs: { data: new Uint8Array(8 * 36).fill(200), shape: [8, 1, 6, 6] } };
    const same = { ...one, labels: { data: new Uint8Array(8), shape: [8] } };
    const layers = () => [new Flatten(), new Dropout({ rate: 0.5 }), new Dense({ units: 4 })];
    const parts = await run({ epochs: 1, batchSize: 4, accumulate: 2 }, same, layers());
    const half = {
      ...same,
      inputs: { ...same.inputs, data: same.inputs.data.slice(144), shape: [4, 1, 6, 6] },
    };
    const single = { ...half, labels: { data: new Uint8Array(4), shape: [4] } };
    const alone = await run({ epochs: 1, batchSize: 4 }, single, layers());
    expect(parts.epochs[0]!.loss).not.toBe(alone.epochs[0]!.loss);
  });

  it("names the step at which a loss is not finite, and leaves the weights of before", async () => {
    await using model = modelOf(new SGD({ learningRate: 1e30 }));
    await expect(
      model.fit(DATA, { epochs: 9, batchSize: 4, accumulate: 3, shuffle: false }),
    ).rejects.toMatchObject({ name: "NumericError" });
  });
});
