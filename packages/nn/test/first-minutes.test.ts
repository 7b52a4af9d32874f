import { describe, expect, it } from "vitest";
import {
  Adam,
  binaryCrossEntropy,
  Conv2d,
  Dense,
  Flatten,
  lossFactories,
  type Metric,
  type MetricName,
  meanSquaredError,
  metrics,
  optimizerClasses,
  type Samples,
  Sequential,
  SGD,
  softmaxCrossEntropy,
} from "../src/index.js";
import type { LossName } from "../src/losses/index.js";
import type { OptimizerName } from "../src/optimizers/index.js";

const INPUTS = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];
const LABELS = [0, 1, 1, 0];

function xor(units = 1): Sequential {
  const layers = [new Dense({ units: 8, activation: "tanh" }), new Dense({ units })];
  return new Sequential(layers, { inputShape: [2], seed: 1, threads: 1 });
}

const code = async (promise: Promise<unknown>) =>
  promise.then(
    () => "nothing was refused",
    (error: Error & { code?: string }) => `${error.name} ${error.code}: ${error.message}`,
  );

it("learns exclusive or from nested arrays and text", async () => {
  await using model = xor();
  model.compile({
    optimizer: new Adam({ learningRate: 0.05 }),
    loss: "binaryCrossEntropy",
    metrics: ["accuracy"],
  });
  await model.fit(INPUTS, LABELS, { epochs: 500 });
  expect((await model.evaluate(INPUTS, LABELS)).accuracy).toBe(1);
  const { data, shape } = await model.predict(INPUTS);
  expect(shape).toEqual([4, 1]);
  expect([...data].map((logit) => Number(logit > 0))).toEqual(LABELS);
});

