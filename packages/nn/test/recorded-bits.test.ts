import { describe, expect, it } from "vitest";
import {
  Sequential,
  type StandardModelName,
  softmaxCrossEntropy,
  standardModel,
  syntheticDigits,
} from "../src/index.js";

/**
 * SHA-256 of the benchmarks' networks after 20 steps of training, as Loam 0.1.0 at e5246c1 left them: with dropout, in whole batches and
 * short ones, on any number of threads. These numbers have no formula. They are here so that no change of bits goes unseen: one that is
 * meant stands in a commit of its own, which names the sum whose order changed, and in the CHANGELOG.
 */
const RECORDED: Readonly<Record<string, string>> = {
  mlp: "13955db836174b64189160fd0f026252f8c54d9579046391368007bb32e2a27f",
  "mlp-nodropout": "85b38d12e3f15884134e4c74ae373e05251e2f5a049f404b5d398c24e6281d34",
  "mlp-sigmoid": "8518a8fd17d63c23cefd41a68462d5f08736c883088055b4f61d054f0a863243",
  cnn: "3b188335f8f3cd19436630b8be55308e76689863a4007f5298346ddde33ddbcf",
  "cnn-nodropout": "d22a777ccfc0a40956c1a0d5deaee9853a5de578ede7034e9da93d9539ecd3b7",
  lenet: "0431f79131d96d0efd68ff04aaa0a2f7f1726369929caeb3836db98e3ebefcc5",
  softmax: "3598db2384156949dd8dc97b93e1aff0b52ce485bece390f3205207f0aeb969d",
};

/** In batches of 128, 64 and 32 alike, an epoch of 500 samples ends in a short one. */
const DIGITS = syntheticDigits({ samples: 500, seed: 1 });
const STEPS = 20;

/** A standard network by its name in the benchmarks, where `-nodropout` names the twin without dropout layers. */
async function trainedHash(name: string, threads: number): Promise<string> {
  const twin = name.endsWith("-nodropout");
  const { layers, optimizer, batchSize } = standardModel(
    name.replace("-nodropout", "") as StandardModelName,
    {
      inputShape: [1, 28, 28],
      classes: 10,
      ...(twin && { dropout: 0 }),
    },
  );
  await using model = new Sequential(layers, { inputShape: [1, 28, 28], seed: 7, threads });
  model.compile({ optimizer, loss: softmaxCrossEntropy(), metrics: ["accuracy"] });
  const { steps } = await model.fit(DIGITS, { steps: STEPS, batchSize });
  expect(steps).toBe(STEPS);
  expect((await model.ready()).threads).toBe(threads);
  return await model.weightsHash();
}

describe.each([1, 2])("after 20 steps on %i thread(s)", (threads) => {
  it.each(Object.entries(RECORDED))("%s has the recorded bits", async (name, hash) => {
    expect(await trainedHash(name, threads)).toBe(hash);
  });
});
