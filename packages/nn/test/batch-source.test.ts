// Data that is read while a model is trained on it: the bits of data in memory, and nothing lost when it cannot be read.
import { describe, expect, it } from "vitest";
import { shuffledIndices } from "../src/data/shuffle.js";
import {
  Adam,
  type BatchSource,
  Concatenate,
  type Dataset,
  Dense,
  type FitOptions,
  Flatten,
  Input,
  meanSquaredError,
  model,
  ReLU,
  Sequential,
  SGD,
  type SourceValues,
  softmaxCrossEntropy,
} from "../src/index.js";
import { checkpoints } from "../src/model/checkpoint.js";
import { quarters } from "./support/tiny-data.js";

const SIDE = 256;
const SAMPLES = 150;
const BATCH = 8;
/** Seven batches of 8 samples of 64 KB and a label fit into 4 MB. */
const WINDOW = 56;
const CLASSES = 4;

/** 150 pictures of 64 KB of bytes, in which the class is a brightness: by a formula. */
const pictures: Dataset = {
  name: "pictures",
  inputs: {
    data: Uint8Array.from({ length: SAMPLES * SIDE * SIDE }, (_, i) => {
      const sample = Math.floor(i / SIDE / SIDE);
      return 40 * ((sample * 7) % CLASSES) + ((i * 31 + sample) % 50);
    }),
    shape: [SAMPLES, 1, SIDE, SIDE],
  },
  labels: { data: Uint8Array.from({ length: SAMPLES }, (_, i) => (i * 7) % CLASSES), shape: [SAMPLES] },
  scaling: { kind: "divide", by: 255 },
};

/** A dataset as a source, which counts what it is asked for. */
function streamed(
  { name, inputs, labels, scaling }: Dataset,
  before: (read: number, signal: AbortSignal) => void | Promise<void> = () => {},
): BatchSource & { readonly asked: number[][] } {
  const asked: number[][] = [];
  const picked = <T extends Uint8Array | Uint32Array | Float32Array>(
    data: T,
    shape: readonly number[],
    indices: Uint32Array,
  ): T => {
    const size = shape.slice(1).reduce((a, b) => a * b, 1);
    const parts = new (data.constructor as new (length: number) => T)(indices.length * size);
    indices.forEach((at, i) => {
      parts.set(data.subarray(at * size, (at + 1) * size), i * size);
    });
    return parts;
  };
  return {
    ...{ name, scaling, asked, samples: inputs.shape[0]! },
    inputs: { type: inputs.data instanceof Float32Array ? "f32" : "u8", shape: inputs.shape.slice(1) },
    labels: {
      type: labels.data instanceof Float32Array ? "f32" : labels.data instanceof Uint32Array ? "u32" : "u8",
      shape: labels.shape.slice(1),
    },
    async read(indices, signal) {
      asked.push([...indices]);
      await before(asked.length, signal);
      return {
        inputs: picked(inputs.data, inputs.shape, indices),
        labels: picked(labels.data, labels.shape, indices),
      };
    },
  };
}

function network({ threads = 1, side = SIDE } = {}): Sequential {
  const layers = [new Flatten(), new Dense({ units: 6 }), new ReLU(), new Dense({ units: CLASSES })];
  const options = { inputShape: [1, side, side], seed: 5, threads };
  return new Sequential(layers, options).compile({
    optimizer: new Adam({ learningRate: 0.001 }),
    loss: softmaxCrossEntropy(),
    metrics: ["accuracy"],
  });
}

async function trained(data: Dataset | BatchSource, options: FitOptions, threads = 1) {
  await using one = network({ threads });
  const { epochs } = await one.fit(data, options);
  const figures = epochs.map(({ seconds: _, ...record }) => record);
  return { figures, weights: await one.weightsHash(), evaluation: await one.evaluate(data) };
}