describe("samples and targets", () => {
  /** Weights after some steps on what stands for the same numbers. */
  const trained = async (inputs: Samples, labels: Samples, units = 1) => {
    await using model = xor(units);
    const loss = units === 1 ? binaryCrossEntropy() : softmaxCrossEntropy();
    model.compile({ optimizer: new SGD({ learningRate: 0.1 }), loss });
    await model.fit(inputs, labels, { epochs: 3, batchSize: 3 });
    return model.weightsHash();
  };
  const flat = INPUTS.flat();

  it("are the same in every form, to the bit, and as in a data set", async () => {
    const wanted = await trained(INPUTS, LABELS);
    for (const inputs of [
      Float32Array.from(flat),
      Float64Array.from(flat),
      Int8Array.from(flat),
      { data: Uint16Array.from(flat), shape: [4, 2] },
      Uint8Array.from(flat),
    ])
      for (const labels of [
        LABELS.map((label) => [label]),
        Uint8Array.from(LABELS),
        Float64Array.from(LABELS),
      ])
        expect(await trained(inputs, labels)).toBe(wanted);
    await using model = xor();
    model.compile({ optimizer: new SGD({ learningRate: 0.1 }), loss: binaryCrossEntropy() });
    const data = {
      name: "xor",
      inputs: { data: Float32Array.from(flat), shape: [4, 2] },
      labels: { data: Float32Array.from(LABELS), shape: [4, 1] },
      scaling: { kind: "none" as const },
    };
    await model.fit(data, { epochs: 3, batchSize: 3 });
    expect(await model.weightsHash()).toBe(wanted);
  });

  it("may be class indices, or rows, where the loss takes both", async () => {
    const wanted = await trained(INPUTS, LABELS, 2);
    const rows = LABELS.map((label) => [1 - label, label]);
    // Indices and rows go different ways through the kernels, to weights that are nearly the same.
    for (const labels of [
      Int32Array.from(LABELS),
      Float32Array.from(LABELS),
      { data: Uint8Array.from(LABELS), shape: [4] },
    ])
      expect(await trained(INPUTS, labels, 2)).toBe(wanted);
    expect(await trained(INPUTS, rows, 2)).toBe(await trained(INPUTS, Float32Array.from(rows.flat()), 2));
  });

  it("may be images, and single numbers", async () => {
    const layers = [new Conv2d({ filters: 2, kernelSize: 2 }), new Flatten(), new Dense({ units: 1 })];
    await using images = new Sequential(layers, { inputShape: [1, 2, 2], threads: 1 });
    const image = [
      [
        [1, 2],
        [3, 4],
      ],
    ];
    const one = await images.predict(image);
    expect(one.shape).toEqual([1, 1]);
    expect(await images.predict([image])).toEqual(one);
    expect((await images.predict([image, image])).data).toEqual(Float32Array.of(one.data[0]!, one.data[0]!));

    await using line = new Sequential([new Dense({ units: 1 })], { inputShape: [1], threads: 1 });
    line.compile({ optimizer: new SGD({ learningRate: 0.1 }), loss: "meanSquaredError" });
    await line.fit([0, 1, 2, 3], [1, 3, 5, 7], { epochs: 300 });
    const { data, shape } = await line.predict([10]);
    expect(shape).toEqual([1, 1]);
    expect(data[0]).toBeCloseTo(21, 2);
  });

  it("give one answer for one sample, in any form", async () => {
    await using model = xor();
    const all = await model.predict(INPUTS);
    for (const one of [
      [1, 0],
      Float64Array.of(1, 0),
      { data: Int8Array.of(1, 0), shape: [2] },
      [[1, 0]],
    ] as Samples[]) {
      const { data, shape } = await model.predict(one);
      expect(shape).toEqual([1, 1]);
      expect(data[0]).toBe(all.data[2]);
    }
    expect((await model.classify([1, 0])).labels).toHaveLength(1);
  });

  it("are refused where they are none that a compiler would let through", async () => {
    await using model = xor();
    const endless: unknown[] = [];
    endless.push(endless);
    expect([
      await code(model.predict({ data: new BigInt64Array(4), shape: [2, 2] } as never)),
      await code(model.predict(new DataView(new ArrayBuffer(16)) as never)),
      await code(model.predict({ data: Float32Array.of(1, 2, 3), shape: [1.5, 2] })),
      await code(model.predict(endless as never)),
    ]).toEqual([
      "DataError data-type: predict: expected an array of numbers, got BigInt64Array.",
      "DataError data-type: predict: expected an array of numbers, got DataView.",
      'ShapeError input-shape: predict: the model "sequential" expects inputs of shape [samples, 2], got [1.5, 2] with 3 values.',
      "DataError data-type: predict: expected numbers in at most 32 levels of arrays.",
    ]);
    expect(() => new Sequential([new Dense({ units: 1 })], { inputShape: [2], seed: 2 ** 60 })).toThrow(
      "Sequential: seed must be in [0, 9007199254740991], got 1152921504606847000.",
    );
  });

  it("are refused where they do not fit, in short", async () => {
    await using model = xor();
    model.compile({ optimizer: new Adam(), loss: meanSquaredError() });
    await using classes = xor(2);
    classes.compile({ optimizer: new Adam(), loss: softmaxCrossEntropy() });
    expect([
      await code(model.fit([[1, 2], [3]], [0, 1])),
      await code(model.fit([[1, 2], 3] as never, [0, 1])),
      await code(model.fit([[1, "2"]] as never, [0])),
      await code(model.fit([[1, 2, 3]], [0])),
      await code(model.fit(INPUTS, [0, 1])),
      await code(model.fit(INPUTS, undefined as never)),
      await code(classes.fit(INPUTS, [0, 1, 2, 0])),
      await code(classes.fit(INPUTS, [0, 1, 0.5, 0])),
      await code(model.predict(Float32Array.of(1, 2, 3))),
      await code(model.predict(null as never)),
    ]).toMatchInlineSnapshot(`
      [
        "ShapeError rows-differ: fit: expected rows of 2 like the first, got one of 1; give all rows the same length.",
        "ShapeError rows-differ: fit: expected rows of 2 like the first, got 3; give all rows the same length.",
        "DataError data-type: fit: expected numbers, got "2".",
        "ShapeError input-shape: fit: the model "sequential" expects inputs of shape [samples, 2], got [1, 3] with 3 values.",
        "DataError size-mismatch: fit: has inputs for 4 samples, but labels for 2.",
        "DataError data-type: fit: labels must be a Uint8Array or Uint32Array or Float32Array, got undefined; convert them.",
        "DataError label-out-of-range: fit: the label of sample 3 is 2, but with 2 classes labels go from 0 to 1.",
        "DataError label-out-of-range: fit: expected class indices from 0, got 0.5 for sample 3.",
        "ShapeError input-shape: predict: the model "sequential" expects inputs of shape [samples, 2], got [1, 2] with 3 values.",
        "ShapeError input-shape: predict: the model "sequential" expects inputs of shape [samples, 2], got [] with undefined values.",
      ]
    `);
  });
});

