import { expect, it } from "vitest";
import { pngFile } from "../../../test/support/png-file.js";
import { Dense, Flatten, ReLU, Sequential, SGD, softmaxCrossEntropy } from "../../index.js";
import { pickSamples } from "../dataset.js";
import { holdOut } from "../hold-out.js";
import { sampleDataset } from "../sample-dataset.js";
import {
  type ImageFolderOptions,
  imageFolder,
  isStreamedFolder,
  type StreamedFolder,
} from "./image-folder.js";
import type { Picture } from "./picture.js";
import { PictureStream } from "./picture-stream.js";
import { varyPictures } from "./vary-pictures.js";

/** Stripes in colours, of several sizes, in two classes: 12 and 9 of them. */
function stripes(kind: string, i: number): Uint8Array {
  const across = kind === "across";
  const sample = (x: number, y: number, k: number) =>
    ((across ? y : x) + i) % 6 < 3 ? 30 * k + 9 * i : 200 - 7 * i;
  return pngFile({ width: 11 + (i % 3), height: 12, depth: 8, type: 2, sample });
}
const TREE = Object.fromEntries(
  [...Array(21).keys()].map((i) => {
    const kind = i < 12 ? "across" : "down";
    return [`${kind}/${String(i).padStart(2, "0")}.png`, stripes(kind, i)];
  }),
);
const files = (tree: Readonly<Record<string, Uint8Array>>) =>
  Object.entries(tree).map(([path, bytes]) => ({ path, read: async () => bytes }));

async function streamed(options: ImageFolderOptions = {}, tree = TREE): Promise<StreamedFolder> {
  const folder = await imageFolder(files(tree), { ...options, memory: 0 });
  expect(isStreamedFolder(folder)).toBe(true);
  return folder as StreamedFolder;
}

/** What a small network comes to, and how it went. */
async function trained(
  training: Parameters<Sequential["fit"]>[0],
  validation?: Parameters<Sequential["fit"]>[0],
): Promise<readonly unknown[]> {
  const { inputs } = training as PictureStream;
  const shape = training instanceof PictureStream ? inputs.shape : inputs.shape.slice(1);
  const model = new Sequential(
    [new Flatten(), new Dense({ units: 8 }), new ReLU(), new Dense({ units: 2 })],
    {
      inputShape: shape,
      seed: 3,
      threads: 1,
    },
  );
  try {
    model.compile({
      optimizer: new SGD({ learningRate: 0.05 }),
      loss: softmaxCrossEntropy(),
      metrics: ["accuracy"],
    });
    const { epochs } = await model.fit(training, {
      ...{ epochs: 3, batchSize: 4 },
      ...(validation && { validationData: validation }),
    });
    return [await model.weightsHash(), epochs.map(({ seconds: _, ...record }) => record)];
  } finally {
    await model.close();
  }
}

it("streams what takes more memory than it may, and nothing else", async () => {
  // 21 pictures of 32x32 in colours, as different sizes become: 64,512 bytes; as they are kept, up to 64 each side, less.
  const bytes = 21 * 3 * 32 * 32;
  expect(isStreamedFolder(await imageFolder(files(TREE), { memory: bytes }))).toBe(false);
  const { training, ...form } = await streamed();
  expect(isStreamedFolder(await imageFolder(files(TREE), { memory: bytes - 1 }))).toBe(true);
  expect(form).toEqual({ skipped: [], height: 32, width: 32, channels: 3, colourless: 0 });
  const whole = await imageFolder(files(TREE));
  expect([training.classes, training.classNames, training.schema, training.scaling]).toEqual([
    whole.training.labels.data,
    whole.training.classNames,
    whole.training.schema,
    whole.training.scaling,
  ]);
  await expect(imageFolder(files(TREE), { memory: -1 })).rejects.toThrowErrorMatchingInlineSnapshot(
    `[ConfigError: pictures: memory must be an integer of at least 0, got -1.]`,
  );
});

it.for([{}, { size: 9 }, { channels: 1 }, { size: [7, 16], channels: 3 }] as ImageFolderOptions[])(
  "a network trained on a stream has the bits of one trained in memory: %j",
  async (options) => {
    const { training } = await imageFolder(files(TREE), options);
    expect(await trained((await streamed(options)).training)).toEqual(await trained(training));
  },
);

it("so has one with what was drawn, held out and varied", async () => {
  const variation = { kinds: ["flip", "turn", "cutout"], copies: 2, seed: 5 } as const;
  const { training: whole } = await imageFolder(files(TREE));
  const { training: stream } = await streamed();
  const [some, few] = [sampleDataset(whole, 17, 2), stream.sample(17, 2)];
  expect(few.classes).toEqual(some.labels.data);
  const { training, held } = holdOut(17, 0.25, 1, few.classes);
  const inMemory = varyPictures(pickSamples(some, training), variation);
  const read = few.pick(training).vary(variation);
  expect([read.samples, read.name]).toEqual([inMemory.inputs.shape[0], inMemory.name]);
  expect(await trained(read, few.pick(held))).toEqual(await trained(inMemory, pickSamples(some, held)));
});

it("asks the cache for each, and its file where the cache has forgotten it", async () => {
  const kept = new Map<string, Picture>();
  let decoded = 0;
  const cache = {
    get: async (path: string) => kept.get(path),
    put: async (path: string, picture: Picture) =>
      void (Number(path.slice(-6, -4)) % 2 && kept.set(path, picture)),
  };
  const counted = files(TREE).map(({ path, read }) => ({
    path,
    read: () => {
      decoded++;
      return read();
    },
  }));
  const { training } = (await imageFolder(counted, { cache, memory: 0 })) as StreamedFolder;
  expect(decoded).toBe(21);
  await trained(training);
  // Those of even numbers, eleven of them, in each of three epochs.
  expect(decoded).toBe(21 + 3 * 11);
});

it("says that a picture has changed since it was looked at, and tells folders apart", async () => {
  const tree: Record<string, Uint8Array> = { ...TREE };
  const changing = Object.keys(TREE).map((path) => ({ path, read: async () => tree[path]! }));
  const { training } = (await imageFolder(changing, { memory: 0 })) as StreamedFolder;
  tree["down/15.png"] = stripes("down", 16);
  await expect(trained(training)).rejects.toThrowErrorMatchingInlineSnapshot(
    `[DataError: down/15.png: is not the picture any more that it was when training began; leave the folder as it is until training is over, and begin again.]`,
  );
  const prints = [
    (await streamed()).training,
    (await streamed({}, { ...TREE, "down/15.png": stripes("down", 16) })).training,
    training.pick(Uint32Array.of(1, 2)),
    training.pick(Uint32Array.of(2, 1)),
    training.vary({ kinds: ["flip"], copies: 1, seed: 1 }),
    training.vary({ kinds: ["flip"], copies: 1, seed: 2 }),
  ].map(({ fingerprint }) => fingerprint);
  expect(new Set(prints).size).toBe(prints.length);
  expect(training.fingerprint).toBe(prints[0]);
});

it("reads no more when nobody waits", async () => {
  let read = 0;
  const { training } = await streamed();
  const waiting = new AbortController();
  const parts = files(TREE).map(({ path, read: from }) => ({
    path,
    read: () => {
      read++;
      waiting.abort();
      return from();
    },
  }));
  const stream = (await imageFolder(parts, { memory: 0 })) as StreamedFolder;
  read = 0;
  await stream.training.read(
    Uint32Array.from({ length: 21 }, (_, i) => i),
    waiting.signal,
  );
  expect([read, training.samples]).toEqual([0, 21]);
});
