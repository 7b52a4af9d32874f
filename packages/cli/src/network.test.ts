import { describe, expect, it } from "vitest";
import { makeOptimizer, withTrainingDefaults } from "./network.js";
import { resolveSettings } from "./settings.js";

const training = (flags: Parameters<typeof resolveSettings>[0]) => {
  const { optimizer, learningRate, schedule, batchSize } = withTrainingDefaults(
    resolveSettings({ seed: 1, ...flags }),
  );
  return [optimizer, learningRate, schedule, batchSize];
};

describe("withTrainingDefaults", () => {
  it("trains each standard network as it is defined", () => {
    expect(training({ model: "softmax" })).toEqual(["sgd", 0.1, "constant", 128]);
    expect(training({ model: "mlp-sigmoid" })).toEqual(["sgd", 0.1, "constant", 128]);
    expect(training({ model: "mlp" })).toEqual(["adam", 0.001, "constant", 128]);
    expect(training({ model: "cnn" })).toEqual(["adam", 0.001, "constant", 32]);
    expect(training({ model: "lenet" })).toEqual(["adam", 0.001, "cosine", 64]);
  });

  it("takes the documented learning rate for another optimizer, and what is said over both", () => {
    expect(training({ model: "mlp", optimizer: "sgd" })).toEqual(["sgd", 0.2, "constant", 128]);
    expect(training({ model: "softmax", optimizer: "sgd" })).toEqual(["sgd", 0.1, "constant", 128]);
    expect(training({ model: "softmax", learningRate: 0.5, batchSize: 8 })).toEqual([
      "sgd",
      0.5,
      "constant",
      8,
    ]);
  });

  it("keeps a network's schedule with its own optimizer, until another is asked for", () => {
    expect(training({ model: "lenet", learningRate: 0.002 })).toEqual(["adam", 0.002, "cosine", 64]);
    expect(training({ model: "lenet", optimizer: "sgd" })).toEqual(["sgd", 0.2, "constant", 64]);
    expect(training({ model: "lenet", schedule: "constant" })).toEqual(["adam", 0.001, "constant", 64]);
    expect(training({ model: "mlp", schedule: "linear" })).toEqual(["adam", 0.001, "linear", 128]);
  });
});

describe("makeOptimizer", () => {
  const rate = (samples: number, flags: Parameters<typeof resolveSettings>[0]) =>
    makeOptimizer(
      withTrainingDefaults(resolveSettings({ seed: 1, learningRate: 0.5, ...flags })),
      samples,
      flags.validationSplit,
    ).learningRate;

  it("lets the rate fall over all steps of the run", () => {
    const linear = { schedule: "linear", batchSize: 64 } as const;
    const decay = (steps: number) => ({
      kind: "linearDecay",
      learningRate: 0.5,
      steps,
      finalLearningRate: 0,
    });
    expect(rate(1000, linear)).toEqual(decay(16)); // ⌈1000 / 64⌉
    expect(rate(1000, { ...linear, epochs: 3 })).toEqual(decay(48));
    expect(rate(1000, { ...linear, steps: 7 })).toEqual(decay(7));
    expect(rate(1000, { ...linear, epochs: 3, validationSplit: 0.2 })).toEqual(decay(39)); // 3 · ⌈800 / 64⌉
    expect(rate(1000, { ...linear, schedule: "cosine" })).toEqual({ ...decay(16), kind: "cosineDecay" });
    expect(rate(1000, { ...linear, schedule: "constant" })).toBe(0.5);
  });

  it("leaves it to fit to refuse a split that leaves no step", () => {
    expect(rate(1, { schedule: "cosine", validationSplit: 0.9 })).toMatchObject({ steps: 1 });
  });
});