describe("names in compile", () => {
  const compiled = async (options: Parameters<Sequential["compile"]>[0]) => {
    const model = xor(2).compile(options);
    try {
      const { epochs } = await model.fit(
        INPUTS,
        LABELS.map((label) => [1 - label, label]),
        { epochs: 2 },
      );
      return { hash: await model.weightsHash(), metrics: epochs[1]!.metrics };
    } finally {
      await model.close();
    }
  };

  it.each(Object.keys(optimizerClasses))("know the optimizer %s, with its defaults", async (type) => {
    const optimizer = new optimizerClasses[type]!({} as never);
    expect(
      await compiled({ optimizer: type.toLowerCase() as OptimizerName, loss: meanSquaredError() }),
    ).toEqual(await compiled({ optimizer, loss: meanSquaredError() }));
  });

  it.each(Object.keys(lossFactories) as LossName[])("know the loss %s", async (loss) => {
    expect(await compiled({ optimizer: new Adam(), loss })).toEqual(
      await compiled({ optimizer: new Adam(), loss: lossFactories[loss]() }),
    );
  });

  it("know every metric", async () => {
    const named = Object.keys(metrics) as MetricName[];
    const made: Metric[] = named.map((name) => metrics[name]());
    const [optimizer, loss] = ["adam", "meanSquaredError"] as const;
    expect(await compiled({ optimizer, loss, metrics: ["accuracy", ...named] })).toEqual(
      await compiled({ optimizer, loss, metrics: ["accuracy", ...made] }),
    );
  });

  it("go on with the same optimizer from fit to fit, also where two begin at once", async () => {
    await using model = xor();
    model.compile({ optimizer: "adam", loss: "meanSquaredError" });
    await Promise.all([model.evaluate(INPUTS, LABELS), model.fit(INPUTS, LABELS, { epochs: 2 })]);
    await model.fit(INPUTS, LABELS, { epochs: 2 });
    await using whole = xor();
    whole.compile({ optimizer: new Adam(), loss: meanSquaredError() });
    await whole.fit(INPUTS, LABELS, { epochs: 4 });
    expect(await model.weightsHash()).toBe(await whole.weightsHash());
  });

  it("that nobody knows are refused", async () => {
    const refused = (options: object) => {
      const model = xor().compile({ optimizer: new Adam(), loss: meanSquaredError(), ...options });
      return code(model.evaluate(INPUTS, LABELS));
    };
    expect([
      await refused({ optimizer: "adams" }),
      await refused({ loss: "mse" }),
      await refused({ metrics: ["accuracy", "recal"] }),
      await refused({ metrics: ["precision", metrics.precision()] }),
    ]).toMatchInlineSnapshot(`
      [
        "ConfigError optimizer-unknown: compile: optimizer "adams" is not known; did you mean "adam"?",
        "ConfigError loss-unknown: compile: loss "mse" is not known; did you mean "meanSquaredError"?",
        "ConfigError metric-unknown: compile: metric "recal" is not known; did you mean "recall"?",
        "ConfigError not-a-metric: compile: expected metrics of "accuracy" and objects { name, variables, update, result } with names that differ, got "precision"; see Metric.",
      ]
    `);
  });
});
