import { describe, expect, it } from "vitest";
import {
  Conv2d,
  createEngine,
  Dense,
  type Engine,
  Flatten,
  type Layer,
  MaxPool2d,
  meanSquaredError,
  Sequential,
  SGD,
} from "../src/index.js";

const inputs = {
  data: Float32Array.from({ length: 8 * 36 }, (_, i) => Math.sin(i)),
  shape: [8, 1, 6, 6],
} as const;
const labels = { data: Float32Array.from({ length: 8 * 2 }, (_, i) => Math.cos(i)), shape: [8, 2] } as const;
const dense = () => [new Flatten(), new Dense({ units: 5, activation: "relu" }), new Dense({ units: 2 })];
/** Begins with the core, since no parameter has more than two sizes, and cannot stay with it. */
const pooled = () => [new MaxPool2d({ kernelSize: 2 }), ...dense()];
const convolved = () => [new Conv2d({ filters: 3, kernelSize: 3 }), ...dense()];

async function trained(layers: Layer[], options: { threads: number } | { engine: Engine }) {
  await using model = new Sequential(layers, { inputShape: [1, 6, 6], seed: 3, ...options });
  model.compile({ optimizer: new SGD({ learningRate: 0.01 }), loss: meanSquaredError() });
  const data = { inputs, labels, scaling: { kind: "none" }, name: "waves" } as const;
  await model.fit(data, { epochs: 2, batchSize: 4 });
  return [await model.weightsHash(), (await model.evaluate(data)).loss];
}

describe("networks one after the other, each on an engine that begins with what it needs", () => {
  it("have the bits of the full binary on 1 to 4 threads", async () => {
    await using engine = await createEngine({ threads: 1 });
    for (const layers of [dense, pooled, convolved]) {
      const full = await trained(layers(), { engine });
      for (const threads of [1, 2, 3, 4]) {
        expect(await trained(layers(), { threads }), `${layers.name} on ${threads} threads`).toEqual(full);
      }
    }
  });
});
