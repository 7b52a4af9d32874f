import { describe, expect, it } from "vitest";
import { quarters } from "../../test/support/tiny-data.js";
import {
  binaryCrossEntropy,
  Conv2d,
  type Dataset,
  Dense,
  elementwise,
  Flatten,
  Layer,
  l2,
  MaxPool2d,
  meanSquaredError,
  Sequential,
  Sigmoid,
  Softmax,
  softmaxCrossEntropy,
  Tanh,
  type Tensor,
} from "../index.js";
import { checkGradients } from "./check-gradients.js";

const options = { inputShape: [1, 6, 6], threads: 1, seed: 3 };

describe("checkGradients", () => {
  it("finds the kernels' gradients right, of every parameter", async () => {
    await using model = new Sequential(
      [
        new Conv2d({ filters: 3, kernelSize: 3, kernelRegularizer: l2(0.01) }),
        new Tanh(),
        new MaxPool2d({ kernelSize: 2 }),
        new Flatten(),
        new Dense({ units: 5 }),
        new Sigmoid(),
        new Dense({ units: 4 }),
        new Softmax(),
      ],
      options,
    );
    const before = await model.weightsHash();
    const checks = await checkGradients(model, quarters(5), { loss: softmaxCrossEntropy() });
    expect(checks.map(({ name, entries }) => [name, entries])).toEqual([
      ["conv2d1/kernel", 20],
      ["conv2d1/bias", 3],
      ["dense1/kernel", 20],
      ["dense1/bias", 5],
      ["dense2/kernel", 20],
      ["dense2/bias", 4],
    ]);
    for (const { error, gradient } of checks) {
      expect(gradient).toBeGreaterThan(0);
      expect(error).toBeLessThan(1e-5 * (1 + gradient));
    }
    expect(await model.weightsHash()).toBe(before);
  });

  it.each([meanSquaredError(), binaryCrossEntropy()])("takes numbers as targets: %o", async (loss) => {
    await using model = new Sequential([new Dense({ units: 2 })], { inputShape: [3], threads: 1 });
    const batch: Dataset = {
      name: "numbers",
      inputs: { data: Float32Array.from({ length: 12 }, (_, i) => Math.sin(i)), shape: [4, 3] },
      labels: { data: Float32Array.of(0, 1, 1, 0, 1, 1, 0, 0), shape: [4, 2] },
      scaling: { kind: "none" },
    };
    for (const { error } of await checkGradients(model, batch, { loss })) expect(error).toBeLessThan(1e-6);
  });

  it("sees a gradient that is wrong", async () => {
    const twice = elementwise("twice", ["x"], ({ x }) => x.mul(2), {
      gradient: (_, { dy }) => ({ x: dy.mul(3) }),
    });
    class Twice extends Layer {
      readonly type = "Twice";
      override config(): Record<string, unknown> {
        return this.named();
      }
      call(x: Tensor): Tensor {
        return twice(x);
      }
    }
    await using model = new Sequential([new Flatten(), new Dense({ units: 4 }), new Twice({})], options);
    for (const { error, gradient } of await checkGradients(model, quarters(5), {
      loss: softmaxCrossEntropy(),
    })) {
      // Three in place of two: off by half of itself.
      expect(error).toBeCloseTo(gradient / 2, 5);
    }
  });

  it("refuses what does not fit", async () => {
    await using model = new Sequential([new Dense({ units: 4 })], { inputShape: [3], threads: 1 });
    const loss = softmaxCrossEntropy();
    await expect(checkGradients(model, quarters(5), { loss })).rejects.toMatchObject({ code: "input-shape" });
    await expect(checkGradients(model, quarters(5), { loss, entries: 0 })).rejects.toMatchObject({
      code: "entries-not-positive",
    });
  });
});
