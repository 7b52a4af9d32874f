import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { quarters } from "../../../test/support/tiny-data.js";
import {
  type Callback,
  Dense,
  type FitOptions,
  Flatten,
  load,
  loadModel,
  type Metric,
  ops,
  Sequential,
  SGD,
  softmaxCrossEntropy,
} from "../../index.js";
import { type CheckpointOptions, checkpoints } from "../checkpoint.js";
import { crc32c, scalarEvent } from "./event-file.js";
import { csvLog, modelCheckpoint, tensorBoard } from "./index.js";

const folder = await mkdtemp(join(tmpdir(), "loam-callbacks-"));
afterAll(() => rm(folder, { recursive: true }));

const DATA = quarters(22);

/** The mean of the largest logits, under a name that a table must quote. */
const peak: Metric = {
  name: "peak, mean",
  variables: { sum: { shape: [] } },
  update: (prediction) => ({ sum: ops.sum(ops.max(prediction, { axes: [-1] })) }),
  result: ({ sum }, samples) => sum![0]! / samples,
};

/** At a rate so high that losses go up and down. */
async function train(callbacks: Callback[], fit: FitOptions = {}, checkpoint?: CheckpointOptions) {
  await using model = new Sequential([new Flatten(), new Dense({ units: 4 })], {
    ...{ inputShape: [1, 6, 6], seed: 3, threads: 1 },
  });
  const optimizer = new SGD({ learningRate: 1.5, momentum: 0.5 });
  model.compile({ optimizer, loss: softmaxCrossEntropy(), metrics: ["accuracy", peak] });
  const hashes: string[] = [];
  const { epochs } = await model.fit(DATA, {
    ...{ epochs: 6, batchSize: 8, validationSplit: 0.4 },
    ...fit,
    callbacks: [...callbacks, { epochEnd: async () => void hashes.push(await model.weightsHash()) }],
    ...(checkpoint && { checkpoint: checkpoints(checkpoint) }),
  });
  return { epochs, hashes };
}

async function hashOf(file: Uint8Array): Promise<string> {
  await using model = await loadModel(file, { threads: 1 });
  return model.weightsHash();
}

/** Goes on, after so many steps, with callbacks made anew. */
async function inTwo<T>(steps: number, make: () => Callback[], run: (checkpoint?: CheckpointOptions) => T) {
  let kept = new Uint8Array();
  await train(
    make(),
    { steps },
    {
      to: (bytes) => {
        kept = bytes.slice();
      },
    },
  );
  return run({ from: kept });
}

describe("csvLog", () => {
  it("has a row an epoch, with every figure under its name, and goes on from a checkpoint", async () => {
    const path = join(folder, "log.csv");
    const { epochs } = await train([csvLog({ to: path, separator: ";" })]);
    const want = epochs.map(({ epoch, steps, loss, accuracy, metrics: own, ...rest }) =>
      [
        ...[epoch, steps, loss, accuracy, own!["peak, mean"], rest.validationLoss, rest.validationAccuracy],
        ...[rest.validationMetrics!["peak, mean"], rest.learningRate, rest.seconds],
      ].join(";"),
    );
    const header =
      "epoch;steps;loss;accuracy;peak, mean;validationLoss;validationAccuracy;validationPeak, mean;learningRate;seconds";
    expect(await readFile(path, "utf8")).toBe(`${[header, ...want].join("\n")}\n`);
    let text = "";
    const log = () => [
      csvLog({
        to: (all) => {
          text = all;
        },
      }),
    ];
    await inTwo(5, log, (from) => train(log(), {}, from));
    const rows = text.trimEnd().split("\n");
    expect(rows[0]).toContain(',"peak, mean",validationLoss,');
    expect(rows.slice(1).map((row) => row.split(",").slice(0, -1).join(";"))).toEqual(
      want.map((row) => row.slice(0, row.lastIndexOf(";"))),
    );
  });
});

describe("modelCheckpoint", () => {
  it("keeps every model, or the best so far by any figure, also over a checkpoint", async () => {
    const all: string[] = [];
    const files: Uint8Array[] = [];
    const path = join(folder, "model-{epoch}.safetensors");
    const { epochs, hashes } = await train([
      modelCheckpoint({ to: path, name: "all" }),
      modelCheckpoint({
        ...{ saveBestOnly: true, monitor: "validationPeak, mean", mode: "min", minDelta: 0.01 },
        to: async (file, { epoch }) => {
          all.push(String(epoch));
          files.push(file);
        },
      }),
    ]);
    for (const epoch of [1, 6]) {
      await using model = await load(join(folder, `model-${epoch}.safetensors`));
      expect(await model.weightsHash()).toBe(hashes[epoch - 1]);
    }
    let best = Number.POSITIVE_INFINITY;
    const improved = epochs.filter(({ validationMetrics }) => {
      const value = validationMetrics!["peak, mean"]!;
      if (value + 0.01 >= best) return false;
      best = value;
      return true;
    });
    expect(all).toEqual(improved.map(({ epoch }) => String(epoch)));
    expect(await hashOf(files.at(-1)!)).toBe(hashes[improved.at(-1)!.epoch - 1]);
    const kept: number[] = [];
    const best2 = () => [
      modelCheckpoint({ saveBestOnly: true, monitor: "loss", to: (_, { epoch }) => void kept.push(epoch) }),
    ];
    await train(best2());
    const whole = [...kept];
    kept.length = 0;
    await inTwo(4, best2, (from) => train(best2(), {}, from));
    expect([...new Set(kept)]).toEqual(whole);
  });

  it("asks for a figure only where it needs one", async () => {
    const options = { to: () => {}, monitor: "validationF1Score" };
    await train([modelCheckpoint(options)], { epochs: 1 });
    await expect(train([modelCheckpoint({ ...options, saveBestOnly: true })])).rejects.toMatchObject({
      code: "not-monitored",
    });
  });
});

