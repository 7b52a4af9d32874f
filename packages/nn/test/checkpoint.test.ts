import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import {
  Adagrad,
  Adam,
  AMSGrad,
  BatchNorm,
  Conv2d,
  clipByGlobalNorm,
  cosineDecay,
  Dense,
  Dropout,
  decodeSafetensors,
  encodeSafetensors,
  type FitOptions,
  Flatten,
  type History,
  LAMB,
  Lion,
  l2,
  load,
  type Optimizer,
  optimizerClasses,
  ReLU,
  Sequential,
  SGD,
  softmaxCrossEntropy,
  stepDecay,
  takeSamples,
} from "../src/index.js";
import { crc32 } from "../src/io/crc32.js";
import { type CheckpointOptions, checkpoints, decodeCheckpoint } from "../src/model/checkpoint.js";
import { encodeCheckpoint } from "../src/model/checkpoint-file.js";
import type { FitPosition } from "../src/training/checkpointer.js";
import { quarters } from "./support/tiny-data.js";

const folder = await mkdtemp(join(tmpdir(), "loam-checkpoint-"));
afterAll(() => rm(folder, { recursive: true }));

/** 22 samples in batches of 8: two whole ones and a short one an epoch. */
const DATA = quarters(22);
const FIT = { epochs: 3, batchSize: 8 } as const;
const STEPS = 9;

interface Recipe {
  readonly optimizer: () => Optimizer;
  readonly layers?: () => ConstructorParameters<typeof Sequential>[0];
  readonly fit?: Partial<FitOptions>;
  readonly data?: typeof DATA;
  readonly seed?: number;
  readonly threads?: number;
  /** What happens to the model before. */
  readonly before?: (model: Sequential) => Promise<unknown>;
}

const layersWithDropout = () => [
  new Conv2d({ filters: 4, kernelSize: 3, kernelRegularizer: l2(0.001) }),
  new BatchNorm(),
  new ReLU(),
  new Dropout({ rate: 0.3 }),
  new Flatten(),
  new Dense({ units: 9 }),
  new Dropout({ rate: 0.2 }),
  new Dense({ units: 4 }),
];

interface Trained {
  readonly hash: string;
  readonly history: History;
  readonly steps: number;
}

async function train(recipe: Recipe, checkpoint?: CheckpointOptions): Promise<Trained> {
  const { optimizer, layers = layersWithDropout, fit, data = DATA, seed = 3, threads = 1, before } = recipe;
  await using model = new Sequential(layers(), { inputShape: [1, 6, 6], seed, threads });
  model.compile({ optimizer: optimizer(), loss: softmaxCrossEntropy(), metrics: ["accuracy"] });
  await before?.(model);
  const options = { ...FIT, ...fit, ...(checkpoint && { checkpoint: checkpoints(checkpoint) }) };
  const history = await model.fit(data, options);
  return { hash: await model.weightsHash(), history, steps: model.steps };
}

/** A history without its wall-clock columns. */
function timeless({ epochs, steps }: History) {
  return { epochs: epochs.map(({ seconds: _, ...rest }) => rest), steps };
}

/** Trains whole, keeping a checkpoint after every step, and goes on from each of them. */
async function expectSameFromEveryStep(recipe: Recipe, steps = STEPS): Promise<void> {
  const { before: _, ...afresh } = recipe;
  const whole = await train(recipe);
  const kept: Uint8Array[] = [];
  const keeping = await train(recipe, {
    everySteps: 1,
    everyEpochs: 1,
    to: (bytes) => {
      kept.push(bytes);
    },
  });
  expect(keeping.hash, "keeping checkpoints changes nothing").toBe(whole.hash);
  expect(timeless(keeping.history)).toEqual(timeless(whole.history));
  expect(new Set(kept.map((bytes) => decodeCheckpoint(bytes).position.step)).size).toBe(steps);
  for (const bytes of kept) {
    const { epoch, step } = decodeCheckpoint(bytes).position;
    const resumed = await train(afresh, { from: bytes });
    expect(resumed.hash, `from step ${step}, epoch ${epoch}`).toBe(whole.hash);
    expect(timeless(resumed.history), `from step ${step}, epoch ${epoch}`).toEqual(timeless(whole.history));
    expect(resumed.steps).toBe(whole.steps);
  }
}

