import { describe, expect, it } from "vitest";
import { quarters } from "../../test/support/tiny-data.js";
import {
  cosineDecay,
  Dense,
  earlyStopping,
  type FitOptions,
  Flatten,
  type ReduceOnPlateauOptions,
  reduceOnPlateau,
  Sequential,
  SGD,
  softmaxCrossEntropy,
} from "../index.js";
import { type CheckpointOptions, checkpoints } from "../model/checkpoint.js";

const DATA = quarters(22);

async function train(options: ReduceOnPlateauOptions, fit: FitOptions = {}, checkpoint?: CheckpointOptions) {
  await using model = new Sequential([new Flatten(), new Dense({ units: 4 })], {
    ...{ inputShape: [1, 6, 6], seed: 3, threads: 1 },
  });
  const optimizer = new SGD({ learningRate: 1.5, momentum: 0.5 });
  model.compile({ optimizer, loss: softmaxCrossEntropy(), metrics: ["accuracy"] });
  const { epochs } = await model.fit(DATA, {
    ...{ epochs: 14, batchSize: 8, validationSplit: 0.4 },
    ...fit,
    callbacks: [reduceOnPlateau(options)],
    ...(checkpoint && { checkpoint: checkpoints(checkpoint) }),
  });
  return { epochs, hash: await model.weightsHash() };
}

/** Keras' ReduceLROnPlateau.on_epoch_end over a list of figures: the rate of each epoch. */
function kerasRates(
  figures: readonly number[],
  {
    factor,
    patience,
    minDelta,
    cooldown,
    minRate,
    rises,
  }: Record<string, number> & { rises: never | number },
): number[] {
  let [rate, wait, cool] = [1.5, 0, 0];
  let best = rises ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return figures.map((current) => {
    const used = rate;
    if (cool > 0) {
      cool -= 1;
      wait = 0;
    }
    if (rises ? current - minDelta! > best : current < best - minDelta!) {
      best = current;
      wait = 0;
    } else if (cool <= 0) {
      wait += 1;
      if (wait >= patience! && rate > minRate!) {
        rate = Math.max(rate * factor!, minRate!);
        cool = cooldown!;
        wait = 0;
      }
    }
    return used;
  });
}

describe("reduceOnPlateau", () => {
  it.each([
    { monitor: "loss", factor: 0.5, patience: 1, cooldown: 0, minLearningRate: 0.2, minDelta: 0.3 },
    { monitor: "validationLoss", factor: 0.5, patience: 2, cooldown: 2, minLearningRate: 0 },
    {
      monitor: "validationAccuracy",
      factor: 0.1,
      patience: 1,
      cooldown: 1,
      minLearningRate: 0,
      minDelta: 0.05,
    },
  ])(
    "lowers the rate where Keras does, and goes on from a checkpoint with the same bits: %j",
    async (options) => {
      const whole = await train(options);
      const figures = whole.epochs.map((record) => record[options.monitor as "loss"]);
      const want = kerasRates(figures, {
        ...{ factor: options.factor, patience: options.patience, cooldown: options.cooldown },
        ...{ minDelta: options.minDelta ?? 1e-4, minRate: options.minLearningRate },
        rises: options.monitor.endsWith("Accuracy") ? 1 : 0,
      });
      expect(whole.epochs.map(({ learningRate }) => learningRate)).toEqual(want);
      expect(new Set(want).size).toBeGreaterThan(1);
      let kept = new Uint8Array();
      await train(
        options,
        { steps: 13 },
        {
          to: (bytes) => {
            kept = bytes.slice();
          },
        },
      );
      expect((await train(options, {}, { from: kept })).hash).toBe(whole.hash);
    },
  );

  it("refuses a schedule, and what it cannot watch", async () => {
    const model = new Sequential([new Flatten(), new Dense({ units: 4 })], {
      inputShape: [1, 6, 6],
      threads: 1,
    });
    const learningRate = cosineDecay({ learningRate: 1, steps: 10 });
    model.compile({ optimizer: new SGD({ learningRate }), loss: softmaxCrossEntropy() });
    const refusal = (options: ReduceOnPlateauOptions) =>
      model.fit(DATA, { callbacks: [reduceOnPlateau(options)] }).catch(({ message }) => message);
    expect(await refusal({ monitor: "loss" })).toMatchInlineSnapshot(
      `"reduceOnPlateau: expected an optimizer with a number as its learning rate, got "cosineDecay"; leave one of the two out."`,
    );
    expect(await refusal({})).toMatchInlineSnapshot(
      `"reduceOnPlateau: expected a monitor among what this fit measures (loss), got "validationLoss"; give fit a validationSplit or validationData, compile with metrics: ["accuracy"], or monitor another."`,
    );
    for (const wrong of [
      { factor: 1 },
      { patience: 0 },
      { cooldown: -1 },
      { mode: "down" as never },
      { monitor: "" },
    ])
      expect(() => reduceOnPlateau(wrong)).toThrow();
    await model.close();
  });
});

it("earlyStopping watches a metric, by the way that its name says or the mode", async () => {
  await using model = new Sequential([new Flatten(), new Dense({ units: 4 })], {
    ...{ inputShape: [1, 6, 6], seed: 3, threads: 1 },
  });
  const oneHot = {
    ...DATA,
    labels: {
      data: Float32Array.from({ length: 88 }, (_, i) => (DATA.labels.data[i >> 2] === i % 4 ? 1 : 0)),
      shape: [22, 4],
    },
  };
  model.compile({
    optimizer: new SGD({ learningRate: 0.05 }),
    loss: "meanSquaredError",
    metrics: ["rootMeanSquaredError"],
  });
  const stopped = async (monitor: string, mode?: "max") => {
    const callbacks = [earlyStopping({ monitor, ...(mode && { mode }), patience: 2 })];
    return (await model.fit(oneHot, { epochs: 6, validationSplit: 0.3, callbacks })).epochs.length;
  };
  // It falls in every epoch: as an error it improves, as what is to rise it never does after the first.
  expect(await stopped("rootMeanSquaredError")).toBe(6);
  expect(await stopped("validationRootMeanSquaredError")).toBe(6);
  expect(await stopped("validationRootMeanSquaredError", "max")).toBe(3);
});