describe("a source", () => {
  it.each<[string, FitOptions, number]>([
    ["shuffled", { epochs: 2, batchSize: BATCH }, 1],
    ["in the given order, on two threads", { epochs: 2, batchSize: BATCH, shuffle: false }, 2],
    ["with a part held back", { epochs: 2, batchSize: 7, validationSplit: 0.3 }, 1],
    ["of which an epoch is not finished", { steps: 23, batchSize: BATCH }, 1],
    ["in one batch", { epochs: 2, batchSize: 200 }, 1],
  ])("gives the bits of the same data in memory: %s", async (_, options, threads) => {
    const whole = await trained(pictures, options);
    expect(await trained(streamed(pictures), options, threads)).toEqual(whole);
  });

  it("gives those of numbers that are scaled, and of targets", async () => {
    const table: Dataset = {
      name: "table",
      inputs: {
        data: Float32Array.from({ length: 90 }, (_, i) => Math.fround(Math.sin(i * i))),
        shape: [30, 3],
      },
      labels: { data: Float32Array.from({ length: 60 }, (_, i) => Math.fround(Math.cos(i))), shape: [30, 2] },
      scaling: { kind: "standard", center: [0.25, -0.5, 0], scale: [2, 0.5, 3], shift: [0.1, 0, -0.3] },
    };
    const hashes = [];
    for (const data of [table, streamed(table)]) {
      await using one = new Sequential([new Dense({ units: 2 })], { inputShape: [3], seed: 1, threads: 1 });
      one.compile({ optimizer: new SGD({ learningRate: 0.01 }), loss: meanSquaredError() });
      await one.fit(data, { epochs: 3, batchSize: 4, validationData: data });
      expect(one.scaling).toEqual(table.scaling);
      hashes.push([await one.weightsHash(), await one.evaluate(data, { batchSize: 7 })]);
    }
    expect(hashes[0]).toEqual(hashes[1]);
  });

  it("is asked for an epoch's order, for 4 MB at a time and for nothing that is not needed", async () => {
    const source = streamed(pictures);
    await using one = network();
    await one.fit(source, { steps: 19 + 10, batchSize: BATCH });
    const order = (epoch: number) => [...shuffledIndices(SAMPLES, 5, epoch)];
    expect(source.asked).toEqual([
      order(1).slice(0, WINDOW),
      order(1).slice(WINDOW, 2 * WINDOW),
      order(1).slice(2 * WINDOW),
      order(2).slice(0, WINDOW),
      order(2).slice(WINDOW, 10 * BATCH),
    ]);
  });

  it("reads on while the steps before are taken, and is not read twice at a time", async () => {
    let reading = 0;
    const source = streamed(pictures, async () => {
      expect(++reading).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 2));
      reading--;
    });
    await using one = network();
    const reads: number[] = [];
    await one.fit(source, {
      ...{ batchSize: BATCH, sliceMs: Number.POSITIVE_INFINITY },
      onSlice: () => void reads.push(source.asked.length),
    });
    // A slice a window, and one of the short batch: before a window's steps the next is asked for, as long as there is one.
    expect(reads).toEqual([2, 3, 3, 3]);
    expect(reading).toBe(0);
  });

  it("takes no more memory for more samples", async () => {
    const size = 256 * 1024;
    const many: BatchSource = {
      name: "many",
      samples: 400,
      inputs: { type: "u8", shape: [size] },
      labels: { type: "f32", shape: [1] },
      read: ({ length }) => ({ inputs: new Uint8Array(length * size), labels: new Float32Array(length) }),
    };
    const make = () =>
      new Sequential([new Dense({ units: 1 })], {
        ...{ inputShape: [size], threads: 1, maximumBytes: 48 * 1024 * 1024 },
      }).compile({ optimizer: new SGD({ learningRate: 0.1 }), loss: meanSquaredError() });
    await using one = make();
    // 100 MB through 48.
    expect((await one.fit(many, { batchSize: 4 })).steps).toBe(100);
    expect((await one.evaluate(many, { batchSize: 4 })).samples).toBe(400);
    const whole: Dataset = {
      ...{ name: "whole", scaling: { kind: "none" } },
      inputs: { data: new Uint8Array(400 * size), shape: [400, size] },
      labels: { data: new Float32Array(400), shape: [400, 1] },
    };
    await using other = make();
    await expect(other.fit(whole, { batchSize: 4 })).rejects.toMatchObject({ code: "memory" });
  });
});

