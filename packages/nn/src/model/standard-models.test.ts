import { describe, expect, it } from "vitest";
import { ConfigError } from "../errors.js";
import { chainOf } from "./sequential.js";
import { type StandardModelName, standardModel, standardModelNames } from "./standard-models.js";

const mnist = { inputShape: [1, 28, 28], classes: 10 };
/** Pictures for all networks but that for recordings, which are windows of 64 steps of 3 columns. */
const inputOf = (name: StandardModelName) =>
  name === "recordings" ? { ...mnist, inputShape: [64, 3] } : mnist;

/** Layers as `type size`, parameters and training, as design and README state them. */
function describeModel(name: StandardModelName, options: Partial<Parameters<typeof standardModel>[1]> = {}) {
  const { layers, optimizer, batchSize } = standardModel(name, { ...inputOf(name), ...options });
  const network = chainOf(layers, options.inputShape ?? inputOf(name).inputShape);
  const parameters = network.parameters.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  const shapes = layers.map(({ type }, i) => `${type} ${network.shapes[i + 1]!.join("x")}`);
  return `${shapes.join(", ")}; ${parameters}; ${optimizer.name} ${optimizer.learningRate}, ${batchSize}`;
}

describe("standardModel", () => {
  // Parameters: 784·10+10; 784·32+32+32·10+10; 78500+2·10100+1010; 50240+4160+650; 32·9+32+21632·10+10;
  // 320+18496+3136·128+128+1290; 320+64+18496+128+73856+256+1290; recordings: 3·5·32+32+64+32·5·64+64+128+650.
  it("is what the names mean", () => {
    expect(standardModelNames.map((name) => describeModel(name))).toEqual([
      "Flatten 784, Dense 10; 7850; SGD 0.1, 128",
      "Flatten 784, Dense 32, Sigmoid 32, Dense 10; 25450; SGD 0.1, 128",
      "Flatten 784, Dense 100, ReLU 100, Dropout 100, Dense 100, ReLU 100, Dropout 100, Dense 100, ReLU 100, Dropout 100, Dense 10; 99710; Adam 0.001, 128",
      "Flatten 784, Dense 64, ELU 64, Dense 64, ELU 64, Dense 10; 55050; AdamW 0.002, 32",
      "Flatten 784, Dense 64, ReLU 64, Dense 64, ReLU 64, Dense 10; 55050; AdamW 0.001, 64",
      "Permute 3x64, Reshape 3x1x64, Conv2d 32x1x64, BatchNorm 32x1x64, ReLU 32x1x64, MaxPool2d 32x1x32, Conv2d 64x1x32, BatchNorm 64x1x32, ReLU 64x1x32, MaxPool2d 64x1x16, GlobalAvgPool2d 64, Dropout 64, Dense 10; 11658; Adam 0.001, 32",
      "Conv2d 32x26x26, ReLU 32x26x26, Dropout 32x26x26, Flatten 21632, Dense 10; 216650; Adam 0.001, 32",
      "Conv2d 32x28x28, ReLU 32x28x28, MaxPool2d 32x14x14, Conv2d 64x14x14, ReLU 64x14x14, MaxPool2d 64x7x7, Flatten 3136, Dense 128, ReLU 128, Dense 10; 421642; Adam 0.001, 64",
      "Conv2d 32x28x28, BatchNorm 32x28x28, ReLU 32x28x28, MaxPool2d 32x14x14, Conv2d 64x14x14, BatchNorm 64x14x14, ReLU 64x14x14, MaxPool2d 64x7x7, Conv2d 128x7x7, BatchNorm 128x7x7, ReLU 128x7x7, MaxPool2d 128x3x3, GlobalAvgPool2d 128, Dropout 128, Dense 10; 94410; Adam 0.001, 32",
    ]);
  });

  it("has as many stages of `pictures` as their size bears", () => {
    const sizes = (height: number, width: number) =>
      describeModel("pictures", { inputShape: [3, height, width] })
        .match(/MaxPool2d \d+x\d+x\d+/g)
        ?.map((text) => text.slice(10));
    expect(sizes(64, 48)).toEqual(["32x32x24", "64x16x12", "128x8x6"]);
    expect(sizes(96, 64)).toEqual(["32x48x32", "64x24x16", "128x12x8", "128x6x4"]);
    expect(sizes(15, 40)).toEqual(["32x7x20", "64x3x10"]);
    expect(sizes(2, 2)).toEqual(["32x1x1"]);
    expect(sizes(9, 5)).toEqual(["32x4x2"]);
    expect(sizes(1, 40)).toBeUndefined();
  });

  it("needs no Flatten for vectors", () => {
    expect(describeModel("softmax", { inputShape: [8], classes: 2 })).toBe("Dense 2; 18; SGD 0.1, 128");
  });

  it("takes another dropout rate, and leaves the layers out at 0", () => {
    const rates = (dropout?: number) =>
      standardModel("mlp", { ...mnist, ...(dropout !== undefined && { dropout }) })
        .layers.filter(({ type }) => type === "Dropout")
        .map((layer) => layer.config().rate);
    expect(rates()).toEqual([0.2, 0.2, 0.2]);
    expect(rates(0.5)).toEqual([0.5, 0.5, 0.5]);
    expect(rates(0)).toEqual([]);
    expect(describeModel("lenet", { dropout: 0 })).toBe(describeModel("lenet"));
  });

  it("lets lenet's rate fall over the steps that are said, and no other network's", () => {
    const rates = standardModelNames.map(
      (name) => standardModel(name, { ...inputOf(name), steps: 938 }).optimizer.learningRate,
    );
    const decay = { kind: "cosineDecay", learningRate: 0.001, steps: 938, finalLearningRate: 0 };
    expect(rates).toEqual([0.1, 0.1, 0.001, 0.002, 0.001, 0.001, 0.001, decay, 0.001]);
    const { optimizer } = standardModel("lenet", { ...mnist, steps: 938 });
    expect(optimizer.learningRateAt(469)).toBeCloseTo(0.0005, 15); // cos(π/2) = 0
    expect(optimizer.learningRateAt(938)).toBe(0);
  });

  it("puts l2 on every kernel", () => {
    for (const name of standardModelNames) {
      const owners = standardModel(name, { ...inputOf(name), l2: 0.01 }).layers.filter(({ type }) =>
        /Dense|Conv/.test(type),
      );
      for (const layer of owners) expect(layer.config().kernelRegularizer).toEqual({ kind: "l2", l2: 0.01 });
    }
  });

  it("refuses what it cannot do", () => {
    const refused = (name: string, options: object) => {
      try {
        standardModel(name as StandardModelName, { ...mnist, ...options });
      } catch (error) {
        if (error instanceof ConfigError) return `${error.code}: ${error.message}`;
        throw error;
      }
      return "nothing";
    };
    expect([
      refused("resnet", {}),
      refused("mlp", { dropout: 1 }),
      refused("lenet", { dropout: 0.2 }),
      refused("mlp", { l2: -1 }),
      refused("mlp", { classes: 0 }),
      refused("mlp", { steps: 0 }),
    ]).toMatchInlineSnapshot(`
      [
        "model-unknown: standardModel: model must be one of "softmax", "mlp-sigmoid", "mlp", "table", "series", "recordings", "cnn", "lenet", "pictures", got "resnet".",
        "dropout-out-of-range: standardModel: dropout must be in [0, 1), got 1.",
        "no-dropout: standardModel: "lenet" has no dropout layer to take a rate of 0.2; "mlp", "table", "series", "recordings", "cnn" and "pictures" have.",
        "l2-out-of-range: l2: l2 must be in [0, ∞), got -1.",
        "classes-not-positive: standardModel: classes must be an integer of at least 1, got 0.",
        "steps-not-positive: standardModel: steps must be an integer of at least 1, got 0.",
      ]
    `);
  });
});
