import { describe, expect, it } from "vitest";
import {
  Adam,
  Conv2d,
  constant,
  Dense,
  Dropout,
  Flatten,
  fitSteps,
  Layer,
  l2,
  loadModel,
  meanAbsoluteError,
  meanSquaredError,
  ops,
  type Progress,
  ReLU,
  Sequential,
  SGD,
  saveModel,
  softmaxCrossEntropy,
  type Tensor,
} from "../src/index.js";
import { quarters } from "./support/tiny-data.js";

const small = () => [new Flatten(), new Dense({ units: 8 }), new ReLU(), new Dense({ units: 4 })];
const options = { inputShape: [1, 6, 6], threads: 1, seed: 3 };
const compiled = (layers: Layer[] = small()) =>
  new Sequential(layers, options).compile({
    optimizer: new Adam({ learningRate: 0.01 }),
    loss: softmaxCrossEntropy(),
    metrics: ["accuracy"],
  });

describe("a layer of one's own", () => {
  class Scale extends Layer {
    readonly type = "Scale";
    readonly factor: number;
    constructor({ factor, ...rest }: { factor: number; name?: string }) {
      super(rest);
      this.factor = factor;
    }
    override config(): Record<string, unknown> {
      return { ...this.named(), factor: this.factor };
    }
    call(x: Tensor): Tensor {
      return ops.scale(x, this.factor);
    }
  }

  it("is saved with the model, and loaded by whoever has its class", async () => {
    await using model = compiled([...small(), new Scale({ factor: 3 })]);
    const bytes = await saveModel(model);
    await using again = await loadModel(bytes, { threads: 1, customLayers: { Scale } });
    const { inputs } = quarters(4);
    expect(await again.predict(inputs)).toEqual(await model.predict(inputs));
    await expect(loadModel(bytes)).rejects.toThrow(
      /^layer: type "Scale" is not known; expected one of \d+, such as "Dense", .+\.$/,
    );
  });
});

describe("compile", () => {
  it("tells two losses of one name apart", async () => {
    await using model = compiled();
    const times = (factor: number) => ({
      ...softmaxCrossEntropy(),
      name: "mine",
      call: (prediction: Tensor, target: Tensor) =>
        ops.scale(softmaxCrossEntropy().call(prediction, target), factor),
    });
    const optimizer = new SGD();
    const data = quarters(20);
    const one = await model.compile({ optimizer, loss: times(1) }).evaluate(data);
    const ten = await model.compile({ optimizer, loss: times(10) }).evaluate(data);
    expect(ten.loss / one.loss).toBeCloseTo(10, 4);
  });
});

