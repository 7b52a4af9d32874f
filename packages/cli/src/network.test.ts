import { describe, expect, it } from "vitest";
import { withTrainingDefaults } from "./network.js";
import { resolveSettings } from "./settings.js";

const training = (flags: Parameters<typeof resolveSettings>[0]) => {
  const { optimizer, learningRate, batchSize } = withTrainingDefaults(resolveSettings({ seed: 1, ...flags }));
  return [optimizer, learningRate, batchSize];
};

describe("withTrainingDefaults", () => {
  it("trains each standard network as it is defined", () => {
    expect(training({ model: "softmax" })).toEqual(["sgd", 0.1, 128]);
    expect(training({ model: "mlp-sigmoid" })).toEqual(["sgd", 0.1, 128]);
    expect(training({ model: "mlp" })).toEqual(["adam", 0.001, 128]);
    expect(training({ model: "cnn" })).toEqual(["adam", 0.001, 32]);
    expect(training({ model: "lenet" })).toEqual(["adam", 0.001, 64]);
  });

  it("takes the documented learning rate for another optimizer, and what is said over both", () => {
    expect(training({ model: "mlp", optimizer: "sgd" })).toEqual(["sgd", 0.2, 128]);
    expect(training({ model: "softmax", optimizer: "sgd" })).toEqual(["sgd", 0.1, 128]);
    expect(training({ model: "softmax", learningRate: 0.5, batchSize: 8 })).toEqual(["sgd", 0.5, 8]);
  });
});
