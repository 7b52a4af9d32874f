import { describe, expect, it } from "vitest";
import { quarters } from "../../test/support/tiny-data.js";
import {
  Dense,
  Dropout,
  type EarlyStoppingOptions,
  earlyStopping,
  type FitOptions,
  Flatten,
  type History,
  Sequential,
  SGD,
  softmaxCrossEntropy,
} from "../index.js";
import { type CheckpointOptions, checkpoints } from "../model/checkpoint.js";

const DATA = quarters(22);
/** Every label is the next one's: what is learnt of DATA makes this worse. */
const WRONG = (() => {
  const data = quarters(12);
  return { ...data, labels: { ...data.labels, data: data.labels.data.map((label) => (label + 1) % 4) } };
})();
const FIT = { epochs: 12, batchSize: 8 } as const;

interface Trained {
  readonly history: History;
  readonly hash: string;
  /** After each epoch. */
  readonly hashes: readonly string[];
}

/** A rate so high that the loss goes up and down. */
async function train(
  stopping?: EarlyStoppingOptions,
  fit: FitOptions = {},
  checkpoint?: CheckpointOptions,
): Promise<Trained> {
  await using model = new Sequential([new Flatten(), new Dropout({ rate: 0.5 }), new Dense({ units: 4 })], {
    inputShape: [1, 6, 6],
    seed: 3,
    threads: 1,
  });
  model.compile({
    optimizer: new SGD({ learningRate: 1.5, momentum: 0.5 }),
    loss: softmaxCrossEntropy(),
    metrics: ["accuracy"],
  });
  const hashes: string[] = [];
  const history = await model.fit(DATA, {
    ...FIT,
    ...fit,
    callbacks: [
      ...(stopping ? [earlyStopping(stopping)] : []),
      { epochEnd: async () => void hashes.push(await model.weightsHash()) },
    ],
    ...(checkpoint && { checkpoint: checkpoints(checkpoint) }),
  });
  return { history, hash: await model.weightsHash(), hashes };
}

/** Keras' EarlyStopping.on_epoch_end over a list of figures: after how many epochs it stops, and which was the best; both from 1. */
function kerasStops(
  figures: readonly number[],
  { patience = 0, minDelta = 0, rises }: { patience?: number; minDelta?: number; rises: boolean },
): { epochs: number; best: number } {
  let best: number | undefined;
  let bestEpoch = 0;
  let wait = 0;
  for (const [epoch, current] of figures.entries()) {
    wait += 1;
    const improves = best === undefined || (rises ? current - minDelta > best : current + minDelta < best);
    if (improves) {
      best = current;
      bestEpoch = epoch;
      wait = 0;
      continue;
    }
    if (wait >= patience && epoch > 0) return { epochs: epoch + 1, best: bestEpoch + 1 };
  }
  return { epochs: figures.length, best: bestEpoch + 1 };
}

describe("earlyStopping", () => {
  it.each([
    { monitor: "loss" },
    { monitor: "loss", patience: 1 },
    { monitor: "loss", patience: 3 },
    { monitor: "loss", patience: 2, minDelta: 0.05 },
    { monitor: "loss", patience: 2, minDelta: 100 },
    { monitor: "accuracy", patience: 1 },
    { monitor: "accuracy", patience: 2, minDelta: 0.1 },
    { monitor: "validationLoss", patience: 2 },
    { monitor: "validationAccuracy", patience: 2 },
  ] as const)("stops where Keras does, and puts back the best weights: %o", async (options) => {
    const fit = { validationData: WRONG };
    const whole = await train(undefined, fit);
    const figures = whole.history.epochs.map((record) => record[options.monitor]!);
    const want = kerasStops(figures, { ...options, rises: options.monitor.endsWith("ccuracy") });
    const plain = await train(options, fit);
    expect(plain.history.epochs).toHaveLength(want.epochs);
    expect(plain.hash).toBe(whole.hashes[want.epochs - 1]);
    const restored = await train({ ...options, restoreBest: true }, fit);
    expect(restored.history.epochs).toHaveLength(want.epochs);
    expect(restored.hash).toBe(whole.hashes[want.best - 1]);
    if (want.epochs < FIT.epochs) {
      expect(restored.history.stopped).toBe(`${options.monitor} has not improved since epoch ${want.best}`);
    }
  });

  it("goes on from every checkpoint to the same stop and the same bits", async () => {
    const options = { monitor: "validationLoss", patience: 2, restoreBest: true } as const;
    const fit = { validationData: WRONG };
    const whole = await train(options, fit);
    expect(whole.history.stopped).toBeDefined();
    expect(whole.history.epochs.length).toBeGreaterThan(2);
    const kept: Uint8Array[] = [];
    const to = (bytes: Uint8Array) => void kept.push(bytes);
    expect((await train(options, fit, { everySteps: 1, everyEpochs: 1, to })).hash).toBe(whole.hash);
    expect(kept).toHaveLength(4 * whole.history.epochs.length);
    const timeless = ({ epochs, ...rest }: History) => [
      epochs.map(({ seconds: _, ...record }) => record),
      rest.steps,
      rest.stopped,
    ];
    for (const from of kept) {
      const resumed = await train(options, fit, { from });
      expect(resumed.hash).toBe(whole.hash);
      expect(timeless(resumed.history)).toEqual(timeless(whole.history));
    }
  });

  it("leaves the last weights where the signal stopped the fit", async () => {
    const stop = new AbortController();
    const fit = {
      signal: stop.signal,
      onEpochEnd: ({ epoch }: { epoch: number }) => epoch === 4 && stop.abort(),
    } as FitOptions;
    const stopped = await train({ monitor: "loss", patience: 9, restoreBest: true }, fit);
    expect(stopped.history).toMatchObject({ aborted: true });
    expect(stopped.hash).toBe(stopped.hashes[3]);
  });

  it("begins anew with every fit", async () => {
    const callback = earlyStopping({ monitor: "loss", patience: 1 });
    const lengths: number[] = [];
    for (let i = 0; i < 2; i++) {
      await using model = new Sequential([new Flatten(), new Dense({ units: 4 })], {
        inputShape: [1, 6, 6],
        threads: 1,
      });
      model.compile({ optimizer: new SGD({ learningRate: 1.5 }), loss: softmaxCrossEntropy() });
      lengths.push((await model.fit(DATA, { ...FIT, callbacks: [callback] })).steps);
    }
    expect(lengths[0]).toBe(lengths[1]);
  });

  it("refuses what it cannot watch", async () => {
    await expect(train({})).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: earlyStopping: expected a monitor among what this fit measures (loss, accuracy), got "validationLoss"; give fit a validationSplit or validationData, compile with metrics: ["accuracy"], or monitor another.]`,
    );
    expect(() => earlyStopping({ patience: -1 })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: earlyStopping: patience must be an integer of at least 0, got -1.]`,
    );
    expect(() => earlyStopping({ minDelta: -1 })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: earlyStopping: minDelta must be in [0, ∞), got -1.]`,
    );
    expect(() => earlyStopping({ mode: "down" as "min" })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: earlyStopping: mode must be one of "auto", "min", "max", got "down".]`,
    );
    await expect(train({ monitor: "val_loss" })).rejects.toMatchObject({ code: "not-monitored" });
  });
});