/** Every optimizer with its defaults, and some with options. */
const optimizers: Readonly<Record<string, () => Optimizer>> = {
  ...Object.fromEntries(
    Object.entries(optimizerClasses).map(([name, Class]) => [name, () => new Class({} as never)]),
  ),
  SGD: () => new SGD({ learningRate: 0.1 }),
  "SGD with momentum": () => new SGD({ learningRate: 0.05, momentum: 0.9 }),
  "SGD with nesterov and decay": () =>
    new SGD({ learningRate: 0.05, momentum: 0.9, nesterov: true, weightDecay: 0.01 }),
  Adagrad: () => new Adagrad({ initialAccumulator: 0.1 }),
  AMSGrad: () => new AMSGrad({ clipping: clipByGlobalNorm(0.1) }),
  Lion: () => new Lion({ weightDecay: 0.1 }),
  LAMB: () =>
    new LAMB({ weightDecay: 0.1, emaMomentum: 0.9, groups: [{ parameters: "*bias", weightDecay: 0 }] }),
};

describe("a fit that goes on from a checkpoint ends where the whole one does", () => {
  it.each(Object.entries(optimizers))("%s, from every step", async (_, optimizer) => {
    await expectSameFromEveryStep({ optimizer });
  });

  it("with a schedule, a validation split and no shuffling", async () => {
    const learningRate = cosineDecay({ learningRate: 0.01, steps: 8 });
    await expectSameFromEveryStep({
      optimizer: () => new Adam({ learningRate }),
      fit: { validationSplit: 0.1, shuffle: false },
    });
  });

  it("with validation data, on a model that had been trained before", async () => {
    await expectSameFromEveryStep({
      optimizer: () => new Adam({ learningRate: stepDecay({ learningRate: 0.01, every: 4 }) }),
      fit: { validationData: quarters(10) },
      before: (model) => model.fit(quarters(30), { batchSize: 7 }),
    });
  });

  it("on two threads, from one thread", async () => {
    const recipe = { optimizer: () => new Adam() };
    const kept: Uint8Array[] = [];
    const whole = await train(
      { ...recipe, threads: 2 },
      { everySteps: 4, to: (bytes) => void kept.push(bytes) },
    );
    expect((await train(recipe, { from: kept[0]! })).hash).toBe(whole.hash);
  });

  it("when the signal stops it anywhere, as often as one likes", async () => {
    const recipe = { optimizer: () => new Adam(), fit: { sliceSteps: 1, validationSplit: 0.1 } };
    const whole = await train(recipe);
    const path = join(folder, "stopped.safetensors");
    let from: string | undefined;
    for (let sessions = 1; ; sessions++) {
      const stop = new AbortController();
      const fit = { ...recipe.fit, signal: stop.signal, onSlice: () => stop.abort() };
      const { history, hash } = await train({ ...recipe, fit }, { to: path, ...(from && { from }) });
      from = path;
      if (history.steps < STEPS) continue;
      if (history.aborted && history.epochs.at(-1)!.validationLoss === undefined) continue;
      expect(sessions).toBeGreaterThan(STEPS - 1);
      expect(hash).toBe(whole.hash);
      expect(timeless(history)).toEqual(timeless(whole.history));
      break;
    }
    expect(await readdir(folder)).toEqual(["stopped.safetensors"]);
  });

  it("when a part of an epoch was asked for, and then more", async () => {
    const recipe = { optimizer: () => new Adam() };
    const whole = await train(recipe);
    let bytes: Uint8Array = new Uint8Array();
    await train(
      { ...recipe, fit: { steps: 5 } },
      {
        to: (last) => {
          bytes = last;
        },
      },
    );
    const longer = await train(recipe, { from: bytes });
    expect(longer.hash).toBe(whole.hash);
    expect(timeless(longer.history)).toEqual(timeless(whole.history));
  });

  it("with the learning rate that somebody set on the way", async () => {
    const whole = { optimizer: () => new SGD({ learningRate: 0.1 }) };
    const kept: Uint8Array[] = [];
    const slower: Partial<FitOptions> = {};
    const make = () => {
      const optimizer = new SGD({ learningRate: 0.1 });
      Object.assign(slower, {
        onEpochEnd: ({ epoch }: { epoch: number }) => {
          if (epoch === 1) optimizer.learningRate = 0.01;
        },
      });
      return optimizer;
    };
    const changed = await train({ optimizer: make, fit: slower }, { to: (bytes) => void kept.push(bytes) });
    expect(changed.hash).not.toBe((await train(whole)).hash);
    const later = kept.find((bytes) => decodeCheckpoint(bytes).position.step === 6)!;
    expect((await train(whole, { from: later })).hash).toBe(changed.hash);
  });
});