describe("fit", () => {
  it("refuses a validation split that leaves one side without samples", async () => {
    await using model = compiled();
    for (const [validationSplit, says] of [
      [0.01, "quarters: a validation split of 0.01 leaves 20 samples for training and 0 for validation;"],
      [0.99, "quarters: a validation split of 0.99 leaves 0 samples for training and 20 for validation;"],
      [0, "fit: validationSplit must be in (0, 1), got 0."],
      [1, "fit: validationSplit must be in (0, 1), got 1."],
    ] as const) {
      await expect(model.fit(quarters(20), { validationSplit })).rejects.toThrow(says);
    }
  });

  it("takes as many steps as fitSteps says", async () => {
    await using model = compiled();
    for (const [options, want] of [
      [{}, 2], // ⌈50 / 32⌉
      [{ batchSize: 7 }, 8],
      [{ batchSize: 7, epochs: 3 }, 24],
      [{ batchSize: 7, epochs: 3, steps: 5 }, 5],
      [{ batchSize: 7, epochs: 3, validationSplit: 0.25 }, 18], // 50 − 13 samples
    ] as const) {
      expect(fitSteps(50, options)).toBe(want);
      expect((await model.fit(quarters(50), options)).steps).toBe(want);
    }
    expect(() => fitSteps(50, { epochs: 0 })).toThrow("fit: epochs must be an integer of at least 1, got 0.");
    expect(() => fitSteps(50, { validationSplit: 1 })).toThrow(
      "fit: validationSplit must be in (0, 1), got 1.",
    );
  });

  it("learns, counts its steps and reports every epoch", async () => {
    await using model = compiled();
    const progress: Progress[] = [];
    const history = await model.fit(quarters(100), {
      epochs: 10,
      batchSize: 32,
      validationData: quarters(40),
      onSlice: (p) => void progress.push(p),
    });
    // 100 samples in batches of 32 are three whole batches and one of 4.
    expect(history.steps).toBe(40);
    expect(history.epochs.map(({ steps }) => steps)).toEqual([4, 8, 12, 16, 20, 24, 28, 32, 36, 40]);
    expect(history.epochs.at(-1)!.accuracy).toBeGreaterThan(0.95);
    expect(history.epochs.at(-1)!.validationAccuracy).toBeGreaterThan(0.95);
    expect(history.epochs.at(-1)!.loss).toBeLessThan(history.epochs[0]!.loss);
    expect(progress.at(-1)).toMatchObject({ epoch: 10, epochs: 10, step: 40, steps: 40 });
    const evaluation = await model.evaluate(quarters(40), { batchSize: 7 });
    expect(evaluation.accuracy).toBe(history.epochs.at(-1)!.validationAccuracy);
    expect(evaluation.loss).toBeCloseTo(history.epochs.at(-1)!.validationLoss!, 5);
  });

  it("counts a regularizer's penalty in the loss, that of the validation too", async () => {
    const kernel = { units: 1, useBias: false, kernelInitializer: constant(0.5), kernelRegularizer: l2(0.1) };
    await using model = new Sequential([new Dense(kernel)], { inputShape: [1], seed: 1, threads: 1 });
    model.compile({ optimizer: new SGD({ learningRate: 0 }), loss: meanSquaredError() });
    const { epochs } = await model.fit([[1]], [[0]], { validationData: [[[2]], [[0]]] });
    // (0.5·1 − 0)² and (0.5·2 − 0)², each with 0.1·0.5² beside it.
    expect(epochs[0]!.loss).toBeCloseTo(0.275, 6);
    expect(epochs[0]!.validationLoss).toBeCloseTo(1.025, 6);
  });

  it("stops after a number of steps, also in the middle of an epoch", async () => {
    await using model = compiled();
    const history = await model.fit(quarters(100), { steps: 6, batchSize: 32 });
    expect(history.steps).toBe(6);
    expect(model.steps).toBe(6);
    expect(history.epochs.map(({ steps }) => steps)).toEqual([4, 6]);
  });

  it("stops at a signal and keeps what it has learnt", async () => {
    await using model = compiled();
    const stop = new AbortController();
    const history = await model.fit(quarters(100), {
      epochs: 1000,
      signal: stop.signal,
      sliceSteps: 1,
      onSlice: ({ step }) => {
        if (step === 5) stop.abort();
      },
    });
    expect(history).toMatchObject({ aborted: true, steps: 5 });
  });

  it("predicts while it trains, between two slices", async () => {
    await using model = compiled([
      new Flatten(),
      new Dense({ units: 16 }),
      new Dropout({ rate: 0.5 }),
      new Dense({ units: 4 }),
    ]);
    await using alone = compiled([
      new Flatten(),
      new Dense({ units: 16 }),
      new Dropout({ rate: 0.5 }),
      new Dense({ units: 4 }),
    ]);
    const data = quarters(64);
    const predictions: Promise<unknown>[] = [];
    await model.fit(data, {
      epochs: 5,
      sliceSteps: 1,
      onSlice: () => void predictions.push(model.predict(data.inputs), model.evaluate(data)),
    });
    await Promise.all(predictions);
    await alone.fit(data, { epochs: 5 });
    expect(await model.weightsHash()).toBe(await alone.weightsHash());
  });

  it("names step, op and layer where a value stops being finite, and keeps the weights of the step before", async () => {
    await using model = new Sequential([new Flatten(), new Dense({ units: 4, name: "only" })], options);
    model.compile({ optimizer: new SGD({ learningRate: 1e38 }), loss: meanSquaredError() });
    const { inputs, scaling } = quarters(8);
    const labels = { data: new Float32Array(32).fill(1), shape: [8, 4] };
    const data = { name: "numbers", inputs, scaling, labels };
    // The first step makes weights of about 1e38 times a gradient near 1; the second's predictions of that size overflow when squared.
    await expect(model.fit(data, { epochs: 5, batchSize: 8 })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[NumericError: Layer "loss": op square gave a value that is not finite at step 2; lower the learning rate, or look at the data.]`,
    );
    const weights = await model.getWeights();
    expect(weights.every(({ data }) => data.every(Number.isFinite))).toBe(true);
  });

  it("takes the mean of losses of 2e38, whose sum float32 does not hold", async () => {
    await using model = new Sequential([new Dense({ units: 2 })], { inputShape: [1], threads: 1 });
    model.compile({ optimizer: new SGD({ learningRate: 1e-3 }), loss: meanAbsoluteError() });
    const kernel = { name: "dense1/kernel", shape: [1, 2], data: Float32Array.of(2e38, -2e38) };
    await model.setWeights([kernel, { name: "dense1/bias", shape: [2], data: new Float32Array(2) }]);
    const inputs = { data: Float32Array.of(1, -1, 1, -1, 1), shape: [5, 1] };
    const labels = { data: new Float32Array(10), shape: [5, 2] };
    const data = { name: "large", inputs, labels, scaling: { kind: "none" } } as const;
    for (const batchSize of [5, 2])
      expect((await model.evaluate(data, { batchSize })).loss).toBe(Math.fround(2e38));
    const { epochs } = await model.fit(data, { batchSize: 5, epochs: 2 });
    // A step of 1e-3 is nothing to numbers of that size.
    expect(epochs.map(({ loss }) => loss)).toEqual([Math.fround(2e38), Math.fround(2e38)]);
  });

  it("adds penalties to the loss that it reports: λ·Σw² as Keras does", async () => {
    const lambda = 0.5;
    const dense = () => new Dense({ units: 4, kernelRegularizer: l2(lambda) });
    await using penalised = compiled([new Flatten(), dense()]);
    await using plain = compiled([new Flatten(), new Dense({ units: 4 })]);
    const data = quarters(32);
    const weights = await penalised.getWeights();
    await plain.setWeights(weights);
    const squares = weights[0]!.data.reduce((sum, w) => sum + w * w, 0);
    const difference = (await penalised.evaluate(data)).loss - (await plain.evaluate(data)).loss;
    expect(difference).toBeCloseTo(lambda * squares, 4);
  });
});

describe("a model file", () => {
  it("gives the same model back: weights, architecture, scaling and class names", async () => {
    await using model = compiled([new Conv2d({ filters: 3, kernelSize: 3 }), new ReLU(), ...small()]);
    const data = quarters(30);
    await model.fit(data, { epochs: 2 });
    await using loaded = await loadModel(await saveModel(model), { threads: 1 });
    expect(await loaded.weightsHash()).toBe(await model.weightsHash());
    expect(loaded.summaryText()).toBe(model.summaryText());
    expect(loaded.classNames).toEqual(data.classNames);
    expect(await loaded.predict(data.inputs)).toEqual(await model.predict(data.inputs));
  });

  it("can be trained on", async () => {
    await using first = compiled();
    await first.fit(quarters(64), { epochs: 3 });
    await using second = await loadModel(await saveModel(first), { threads: 1, seed: 3 });
    second.compile({
      optimizer: new Adam({ learningRate: 0.01 }),
      loss: softmaxCrossEntropy(),
      metrics: ["accuracy"],
    });
    const before = await second.evaluate(quarters(64));
    await second.fit(quarters(64), { epochs: 3 });
    expect((await second.evaluate(quarters(64))).loss).toBeLessThan(before.loss);
  });
});

describe("a model refuses", () => {
  it("what it was not compiled for", async () => {
    await using model = new Sequential(small(), options);
    await expect(model.fit(quarters(4))).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: fit: the model "sequential" has no optimizer and loss yet; call compile first.]`,
    );
  });

  it("inputs and labels that do not fit", async () => {
    await using model = compiled();
    const data = quarters(4);
    await expect(
      model.fit({ ...data, inputs: { ...data.inputs, shape: [4, 36] } }),
    ).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: quarters: the model "sequential" expects inputs of shape [samples, 1, 6, 6], got [4, 36] with 144 values.]`,
    );
    await expect(
      model.fit({ ...data, labels: { data: Uint8Array.of(0, 1, 2, 4), shape: [4] } }),
    ).rejects.toThrow("the label of sample 4 is 4");
    await expect(
      new Sequential(small(), options).compile({ optimizer: new SGD(), loss: meanSquaredError() }).fit(data),
    ).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: quarters: the loss meanSquaredError expects float32 labels [samples, 4], got class indices; convert them, or use softmaxCrossEntropy.]`,
    );
  });

  it("weights that do not fit, naming every one", async () => {
    await using model = compiled();
    const weights = await model.getWeights();
    const wrong = [...weights.slice(1, 3), { name: "other/kernel", shape: [1], data: new Float32Array(1) }];
    await expect(model.setWeights(wrong)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: The weights do not fit the model "sequential": "dense1/kernel" is missing; "dense2/bias" is missing; "other/kernel" belongs to no layer.]`,
    );
  });
});
