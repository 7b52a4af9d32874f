import { scheduledValue } from "@loam/nn";
import { describe, expect, it } from "vitest";
import { SCHEDULE_NAMES } from "./names.js";
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
    expect(rate(1000, { ...linear, accumulate: 4 })).toEqual(decay(4)); // ⌈1000 / 256⌉
    expect(rate(1000, { ...linear, steps: 7 })).toEqual(decay(7));
    expect(rate(1000, { ...linear, epochs: 3, validationSplit: 0.2 })).toEqual(decay(39)); // 3 · ⌈800 / 64⌉
    expect(rate(1000, { ...linear, schedule: "cosine" })).toEqual({ ...decay(16), kind: "cosineDecay" });
    expect(rate(1000, { ...linear, schedule: "constant" })).toBe(0.5);
  });

  it("leaves it to fit to refuse a split that leaves no step", () => {
    expect(rate(1, { schedule: "cosine", validationSplit: 0.9 })).toMatchObject({ steps: 1 });
  });

  it("knows every schedule, over the run that is left behind a warm-up", () => {
    const at = (schedule: Parameters<typeof resolveSettings>[0]["schedule"], warmup?: number) => {
      const flags = { schedule, steps: 200, ...(warmup !== undefined && { warmup }) } as const;
      const value = rate(1000, flags as never);
      return (step: number) => scheduledValue(value, step);
    };
    const near = (got: number, want: number) => expect(got).toBeCloseTo(want, 6);
    for (const name of SCHEDULE_NAMES) {
      if (name !== "one-cycle" && name !== "warmup-cosine") near(at(name)(0), 0.5);
      if (name !== "plateau") near(at(name, 9)(0), at(name, 9)(9) / 10);
    }
    near(at("warmup-cosine")(10), 0.5);
    near(at("warmup-cosine")(4), 0.25 * (10 / 11));
    near(at("warmup-cosine")(105), 0.25);
    near(at("restarts")(29), 0.5); // ⌈200 / 7⌉
    near(at("one-cycle")(59), 0.5);
    near(at("step")(67), 0.05);
    near(at("exponential")(100), 0.05);
    near(at("polynomial")(100), 0.125);
    expect(at("plateau")(199)).toBe(0.5);
    expect(() => resolveSettings({ schedule: "plateau", warmup: 5 })).toThrow("do not go together");
  });
});