describe("checkpoints", () => {
  /** The steps that a fit of nine leaves checkpoints of. */
  const keptSteps = async (options: CheckpointOptions, fit?: Partial<FitOptions>): Promise<number[]> => {
    const steps: number[] = [];
    const to = (bytes: Uint8Array) => void steps.push(decodeCheckpoint(bytes).position.step);
    await train({ optimizer: () => new SGD(), ...(fit && { fit }) }, { ...options, to });
    return steps;
  };

  it("come when they are due, and at the end", async () => {
    expect(await keptSteps({})).toEqual([3, 6, 9]);
    expect(await keptSteps({ everySteps: 4 })).toEqual([4, 8, 9]);
    expect(await keptSteps({ everyEpochs: 2 })).toEqual([6, 9]);
    expect(await keptSteps({ everySteps: 100 })).toEqual([9]);
    expect(await keptSteps({}, { steps: 5 })).toEqual([3, 5]);
    expect(await keptSteps({ everySteps: 1, pauseSeconds: 1000 })).toEqual([1, 9]);
  });

  it("are model files too", async () => {
    const path = join(folder, "model.safetensors");
    const { hash } = await train({ optimizer: () => new Adam() }, { to: path });
    await using model = await load(path, { threads: 1 });
    expect(await model.weightsHash()).toBe(hash);
    expect(model.scaling).toEqual(DATA.scaling);
    expect(model.classNames).toEqual(DATA.classNames);
    const names = [...decodeSafetensors(await readFile(path)).tensors.keys()];
    expect(names).toContain("conv2d1/kernel");
    expect(names).toContain("optimizer/m/conv2d1/kernel");
    expect(names).toContain("optimizer/v/dense2/bias");
    // Eight variables with two slots each, and two of state.
    expect(names).toHaveLength(3 * 8 + 2);
  });

  it("take as long as they are large to write, however deep a record is", async () => {
    const { bytes } = await oneCheckpoint();
    const { position, ...rest } = decodeCheckpoint(bytes);
    const deep = JSON.parse(`${"[".repeat(2000)}${"]".repeat(2000)}`);
    const began = process.cpuUsage();
    encodeCheckpoint({ ...rest, position: { ...position, records: [deep] } });
    expect(process.cpuUsage(began).user / 1e6).toBeLessThan(1);
  });

  it("warn of another version and another binary, and go on", async () => {
    const { bytes, whole } = await oneCheckpoint();
    const other = encodeCheckpoint({ ...decodeCheckpoint(bytes), loam: "0.0.9", binary: "relaxed" });
    const warnings: string[] = [];
    const resumed = await train(ADAM, { from: other, onWarning: (sentence) => warnings.push(sentence) });
    expect(resumed.hash).toBe(whole.hash);
    expect(warnings.map((one) => one.replace(/is \d+\.\d+\.\d+/, "is VERSION"))).toMatchInlineSnapshot(`
      [
        "checkpoint: was written by Loam 0.0.9, and this is VERSION; what follows may differ from an uninterrupted run in the last bits.",
        "checkpoint: was made with the relaxed binary, and this is the plain one; what follows may differ from an uninterrupted run in the last bits.",
      ]
    `);
  });
});

