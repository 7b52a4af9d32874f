import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { checkpoints, decodeCheckpoint } from "@loam/nn/checkpoint";
import { loadLessons } from "@loam/nn/io/lessons";
import { describe, expect, it } from "vitest";
import {
  type Dataset,
  decodeSafetensors,
  type EpochRecord,
  layerClasses,
  layerFromConfig,
  load,
  loadModel,
  lossFromConfig,
  optimizerClasses,
  optimizerFromConfig,
  Sequential,
  saveModel,
  syntheticDigits,
  takeSamples,
} from "../src/index.js";

// Files that Loam 0.1.0 wrote at e5246c1, small but with everything that such files may say: they open, and mean what they meant then, to the
// last bit. fixtures/write.mjs made them, with that commit's build, and recorded.json with what it made of them.

interface Recorded {
  readonly models: Readonly<Record<string, { readonly hash: string; readonly predicted: readonly number[] }>>;
  readonly checkpoints: Readonly<
    Record<string, { readonly hash: string; readonly epochs: readonly EpochRecord[] }>
  >;
  readonly lessons: { readonly hash: string };
}

/** What a checkpoint says of its fit, as far as it is needed to make the same one again. */
interface Configuration {
  readonly inputShape: readonly number[];
  readonly layers: readonly { readonly type: string; readonly name: string; readonly config: object }[];
  readonly optimizer: { readonly name: string };
  readonly loss: { readonly name: string };
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly validationSplit: number;
  readonly seed: number;
}

const place = (name: string) => fileURLToPath(new URL(`fixtures/e5246c1/${name}`, import.meta.url));
const recorded: Recorded = JSON.parse(await readFile(place("recorded.json"), "utf8"));

const digits = syntheticDigits({ samples: 22, seed: 3 });
/** The first columns of the table that the dense model was trained on. */
const table = Float32Array.from({ length: 15 }, (_, i) => ((i * 37) % 23) * 10 ** (i % 5));

describe("a saved model", () => {
  const inputs: Readonly<Record<string, Dataset["inputs"]>> = {
    convolutional: takeSamples(digits, 0, 3).inputs,
    dense: { data: table, shape: [3, 5] },
  };

  it.each(Object.entries(recorded.models))(
    "%s opens and answers as it did",
    async (name, { hash, predicted }) => {
      const bytes = await readFile(place(`${name}.safetensors`));
      for (const model of [
        await loadModel(bytes),
        await load(place(`${name}.safetensors`), { threads: 2 }),
      ]) {
        expect(await model.weightsHash()).toBe(hash);
        expect(Array.from((await model.predict(inputs[name]!)).data)).toEqual(predicted);
        await model.close();
      }
    },
  );

  it.each(Object.keys(recorded.models))("%s is saved again with all that it said", async (name) => {
    const bytes = await readFile(place(`${name}.safetensors`));
    await using model = await loadModel(bytes, { threads: 1 });
    const [then, now] = [bytes, await saveModel(model)].map((one) => decodeSafetensors(one));
    expect(now!.tensors).toEqual(then!.tensors);
    expect(JSON.parse(now!.metadata.loam!)).toMatchObject(JSON.parse(then!.metadata.loam!));
  });

  it("has every kind of layer that there was", async () => {
    const models = await Promise.all(Object.keys(inputs).map((name) => load(place(`${name}.safetensors`))));
    const types = new Set(models.flatMap(({ layers }) => layers.map(({ type }) => type)));
    expect(Object.keys(layerClasses)).toEqual(expect.arrayContaining([...types]));
    expect(types.size).toBe(12);
  });
});

describe("a checkpoint in the middle of a fit", () => {
  it.each(Object.entries(recorded.checkpoints))(
    "of %s ends where that fit ended",
    async (name, { hash, epochs }) => {
      const from = await readFile(place(`checkpoint-${name}.safetensors`));
      const { configuration, position } = decodeCheckpoint(from);
      expect(position).toMatchObject({ step: 5, epoch: 2, epochStep: 2 });
      const { inputShape, seed, layers, optimizer, loss, ...fit } = configuration as unknown as Configuration;
      const { name: optimizerName, ...options } = optimizer;
      await using model = new Sequential(
        layers.map(({ type, config, name }) => layerFromConfig(type, { ...config, name })),
        { inputShape, seed, threads: 1 },
      );
      model.compile({
        optimizer: optimizerFromConfig(optimizerName, options),
        loss: lossFromConfig(loss.name),
        metrics: ["accuracy"],
      });
      const warnings: string[] = [];
      const history = await model.fit(digits, {
        epochs: 3,
        batchSize: fit.batchSize,
        shuffle: fit.shuffle,
        validationSplit: fit.validationSplit,
        checkpoint: checkpoints({ from, onWarning: (sentence) => warnings.push(sentence) }),
      });
      expect(await model.weightsHash()).toBe(hash);
      expect(history.epochs.map(({ seconds: _, ...record }) => record)).toEqual(epochs);
      // 0.1.0 wrote them, with no checksum of all there is.
      expect(warnings[0]).toContain("an earlier version of Loam wrote it, with no checksum");
      for (const warning of warnings.slice(1)) expect(warning).toContain("was written by Loam 0.1.0");
    },
  );

  it("is there for every optimizer that there was", async () => {
    const names = await Promise.all(
      Object.keys(recorded.checkpoints).map(async (name) => {
        const { configuration } = decodeCheckpoint(await readFile(place(`checkpoint-${name}.safetensors`)));
        return (configuration as unknown as Configuration).optimizer.name;
      }),
    );
    expect(Object.keys(optimizerClasses)).toEqual(expect.arrayContaining(names));
    expect(new Set(names).size).toBe(6);
  });
});

it("a save of the lessons becomes the model that it became", async () => {
  await using model = await loadLessons(place("lessons.txt"), { threads: 1 });
  expect(await model.weightsHash()).toBe(recorded.lessons.hash);
});
