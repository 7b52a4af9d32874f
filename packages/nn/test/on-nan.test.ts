import { describe, expect, test } from "vitest";
import {
  Adam,
  BatchNorm,
  cosineDecay,
  Dense,
  Dropout,
  type FitOptions,
  type History,
  type Loss,
  meanSquaredError,
  type Optimizer,
  ops,
  Sequential,
  SGD,
} from "../src/index.js";
import { type CheckpointOptions, checkpoints, decodeCheckpoint } from "../src/model/checkpoint.js";

/** So large that its square is not finite in float32. */
const SPOILT = 1e30;

/** Rows `from` to `to` of 24 samples of y = 2a − b, some of them with a target as above. */
function rows(spoilt: readonly number[], from = 0, to = 24) {
  const inputs = Array.from({ length: 24 }, (_, i) => [((i * 7) % 24) / 12 - 1, ((i * 11) % 24) / 12 - 1]);
  const targets = inputs.map(([a, b], i) => [spoilt.includes(i) ? SPOILT : 2 * a! - b!]);
  return [inputs.slice(from, to), targets.slice(from, to)] as const;
}

/** One row of the third of six batches. */
const THIRD = [9];
const BATCHES = { batchSize: 4, shuffle: false } as const;

type Rows = readonly [number[][], number[][]];

/** The third batch left out. */
function withoutThird(): Rows {
  const [before, after] = [rows([], 0, 8), rows([], 12)];
  return [
    [...before[0], ...after[0]],
    [...before[1], ...after[1]],
  ];
}

function made(optimizer: Optimizer, loss: Loss = meanSquaredError(), layers = [new Dense({ units: 1 })]) {
  const model = new Sequential(layers, { inputShape: [2], seed: 4, threads: 1 });
  model.compile({ optimizer, loss });
  return model;
}

async function fitted(optimizer: Optimizer, [inputs, targets]: Rows, options: FitOptions) {
  await using model = made(optimizer);
  const history = await model.fit(inputs, targets, { ...BATCHES, ...options });
  return { hash: await model.weightsHash(), history };
}

const losses = ({ epochs }: History) => epochs.map(({ loss }) => loss);

describe("stop", () => {
  test("is what a fit does by itself", async () => {
    for (const options of [{}, { onNaN: "stop" }] as const) {
      const fit = fitted(new SGD({ learningRate: 0.1 }), rows(THIRD), options);
      await expect(fit).rejects.toMatchObject({ code: "not-finite", details: { step: 3 } });
    }
  });

  test("another word is refused", async () => {
    const fit = fitted(new SGD(), rows([]), { onNaN: "ignore" as never });
    await expect(fit).rejects.toMatchObject({
      code: "on-nan-unknown",
      message: 'fit: onNaN must be one of "stop", "skip", "rollback", got "ignore".',
    });
  });
});

describe("skip", () => {
  test("a batch whose loss is not finite is as if it were not there", async () => {
    const options = { epochs: 3, onNaN: "skip" } as const;
    const skipped = await fitted(new SGD({ learningRate: 0.1, momentum: 0.9 }), rows(THIRD), options);
    const without = await fitted(new SGD({ learningRate: 0.1, momentum: 0.9 }), withoutThird(), {
      epochs: 3,
    });
    expect(skipped.hash).toBe(without.hash);
    expect(losses(skipped.history)).toEqual(losses(without.history));
    expect([skipped.history.steps, skipped.history.recovered]).toEqual([18, 3]);
    expect([without.history.steps, without.history.recovered]).toEqual([15, undefined]);
  });

  test("so is a step of several batches", async () => {
    const options = { epochs: 2, accumulate: 2 } as const;
    const skipped = await fitted(new SGD({ learningRate: 0.1 }), rows([13]), { ...options, onNaN: "skip" });
    const [a, b] = [rows([], 0, 8), rows([], 16)];
    const kept: Rows = [
      [...a[0], ...b[0]],
      [...a[1], ...b[1]],
    ];
    const without = await fitted(new SGD({ learningRate: 0.1 }), kept, options);
    expect(skipped.hash).toBe(without.hash);
    expect(losses(skipped.history)).toEqual(losses(without.history));
  });

  /** Its gradient is 0 ÷ 0 where it is 0. */
  const distance: Loss = {
    name: "distance",
    target: "dense",
    call: (prediction, target) => ops.sqrt(ops.square(ops.sub(prediction, target))),
  };

  test.each([1, 2])(
    "a step whose gradients are not finite changes no weight, of %i batches",
    async (accumulate) => {
      const [inputs, targets] = rows([]);
      const first = 4 * accumulate;
      // A network of zeros gives 0, which is what the first samples want, and no other ever does.
      const wanted = targets.map(([target], i) => [i < first ? 0 : target! + 5]);
      const zeros = () => [new Dense({ units: 1, kernelInitializer: { kind: "zeros" } })];
      const optimizer = () => new SGD({ learningRate: 0.1 });
      const options = { ...BATCHES, accumulate };
      await using model = made(optimizer(), distance, zeros());
      const history = await model.fit(inputs, wanted, { ...options, onNaN: "skip" });
      await using other = made(optimizer(), distance, zeros());
      const without = await other.fit(inputs.slice(first), wanted.slice(first), options);
      expect(await model.weightsHash()).toBe(await other.weightsHash());
      expect(history.recovered).toBe(1);
      // Its loss was 0, and is counted.
      expect(losses(history)[0]).toBeCloseTo((losses(without)[0]! * (24 - first)) / 24, 12);
    },
  );

  test("an epoch of which nothing is left ends the fit", async () => {
    const fit = fitted(new SGD(), rows([0, 4, 8, 12, 16, 20]), { onNaN: "skip" });
    await expect(fit).rejects.toMatchObject({ name: "NumericError", code: "every-step-skipped" });
  });

  test("weights that are not finite end it too", async () => {
    const fit = fitted(new SGD({ learningRate: 1e39 }), rows([]), { onNaN: "skip" });
    await expect(fit).rejects.toMatchObject({ name: "NumericError", code: "parameter-not-finite" });
  });
});

