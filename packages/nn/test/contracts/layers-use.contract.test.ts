import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  Adam,
  type Dataset,
  Dense,
  Flatten,
  loadModel,
  meanSquaredError,
  Sequential,
  saveModel,
} from "../../src/index.js";
import { layerValues } from "./layer-values.js";

// Every layer in a small network: trained with the same bits on any number of threads, and the same after it was saved and loaded.

const SAMPLES = 20;

describe.each(Object.entries(layerValues))("%s", (_, values) => {
  const described = fc.sample(values.cases, { numRuns: 1, seed: 11 });

  it.each(described)("trains alike on 1, 2 and 4 threads, and comes back from its file: %j", async (one) => {
    const { options, sample } = one;
    const size = sample.reduce((product, own) => product * own, 1);
    const data: Dataset = {
      name: "numbers",
      inputs: {
        data: Float32Array.from({ length: SAMPLES * size }, (_, i) => ((i * 7919) % 257) / 128 - 1),
        shape: [SAMPLES, ...sample],
      },
      labels: {
        data: Float32Array.from({ length: SAMPLES * 2 }, (_, i) => ((i * 31) % 17) / 8 - 1),
        shape: [SAMPLES, 2],
      },
      scaling: { kind: "none" },
    };
    const trained = async (threads: number) => {
      const layers = [values.make(options), new Flatten(), new Dense({ units: 2 })];
      const model = new Sequential(layers, { inputShape: sample, seed: 4, threads });
      model.compile({ optimizer: new Adam(), loss: meanSquaredError() });
      await model.fit(data, { steps: 5, batchSize: 8 });
      return model;
    };
    await using model = await trained(1);
    const hash = await model.weightsHash();
    for (const threads of [2, 4]) {
      await using other = await trained(threads);
      expect(await other.weightsHash()).toBe(hash);
    }
    await using again = await loadModel(await saveModel(model), { threads: 1 });
    expect(again.layers.map((layer) => layer.config())).toEqual(model.layers.map((layer) => layer.config()));
    expect(await again.weightsHash()).toBe(hash);
    expect(await again.predict(data.inputs)).toEqual(await model.predict(data.inputs));
  });
});