const ADAM: Recipe = { optimizer: () => new Adam() };

async function oneCheckpoint(): Promise<{ bytes: Uint8Array; whole: Trained }> {
  const kept: Uint8Array[] = [];
  const whole = await train(ADAM, { everySteps: 4, to: (bytes) => void kept.push(bytes) });
  return { bytes: kept[0]!, whole };
}

/** A checkpoint whose JSON somebody changed. */
function edited(bytes: Uint8Array, edit: (checkpoint: Record<string, unknown>) => void): Uint8Array {
  const { tensors, metadata } = decodeSafetensors(bytes);
  const checkpoint = JSON.parse(metadata.checkpoint!);
  edit(checkpoint);
  return encodeSafetensors({ tensors, metadata: { ...metadata, checkpoint: JSON.stringify(checkpoint) } });
}

describe("a fit refuses to go on", () => {
  async function refusal(recipe: Recipe, from: Uint8Array | string): Promise<string> {
    return train(recipe, { from }).then(
      () => "nothing thrown",
      ({ code, message }) => `${code}: ${message.replaceAll(folder, "FOLDER")}`,
    );
  }

  it("with another configuration, naming all that differs", async () => {
    const { bytes } = await oneCheckpoint();
    expect(await refusal({ optimizer: () => new SGD() }, bytes)).toMatchInlineSnapshot(
      `"checkpoint-configuration: checkpoint: this run is not the checkpoint's: optimizer.name was "Adam" and is "SGD"; optimizer.learningRate was 0.001 and is 0.01; optimizer.beta1 was 0.9 and is not given; optimizer.beta2 was 0.999 and is not given; optimizer.epsilon was 1e-8 and is not given; optimizer.momentum was not given and is 0; optimizer.nesterov was not given and is false; make them agree, or begin anew without it."`,
    );
    expect(
      await refusal({ ...ADAM, seed: 4, fit: { batchSize: 11, validationSplit: 0.5 } }, bytes),
    ).toMatchInlineSnapshot(
      `"checkpoint-configuration: checkpoint: this run is not the checkpoint's: batchSize was 8 and is 11; seed was 3 and is 4; validationSplit was not given and is 0.5; make them agree, or begin anew without it."`,
    );
    const smaller = () => [new Flatten(), new Dense({ units: 4 })];
    expect(await refusal({ ...ADAM, layers: smaller }, bytes)).toMatch(/^checkpoint-configuration: /);
  });

  it("with other data", async () => {
    const { bytes } = await oneCheckpoint();
    const data = takeSamples(quarters(23), 1, 23);
    expect(await refusal({ ...ADAM, data }, bytes)).toMatchInlineSnapshot(
      `"checkpoint-data: checkpoint: the training data is not what the checkpoint was made with; give the same data, or begin anew without it."`,
    );
    expect(await refusal({ ...ADAM, fit: { validationData: data } }, bytes)).toMatchInlineSnapshot(
      `"checkpoint-data: checkpoint: the validation data is not what the checkpoint was made with; give the same data, or begin anew without it."`,
    );
    const relabelled = { ...DATA, labels: { ...DATA.labels, data: Uint32Array.from(DATA.labels.data) } };
    expect(await refusal({ ...ADAM, data: relabelled }, bytes)).toMatch(/^checkpoint-data: /);
  });

  it("from what is no whole checkpoint", async () => {
    const { bytes } = await oneCheckpoint();
    const path = join(folder, "cut.safetensors");
    await writeFile(path, bytes.subarray(0, bytes.length - 8));
    expect(await refusal(ADAM, path)).toMatchInlineSnapshot(
      `"safetensors-offsets: FOLDER/cut.safetensors: its header claims 8108 bytes of data, but 8100 are there; it is damaged or cut short."`,
    );
    for (let length = 0; length < bytes.length; length += 97) {
      expect(await refusal(ADAM, bytes.subarray(0, length))).toMatch(/^safetensors-\w+: checkpoint: .+\.$/);
    }
    expect(await refusal(ADAM, join(folder, "none"))).toMatchInlineSnapshot(
      `"file-missing: FOLDER/none: there is no such file."`,
    );
    const flipped = Uint8Array.from(bytes);
    flipped[bytes.length - 100]! ^= 1;
    expect(await refusal(ADAM, flipped)).toMatchInlineSnapshot(
      `"checkpoint-invalid: checkpoint: its numbers are not those that were written; it is damaged or from a later version of Loam."`,
    );
    const { tensors, metadata } = decodeSafetensors(bytes);
    const { checkpoint: _, ...rest } = metadata;
    expect(await refusal(ADAM, encodeSafetensors({ tensors, metadata: rest }))).toMatchInlineSnapshot(
      `"not-a-checkpoint: checkpoint: holds tensors but no state of a training run; expected a file that \`checkpoints\` wrote."`,
    );
    const slotless = encodeCheckpoint({ ...decodeCheckpoint(bytes), slots: new Map() });
    expect(await refusal(ADAM, slotless)).toMatchInlineSnapshot(
      `"checkpoint-invalid: checkpoint: its tensors are not those of its own configuration; it is damaged, take an earlier one."`,
    );
    const { position: right } = decodeCheckpoint(bytes);
    expect(right).toMatchObject({ step: 4, epoch: 2, epochStep: 1 });
    const wrongPlaces = [{ step: 5 }, { epoch: 3 }, { epochStep: 2 }, { records: [] }, { step: 106 }];
    for (const position of [{}, { step: -1 }, ...wrongPlaces.map((place) => ({ ...right, ...place }))]) {
      const wrong = encodeCheckpoint({
        ...decodeCheckpoint(bytes),
        position: { ...position } as FitPosition,
      });
      expect(await refusal(ADAM, wrong)).toMatch(/^checkpoint-invalid: checkpoint: has no position/);
    }
  });

  it("whose settings or figures somebody changed, and any bit of its header", async () => {
    const { bytes } = await oneCheckpoint();
    const { tensors, metadata } = decodeSafetensors(bytes);
    const edits: ((checkpoint: Record<string, unknown>) => void)[] = [
      (checkpoint) => Object.assign(checkpoint, { learningRate: 0.002 }),
      (checkpoint) => Object.assign(checkpoint, { loam: "0.0.9" }),
      (checkpoint) => Object.assign(checkpoint.position as object, { lossSum: 7 }),
      (checkpoint) => Object.assign(checkpoint.position as object, { startStep: 1 }),
      (checkpoint) => Object.assign(checkpoint, { version: 1 }),
      (checkpoint) => Object.assign(checkpoint, { version: 3 }),
    ];
    for (const edit of edits) {
      expect(await refusal(ADAM, edited(bytes, edit))).toMatch(/^checkpoint-invalid: /);
    }
    for (const key of ["loam", "checksum"] as const) {
      const { [key]: _, ...rest } = metadata;
      expect(() => decodeCheckpoint(encodeSafetensors({ tensors, metadata: rest }))).toThrow(
        "not those that were written",
      );
    }
    const before = JSON.stringify(decodeCheckpoint(bytes));
    const header = 8 + new DataView(bytes.buffer).getUint32(0, true);
    const read = (changed: Uint8Array): string => {
      try {
        return JSON.stringify(decodeCheckpoint(changed));
      } catch (error) {
        expect(error).toMatchObject({ name: "FormatError" });
        return "";
      }
    };
    let refused = 0;
    for (let at = 0; at < header; at += 11) {
      const changed = Uint8Array.from(bytes);
      changed[at]! ^= 1 << (at % 8);
      const after = read(changed);
      if (after === "") refused++;
      // The spaces that fill a header up mean nothing.
      else expect(after, `byte ${at}`).toBe(before);
    }
    expect(refused).toBeGreaterThan(header / 13);
  });

  it("reads a file of the version without a checksum, with a warning", async () => {
    const { bytes, whole } = await oneCheckpoint();
    const { tensors, metadata } = decodeSafetensors(bytes);
    const { checksum: _, ...rest } = metadata;
    const numbers = [...tensors.keys()]
      .sort()
      .reduce((sum, name) => crc32(new Uint8Array(tensors.get(name)!.data.buffer), sum), 0);
    const checkpoint = JSON.stringify({ ...JSON.parse(rest.checkpoint!), version: 1, checksum: numbers });
    const old = encodeSafetensors({ tensors, metadata: { ...rest, checkpoint } });
    const warnings: string[] = [];
    const resumed = await train(ADAM, { from: old, onWarning: (sentence) => warnings.push(sentence) });
    expect(resumed.hash).toBe(whole.hash);
    expect(warnings).toEqual([
      "checkpoint: an earlier version of Loam wrote it, with no checksum of its settings and figures.",
    ]);
  });

  it("with options that are not allowed", () => {
    expect(() => checkpoints({ everySteps: 0 })).toThrow(
      "checkpoints: everySteps must be an integer of at least 1, got 0.",
    );
    expect(() => checkpoints({ everyEpochs: 1.5 })).toThrow("everyEpochs");
    expect(() => checkpoints({ every: 3 } as never)).toThrow('got "every"');
  });
});