describe("rollback", () => {
  const AFTER = () => rows([], 12);

  test("goes back to where the fit began, at half the rate", async () => {
    const schedule = (learningRate: number) => cosineDecay({ learningRate, steps: 9 });
    for (const rate of [(r: number) => r, schedule]) {
      const back = await fitted(new Adam({ learningRate: rate(0.1) }), rows(THIRD), { onNaN: "rollback" });
      const plain = await fitted(new Adam({ learningRate: rate(0.05) }), AFTER(), {});
      expect(back.hash).toBe(plain.hash);
      expect([back.history.steps, back.history.recovered]).toEqual([6, 1]);
    }
  });

  test("goes back to the end of the epoch that was best on the validation data", async () => {
    const validationData = AFTER();
    const back = await fitted(new Adam({ learningRate: 0.1 }), rows(THIRD), {
      ...{ onNaN: "rollback", epochs: 2, validationData },
    });
    await using model = made(new Adam({ learningRate: 0.05 }));
    const [inputs, targets] = AFTER();
    await model.fit(inputs, targets, BATCHES);
    const first = await model.evaluate(inputs, targets);
    expect(back.history.epochs[0]!.validationLoss).toBe(first.loss);
    await using going = made(new Adam({ learningRate: 0.05 }));
    await going.fit(inputs, targets, {
      ...{ ...BATCHES, epochs: 2 },
      callbacks: [
        {
          epochEnd({ epoch }, { optimizer }) {
            if (epoch === 1) optimizer.learningRate = 0.025;
          },
        },
      ],
    });
    expect(back.hash).toBe(await going.weightsHash());
    expect(back.history.recovered).toBe(2);
  });

  test("without validation data to the beginning of the epoch that lost least", async () => {
    // Both epochs go back to the fit's beginning: the first lost least of what is known.
    const back = await fitted(new Adam({ learningRate: 0.1 }), rows(THIRD), { onNaN: "rollback", epochs: 2 });
    expect(back.hash).toBe((await fitted(new Adam({ learningRate: 0.025 }), AFTER(), {})).hash);
  });

  test("goes back from weights that are not finite behind an epoch", async () => {
    await using model = made(new SGD({ learningRate: 0.1 }));
    const [inputs, targets] = AFTER();
    const before = await model.weightsHash();
    const history = await model.fit(inputs, targets, {
      ...{ ...BATCHES, onNaN: "rollback" },
      callbacks: [
        {
          async epochEnd(_, { model }) {
            const weights = await model.getWeights();
            await model.setWeights(weights.map((one) => ({ ...one, data: one.data.map(() => Number.NaN) })));
          },
        },
      ],
    });
    expect([await model.weightsHash(), history.recovered]).toEqual([before, 1]);
  });

  test("ends the fit at the eleventh time", async () => {
    const fit = fitted(new SGD({ learningRate: 0.1 }), rows(THIRD), { onNaN: "rollback", epochs: 11 });
    await expect(fit).rejects.toMatchObject({ code: "not-finite", details: { step: 6 * 10 + 3 } });
  });
});

describe("goes on from every checkpoint with the same bits", () => {
  const layers = () => [
    new Dense({ units: 8 }),
    new BatchNorm(),
    new Dropout({ rate: 0.2 }),
    new Dense({ units: 1 }),
  ];
  const data = rows(THIRD);
  const timeless = ({ epochs, steps, recovered }: History) => ({
    ...{ steps, recovered },
    epochs: epochs.map(({ seconds: _, ...rest }) => rest),
  });

  async function train(options: FitOptions, checkpoint?: CheckpointOptions) {
    const optimizer = new Adam({
      learningRate: cosineDecay({ learningRate: 0.1, steps: 20 }),
      emaMomentum: 0.5,
    });
    await using model = made(optimizer, meanSquaredError(), layers() as never);
    const history = await model.fit(...data, {
      ...{ batchSize: 4, epochs: 2, ...options },
      ...(checkpoint && { checkpoint: checkpoints(checkpoint) }),
    });
    return { hash: await model.weightsHash(), history: timeless(history) };
  }

  test.each([
    { onNaN: "skip" },
    { onNaN: "rollback" },
    { onNaN: "rollback", validationData: rows([], 12) },
    { onNaN: "rollback", batchSize: 24, epochs: 3 },
    { onNaN: "skip", accumulate: 2 },
  ] as const)("$onNaN, case %#", async (options) => {
    const whole = await train(options);
    const kept: Uint8Array[] = [];
    const into = (bytes: Uint8Array) => void kept.push(bytes);
    expect(await train(options, { everySteps: 1, everyEpochs: 1, to: into })).toEqual(whole);
    expect(whole.history.recovered).toBeGreaterThan(1);
    expect(kept.length).toBeGreaterThan(3);
    for (const bytes of kept)
      expect(await train(options, { from: bytes }), `from ${decodeCheckpoint(bytes).position.step}`).toEqual(
        whole,
      );
  });

  test("under another policy it is another run", async () => {
    let last!: Uint8Array;
    const to = (bytes: Uint8Array) => {
      last = bytes;
    };
    await train({ onNaN: "skip" }, { to });
    await expect(train({ onNaN: "rollback" }, { from: last })).rejects.toMatchObject({
      message:
        'checkpoint: this run is not the checkpoint\'s: onNaN was "skip" and is "rollback"; make them agree, or begin anew without it.',
    });
  });
});
