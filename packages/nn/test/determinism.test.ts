import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  Adam,
  AvgPool2d,
  Conv2d,
  Dense,
  Dropout,
  Flatten,
  type Layer,
  MaxPool2d,
  ReLU,
  Sequential,
  softmaxCrossEntropy,
  Tanh,
} from "../src/index.js";
import { quarters } from "./support/tiny-data.js";

/** What a random network is made of: plain values, so that the same layers can be made again. */
const shape = fc.record({
  filters: fc.integer({ min: 1, max: 20 }),
  kernelSize: fc.integer({ min: 1, max: 3 }),
  padding: fc.integer({ min: 0, max: 1 }),
  pool: fc.constantFrom("max", "avg", "none"),
  units: fc.integer({ min: 1, max: 70 }),
  rate: fc.constantFrom(0, 0.3),
  batchSize: fc.integer({ min: 1, max: 24 }),
  channels: fc.constantFrom(1, 3),
  seed: fc.integer({ min: 0, max: 2 ** 40 }),
});

type Recipe = typeof shape extends fc.Arbitrary<infer T> ? T : never;

function layersOf({ filters, kernelSize, padding, pool, units, rate }: Recipe): Layer[] {
  return [
    new Conv2d({ filters, kernelSize, padding }),
    new ReLU(),
    ...(pool === "max" ? [new MaxPool2d({ kernelSize: 2 })] : []),
    ...(pool === "avg" ? [new AvgPool2d({ kernelSize: 2 })] : []),
    new Dropout({ rate }),
    new Flatten(),
    new Dense({ units }),
    new Tanh(),
    new Dropout({ rate }),
    new Dense({ units: 4 }),
  ];
}

async function trainedHash(recipe: Recipe, threads: number): Promise<string> {
  const options = { inputShape: [recipe.channels, 6, 6], seed: recipe.seed, threads };
  await using model = new Sequential(layersOf(recipe), options);
  model.compile({ optimizer: new Adam(), loss: softmaxCrossEntropy() });
  await model.fit(quarters(40, recipe.channels), { epochs: 2, batchSize: recipe.batchSize });
  expect((await model.ready()).threads).toBe(threads);
  return await model.weightsHash();
}

describe("determinism", () => {
  it("gives the same bits on 1, 2, 3 and 4 threads, over random networks", async () => {
    await fc.assert(
      fc.asyncProperty(shape, async (recipe) => {
        const one = await trainedHash(recipe, 1);
        for (const threads of [2, 3, 4])
          expect(await trainedHash(recipe, threads), `${threads} threads`).toBe(one);
      }),
      { numRuns: 12 },
    );
  });

  it("gives the same bits for the same seed, and others for another", async () => {
    const recipe = {
      filters: 8,
      kernelSize: 3,
      padding: 1,
      units: 16,
      rate: 0.3,
      batchSize: 16,
      channels: 1,
    } as const;
    const a = await trainedHash({ ...recipe, pool: "max", seed: 7 }, 1);
    const b = await trainedHash({ ...recipe, pool: "max", seed: 7 }, 1);
    const c = await trainedHash({ ...recipe, pool: "max", seed: 8 }, 1);
    expect(b).toBe(a);
    expect(c).not.toBe(a);
  });

  it("does not depend on when the threads join that an engine starts by itself", async () => {
    const train = async (threads: 1 | "auto", sliceSteps: number): Promise<string> => {
      await using model = new Sequential(
        [new Flatten(), new Dense({ units: 256 }), new Dense({ units: 4 })],
        {
          inputShape: [3, 6, 6],
          threads,
        },
      );
      model.compile({ optimizer: new Adam(), loss: softmaxCrossEntropy() });
      await model.fit(quarters(256, 3), { epochs: 40, batchSize: 64, sliceSteps });
      return await model.weightsHash();
    };
    const one = await train(1, 1024);
    for (const sliceSteps of [1, 2, 7, 1024]) expect(await train("auto", sliceSteps)).toBe(one);
  });

  it("does not depend on how training is sliced", async () => {
    const train = async (sliceSteps: number): Promise<string> => {
      await using model = new Sequential([new Flatten(), new Dense({ units: 4 })], {
        inputShape: [1, 6, 6],
        threads: 1,
      });
      model.compile({ optimizer: new Adam(), loss: softmaxCrossEntropy() });
      await model.fit(quarters(50), { epochs: 3, batchSize: 8, sliceSteps });
      return await model.weightsHash();
    };
    expect(await train(1)).toBe(await train(1024));
  });
});