describe("the best checkpoint", () => {
  /** After the second epoch a rate at which weights explode, and stay finite. */
  const exploding: Recipe = {
    optimizer: () => new SGD({ learningRate: 0.1 }),
    layers: () => [new Flatten(), new Dense({ units: 4 })],
    fit: {
      callbacks: [
        {
          epochEnd({ epoch }, { optimizer }) {
            if (epoch === 2) optimizer.learningRate = 1e10;
          },
        },
      ],
    },
  };
  const stepOf = (bytes: Uint8Array | undefined) => bytes && decodeCheckpoint(bytes).position.step;

  it("stays when weights explode and are finite, also at the last step before one", async () => {
    const kept: { best: Uint8Array[]; to: Uint8Array[] } = { best: [], to: [] };
    const into = {
      best: (bytes: Uint8Array) => void kept.best.push(bytes),
      to: (bytes: Uint8Array) => void kept.to.push(bytes),
    };
    const { history } = await train({ ...exploding, fit: { ...exploding.fit, epochs: 4 } }, into);
    const losses = history.epochs.map(({ loss }) => loss);
    expect(losses[1]).toBeLessThan(losses[0]!);
    expect(losses[2]).toBeGreaterThan(1e6);
    expect(losses[3]).toBeGreaterThan(1e6);
    // The first is the best at first, and was followed by the lowest loss; of the one after the second the third epoch says nothing good.
    expect([kept.best.map(stepOf), kept.to.map(stepOf)]).toEqual([
      [3, 3],
      [3, 6, 9, 12],
    ]);
    expect(kept.best).toEqual([kept.to[0], kept.to[0]]);
    // What goes on from a worse one knows how good the best was.
    kept.best.length = 0;
    await train({ ...exploding, fit: { ...exploding.fit, epochs: 4 } }, { ...into, from: kept.to.at(-2)! });
    expect(kept.best).toEqual([]);
  });

  it("is judged by the loss on the validation data", async () => {
    const best: Uint8Array[] = [];
    const { history } = await train(
      { ...exploding, fit: { ...exploding.fit, validationData: quarters(8), epochs: 4 } },
      { everySteps: 1, everyEpochs: 1, best: (bytes) => void best.push(bytes) },
    );
    const losses = history.epochs.map(({ validationLoss }) => validationLoss!);
    const lowest = losses.flatMap((loss, i) =>
      losses.slice(0, i).every((other) => loss < other) ? [i + 1] : [],
    );
    expect(best.map(stepOf)).toEqual(lowest.map((epoch) => 3 * epoch));
  });
});
