import { expect, it } from "vitest";
import { Adam, Dense, meanSquaredError, Sequential, SGD } from "../index.js";

const samples = { data: Float32Array.of(1), shape: [1, 1] };

/** 3e8 units have as many biases as weights. */
const wide = (units: number) =>
  new Sequential([new Dense({ units, name: "wide" }), new Dense({ units: 1 })], {
    inputShape: [1],
    threads: 1,
  });

it("a model that cannot be trained in 4 GiB is refused before its weights are drawn, naming the layer", async () => {
  await using model = wide(3e8).compile({
    optimizer: new SGD({ learningRate: 0.1 }),
    loss: meanSquaredError(),
  });
  await expect(model.fit(samples, samples)).rejects.toMatchObject({
    name: "ConfigError",
    code: "model-too-large",
    message:
      'Parameter "wide/kernel" has 300,000,000 numbers; to be trained, the model takes 6.7 GiB, where 4 can be had; make that layer smaller.',
    details: { layer: "wide" },
  });
});

it("an optimizer's slots count", async () => {
  // 1.2e8 · 3 numbers of 4 bytes: 1.3 GiB; with gradients and two slots 5.4.
  await using model = wide(1.2e8).compile({ optimizer: new Adam(), loss: meanSquaredError() });
  await expect(model.fit(samples, samples)).rejects.toThrow("the model takes 5.4 GiB");
});

it("a model that cannot even be used is refused at once", async () => {
  await using model = wide(5e8);
  await expect(model.predict(samples)).rejects.toThrow("to be used, the model takes 5.6 GiB");
});