describe("a source that fails", () => {
  const gone = new Error("the disk is gone");
  const failing = (at: number) =>
    streamed(pictures, (read) => {
      if (read === at) throw gone;
    });

  it("ends the fit with its error, after the steps on what was read", async () => {
    await using one = network();
    await expect(one.fit(failing(3), { epochs: 2, batchSize: BATCH })).rejects.toBe(gone);
    expect(one.steps).toBe((2 * WINDOW) / BATCH);
    await using before = network();
    await before.fit(pictures, { steps: one.steps, batchSize: BATCH });
    expect(await one.weightsHash()).toBe(await before.weightsHash());
    // And the model may be fitted again.
    expect((await one.fit(streamed(pictures), { batchSize: BATCH })).steps).toBe(19);
  });

  it("leaves a checkpoint from which the fit goes on to the same bits", async () => {
    const options = { epochs: 2, batchSize: BATCH };
    await using unbroken = network();
    await unbroken.fit(pictures, options);
    for (const [at, steps] of [
      [2, 7],
      [4, 19],
      [6, 33],
    ] as const) {
      let saved = new Uint8Array();
      const to = (bytes: Uint8Array) => {
        saved = bytes.slice();
      };
      await using one = network();
      await expect(
        one.fit(failing(at), { ...options, checkpoint: checkpoints({ to, everyEpochs: 5 }) }),
      ).rejects.toBe(gone);
      expect(one.steps).toBe(steps);
      await using again = network();
      const { epochs } = await again.fit(streamed(pictures), {
        ...options,
        checkpoint: checkpoints({ from: saved }),
      });
      expect(epochs).toHaveLength(2);
      expect(await again.weightsHash()).toBe(await unbroken.weightsHash());
    }
  });

  it("leaves one when it is the validation's", async () => {
    const options = { epochs: 3, batchSize: BATCH };
    const held = quarters(12);
    const small = quarters(22);
    await using unbroken = network({ side: 6 });
    const whole = await unbroken.fit(small, { ...options, validationData: streamed(held) });
    let saved = new Uint8Array();
    const to = (bytes: Uint8Array) => {
      saved = bytes.slice();
    };
    const second = streamed(held, (read) => {
      if (read === 2) throw gone;
    });
    await using one = network({ side: 6 });
    const checkpoint = checkpoints({ to, everyEpochs: 5 });
    await expect(one.fit(small, { ...options, validationData: second, checkpoint })).rejects.toBe(gone);
    await using again = network({ side: 6 });
    const from = checkpoints({ from: saved });
    const history = await again.fit(small, { ...options, validationData: streamed(held), checkpoint: from });
    const losses = ({ epochs }: typeof whole) =>
      epochs.map(({ loss, validationLoss }) => [loss, validationLoss]);
    expect(losses(history)).toEqual(losses(whole));
    expect(await again.weightsHash()).toBe(await unbroken.weightsHash());
  });

  it("tells both errors when no checkpoint can be left either", async () => {
    const full = new Error("the disk is full");
    const to = () => {
      throw full;
    };
    await using one = network();
    const fit = one.fit(failing(2), { batchSize: BATCH, checkpoint: checkpoints({ to }) });
    await expect(fit).rejects.toMatchObject({ errors: [gone, full] });
  });

  it("leaves an old checkpoint alone when nothing was learnt", async () => {
    let saves = 0;
    const to = () => {
      saves++;
    };
    await using one = network();
    await expect(one.fit(failing(1), { checkpoint: checkpoints({ to }) })).rejects.toBe(gone);
    expect(saves).toBe(0);
  });

  it("ends an evaluation with its error", async () => {
    await using one = network();
    await expect(one.evaluate(failing(1))).rejects.toBe(gone);
  });

  it("of which nobody needs the rest is not heard of", async () => {
    await using one = network();
    const callbacks = [{ everySteps: 3, batch: (_: unknown, { stop }: { stop(): void }) => stop() }];
    expect((await one.fit(failing(2), { batchSize: BATCH, callbacks })).steps).toBe(3);
  });
});