/** The scalars of an event file, by the formats of TFRecord and protocol buffers. */
function readEvents(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const events: { version?: string; step: number; scalars: Record<string, number> }[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = Number(view.getBigUint64(at, true));
    const sum = (from: number, to: number) => {
      const crc = BigInt(crc32c(bytes.subarray(from, to)));
      return Number((((crc >> 15n) | (crc << 17n)) + 0xa282ead8n) & 0xffff_ffffn);
    };
    expect(view.getUint32(at + 8, true)).toBe(sum(at, at + 8));
    expect(view.getUint32(at + 12 + length, true)).toBe(sum(at + 12, at + 12 + length));
    const event = fieldsOf(bytes.slice(at + 12, at + 12 + length));
    const scalars: Record<string, number> = {};
    for (const value of event[5] ? (fieldsOf(event[5][0] as Uint8Array)[1] ?? []) : []) {
      const { 1: tag, 2: number } = fieldsOf(value as Uint8Array);
      scalars[new TextDecoder().decode(tag![0] as Uint8Array)] = new DataView(
        (number![0] as Uint8Array).buffer,
      ).getFloat32(0, true);
    }
    const version = event[3] && new TextDecoder().decode(event[3][0] as Uint8Array);
    events.push({ ...(version && { version }), step: (event[2]?.[0] as number) ?? 0, scalars });
    at += length + 16;
  }
  return events;
}

function fieldsOf(bytes: Uint8Array): Record<number, (number | Uint8Array)[]> {
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++]!;
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
  };
  const fields: Record<number, (number | Uint8Array)[]> = {};
  while (at < bytes.length) {
    const tag = varint();
    const wire = tag & 7;
    const size = wire === 1 ? 8 : wire === 5 ? 4 : wire === 2 ? varint() : 0;
    const value = wire === 0 ? varint() : bytes.slice(at, at + size);
    at += size;
    fields[tag >> 3] = [...(fields[tag >> 3] ?? []), value];
  }
  return fields;
}

describe("tensorBoard", () => {
  it("writes what TensorBoard reads, training and validation apart, a file each", async () => {
    const to = join(folder, "board");
    const { epochs } = await train([tensorBoard({ to })]);
    for (const run of ["train", "validation"] as const) {
      const [file, ...more] = await readdir(join(to, run));
      expect(more).toEqual([]);
      expect(file).toMatch(/tfevents\.\d{10}\.loam/);
      const [first, ...events] = readEvents(new Uint8Array(await readFile(join(to, run, file!))));
      expect(first).toEqual({ version: "brain.Event:2", step: 0, scalars: {} });
      const want = epochs.map((record) => ({
        step: record.steps,
        scalars:
          run === "train"
            ? {
                epoch_loss: record.loss,
                epoch_accuracy: record.accuracy!,
                "epoch_peak, mean": record.metrics!["peak, mean"]!,
                epoch_learning_rate: record.learningRate,
              }
            : {
                epoch_loss: record.validationLoss!,
                epoch_accuracy: record.validationAccuracy!,
                "epoch_peak, mean": record.validationMetrics!["peak, mean"]!,
              },
      }));
      const narrow = (scalars: Record<string, number>) =>
        Object.fromEntries(Object.entries(scalars).map(([tag, value]) => [tag, Math.fround(value)]));
      expect(events).toEqual(want.map(({ step, scalars }) => ({ step, scalars: narrow(scalars) })));
    }
  });

  it("has the checksum of RFC 3720, and steps beyond 32 bits", () => {
    expect(crc32c(new TextEncoder().encode("123456789"))).toBe(0xe306_9283);
    expect(crc32c(new Uint8Array(32))).toBe(0x8a91_36aa);
    const step = 2 ** 40 + 5;
    expect(readEvents(scalarEvent(1.5, step, [{ tag: "a", value: -0.5 }]))).toEqual([
      { step, scalars: { a: -0.5 } },
    ]);
  });
});