describe("a source and the fit's signal", () => {
  it("hears it while it reads, and the fit ends as one that was stopped", async () => {
    const stop = new AbortController();
    let ended = false;
    const source = streamed(pictures, async (read, signal) => {
      if (read < 2) return;
      await new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
      }).finally(() => {
        ended = true;
      });
    });
    let saved = new Uint8Array();
    const to = (bytes: Uint8Array) => {
      saved = bytes.slice();
    };
    await using one = network();
    const options = { epochs: 2, batchSize: BATCH };
    const history = await one.fit(source, {
      ...{ ...options, signal: stop.signal, checkpoint: checkpoints({ to }) },
      onSlice: ({ step }) => {
        // When the second read is waited for.
        if (step === WINDOW / BATCH) setTimeout(() => stop.abort(), 5);
      },
    });
    expect(history).toMatchObject({ aborted: true, steps: WINDOW / BATCH });
    expect(ended).toBe(true);
    await using again = network();
    await again.fit(streamed(pictures), { ...options, checkpoint: checkpoints({ from: saved }) });
    await using unbroken = network();
    await unbroken.fit(pictures, options);
    expect(await again.weightsHash()).toBe(await unbroken.weightsHash());
  });

  it("has no read going on when a fit is over", async () => {
    let reading = 0;
    const source = streamed(pictures, async () => {
      reading++;
      await new Promise((resolve) => setTimeout(resolve, 20));
      reading--;
    });
    await using one = network();
    const callbacks = [{ batch: (_: unknown, { stop }: { stop(): void }) => stop() }];
    await one.fit(source, { batchSize: BATCH, callbacks });
    expect(source.asked).toHaveLength(2);
    expect(reading).toBe(0);
  });
});

it("a source is known again by a checkpoint by what it says of itself", async () => {
  let saved = new Uint8Array();
  const to = (bytes: Uint8Array) => {
    saved = bytes.slice();
  };
  const data = quarters(22);
  await using one = network({ side: 6 });
  await one.fit({ ...streamed(data), fingerprint: "monday" }, { checkpoint: checkpoints({ to }) });
  await using again = network({ side: 6 });
  const checkpoint = checkpoints({ from: saved });
  await expect(
    again.fit({ ...streamed(data), fingerprint: "tuesday" }, { checkpoint }),
  ).rejects.toMatchObject({
    code: "checkpoint-data",
  });
});

describe("a model with two inputs", () => {
  const values = (seed: number, length: number) =>
    Float32Array.from({ length }, (_, i) => Math.fround(Math.sin(seed + 1.7 * i * i)));
  const [a, b, targets] = [values(1, 40), values(2, 60), values(3, 20)];
  const rows = (data: Float32Array, size: number, at: Uint32Array) =>
    Float32Array.from(
      { length: at.length * size },
      (_, i) => data[at[Math.floor(i / size)]! * size + (i % size)]!,
    );
  const pairs: BatchSource = {
    name: "pairs",
    samples: 20,
    inputs: [
      { type: "f32", shape: [2] },
      { type: "f32", shape: [3] },
    ],
    labels: { type: "f32", shape: [1] },
    read: (at) => ({ inputs: [rows(a!, 2, at), rows(b!, 3, at)], labels: rows(targets!, 1, at) }),
  };
  const joined: Dataset = {
    name: "joined",
    inputs: {
      data: Float32Array.from({ length: 100 }, (_, i) => {
        const [row, column] = [Math.floor(i / 5), i % 5];
        return column < 2 ? a![2 * row + column]! : b![3 * row + column - 2]!;
      }),
      shape: [20, 5],
    },
    labels: { data: targets!, shape: [20, 1] },
    scaling: { kind: "none" },
  };
  const two = () => {
    const inputs = [new Input({ shape: [2] }), new Input({ shape: [3] })];
    const outputs = new Dense({ units: 1 }).apply(new Concatenate().apply(inputs));
    return model({ inputs, outputs, seed: 4, threads: 1 });
  };

  it("is trained and evaluated as one whose input is both", async () => {
    await using whole = new Sequential([new Dense({ units: 1 })], { inputShape: [5], seed: 4, threads: 1 });
    await using parts = two();
    const compile = () => ({ optimizer: new Adam({ learningRate: 0.01 }), loss: meanSquaredError() });
    await whole.compile(compile()).fit(joined, { epochs: 4, batchSize: 6 });
    await parts.compile(compile()).fit(pairs, { epochs: 4, batchSize: 6 });
    expect(await parts.weightsHash()).toBe(await whole.weightsHash());
    expect(await parts.evaluate(pairs)).toEqual(await whole.evaluate(joined));
  });
});

describe("sources that do not fit", () => {
  const good = streamed(quarters(22));
  const reading = (values: unknown) => ({ ...good, read: () => values as SourceValues });
  const inputs = new Uint8Array(22 * 36);
  const labels = new Uint8Array(22);
  it.each<[code: string, message: string, source: unknown]>([
    [
      "samples-not-positive",
      "quarters: samples must be an integer of at least 1, got 0.",
      { ...good, samples: 0 },
    ],
    [
      "source-type",
      "quarters: expected inputs as { type, shape }",
      { ...good, inputs: { type: "f64", shape: [1, 6, 6] } },
    ],
    ["source-type", "quarters: expected labels as { type, shape }", { ...good, labels: undefined }],
    [
      "input-shape",
      "expects samples of shape [1, 6, 6], got [36].",
      { ...good, inputs: { type: "u8", shape: [36] } },
    ],
    [
      "input-shape",
      "[1, 6, 6], got [1, 6, 6] and [1].",
      { ...good, inputs: [good.inputs, { type: "u8", shape: [1] }], scaling: { kind: "none" } },
    ],
    [
      "scaling-invalid",
      "several inputs are taken as they are",
      { ...good, inputs: [good.inputs, good.inputs] },
    ],
    ["scaling-invalid", "quarters: ", { ...good, scaling: { kind: "divide", by: 0 } }],
    [
      "label-shape",
      "expected labels of shape [samples, 4], got [samples, 3].",
      { ...good, labels: { type: "f32", shape: [3] } },
    ],
    [
      "data-type",
      "inputs must be a Uint8Array or Uint8ClampedArray, got Float32Array",
      reading({ inputs: new Float32Array(22 * 36), labels }),
    ],
    ["data-type", "labels must be a Uint8Array", reading({ inputs })],
    ["data-type", "inputs must be a Uint8Array", reading(undefined)],
    [
      "size-mismatch",
      "inputs of shape [22, 1, 6, 6] need 792 values, got 791.",
      reading({ inputs: inputs.subarray(1), labels }),
    ],
    [
      "size-mismatch",
      "labels of shape [22] need 22 values, got 21.",
      reading({ inputs, labels: labels.subarray(1) }),
    ],
    [
      "label-out-of-range",
      "the label of sample 13 is 9, but with 4 classes",
      {
        ...good,
        read: (at: Uint32Array) => ({ inputs, labels: Uint8Array.from(at, (i) => (i === 12 ? 9 : 0)) }),
      },
    ],
    [
      "not-finite",
      "input value 8 of sample 4 is NaN",
      {
        ...good,
        inputs: { type: "f32", shape: [1, 6, 6] },
        read: (at: Uint32Array) => ({
          inputs: Float32Array.from({ length: 22 * 36 }, (_, i) =>
            at[Math.floor(i / 36)] === 3 && i % 36 === 7 ? Number.NaN : 0,
          ),
          labels,
        }),
      },
    ],
  ])("are refused: %s %s", async (code, message, source) => {
    await using one = network({ side: 6 });
    const refused = one.fit(source as BatchSource);
    await expect(refused).rejects.toMatchObject({ code });
    await expect(refused).rejects.toThrow(message);
  });
});
