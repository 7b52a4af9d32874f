import { describe, expect, it } from "vitest";
import { quarters } from "../../test/support/tiny-data.js";
import {
  Adam,
  type Callback,
  Dense,
  type FitOptions,
  Flatten,
  type Json,
  Sequential,
  softmaxCrossEntropy,
} from "../index.js";
import { checkpoints } from "../model/checkpoint.js";

/** 22 samples in batches of 8: three steps an epoch. */
const DATA = quarters(22);
const FIT = { epochs: 3, batchSize: 8 } as const;

function compiled(optimizer = new Adam({ learningRate: 0.01 })): Sequential {
  const model = new Sequential([new Flatten(), new Dense({ units: 4 })], {
    inputShape: [1, 6, 6],
    seed: 3,
    threads: 1,
  });
  return model.compile({ optimizer, loss: softmaxCrossEntropy(), metrics: ["accuracy"] });
}

async function hashAfter(options: FitOptions): Promise<string> {
  await using model = compiled();
  await model.fit(DATA, options);
  return model.weightsHash();
}

describe("callbacks", () => {
  it("are called in their order, at the fit's moments, one after the other", async () => {
    const calls: string[] = [];
    const later = async (call: string) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      calls.push(call);
    };
    const recorder = (name: string): Callback => ({
      name,
      begin: ({ step, steps, epochs, figures }) =>
        later(`${name} begin ${step}/${steps} ${epochs} ${figures}`),
      batch: ({ epoch, step }, training) => later(`${name} batch ${epoch}.${step} ${training.step}`),
      epochEnd: ({ epoch, steps, validationLoss }) =>
        later(`${name} epochEnd ${epoch} ${steps} ${validationLoss! > 0}`),
      end: ({ steps, aborted, stopped }) => later(`${name} end ${steps} ${aborted} ${stopped}`),
    });
    await using model = compiled();
    const onEpochEnd = ({ epoch }: { epoch: number }) => later(`option epochEnd ${epoch}`);
    const callbacks = [recorder("a"), recorder("b")];
    await model.fit(DATA, { epochs: 2, batchSize: 11, validationData: quarters(8), callbacks, onEpochEnd });
    const both = (call: string) => [`a ${call}`, `b ${call}`];
    expect(calls).toEqual([
      ...both("begin 0/4 2 loss,accuracy,validationLoss,validationAccuracy"),
      ...both("batch 1.1 1"),
      ...both("batch 1.2 2"),
      ...both("epochEnd 1 2 true"),
      "option epochEnd 1",
      ...both("batch 2.3 3"),
      ...both("batch 2.4 4"),
      ...both("epochEnd 2 4 true"),
      "option epochEnd 2",
      ...both("end 4 false undefined"),
    ]);
  });

  it("hear of every so many steps of the fit, and change no bit by listening", async () => {
    const steps: number[] = [];
    const callbacks: Callback[] = [
      { everySteps: 4, batch: ({ step }) => void steps.push(step) },
      { slice() {} },
    ];
    expect(await hashAfter({ ...FIT, callbacks })).toBe(await hashAfter(FIT));
    expect(steps).toEqual([4, 8]);
  });

  it.each([
    ["begin", 0, []],
    ["batch", 4, [3, 4]],
    ["epochEnd", 3, [3]],
  ] as const)("stop the fit from %s after step %i", async (moment, steps, epochs) => {
    await using model = compiled();
    const stopper: Callback = {
      name: "stopper",
      begin: (training) => moment === "begin" && training.stop(),
      batch: ({ step }, training) => moment === "batch" && step === 4 && training.stop("enough"),
      epochEnd: (_, training) => moment === "epochEnd" && training.stop(),
    } as Callback;
    const history = await model.fit(DATA, { ...FIT, callbacks: [stopper], validationData: DATA });
    expect(history).toMatchObject({
      steps,
      aborted: false,
      stopped: moment === "batch" ? "enough" : "stopper",
    });
    expect(history.epochs.map((record) => record.steps)).toEqual(epochs);
    expect(history.epochs.every(({ validationLoss }) => validationLoss !== undefined)).toBe(true);
    expect(model.steps).toBe(steps);
  });

  it.each(["begin", "batch", "slice", "epochEnd", "end", "state"])(
    "end the fit with what they throw in %s, and leave the model usable",
    async (moment) => {
      await using model = compiled();
      const error = new Error("mine");
      const bad = {
        name: "bad",
        epochEnd() {},
        restore() {},
        [moment]: () => {
          throw error;
        },
      };
      const checkpoint = checkpoints({ to: () => {} });
      await expect(model.fit(DATA, { ...FIT, callbacks: [bad], checkpoint })).rejects.toBe(error);
      const before = model.steps;
      expect((await model.fit(DATA, FIT)).steps).toBe(9);
      expect(model.steps).toBe(before + 9);
    },
  );

  it("may use the model between two slices", async () => {
    const seen: number[] = [];
    const looker: Callback = {
      everySteps: 3,
      async batch(_, { model }) {
        seen.push((await model.evaluate(DATA)).loss, (await model.getWeights()).length);
        await model.predict(DATA.inputs);
      },
    };
    expect(await hashAfter({ ...FIT, callbacks: [looker] })).toBe(await hashAfter(FIT));
    expect(seen).toHaveLength(6);
  });
});

describe("a callback with a state", () => {
  /** Halves the learning rate every other epoch: what it does depends on what it counted, and so do the weights. */
  function halving(optimizer: Adam): Callback {
    let count = 0;
    return {
      name: "halving",
      begin() {
        count = 0;
      },
      epochEnd() {
        count++;
        if (count % 2 === 0) optimizer.learningRate = (optimizer.learningRate as number) / 2;
      },
      state: () => ({ count }),
      restore(state) {
        ({ count } = state as { count: number });
      },
    };
  }

  it("goes on from every step as if nothing had happened", async () => {
    const train = async (options: Parameters<typeof checkpoints>[0] | undefined) => {
      const optimizer = new Adam({ learningRate: 0.01 });
      await using model = compiled(optimizer);
      const checkpoint = options && { checkpoint: checkpoints(options) };
      await model.fit(DATA, { epochs: 5, batchSize: 8, callbacks: [halving(optimizer)], ...checkpoint });
      return model.weightsHash();
    };
    const whole = await train(undefined);
    const kept: Uint8Array[] = [];
    const to = (bytes: Uint8Array) => void kept.push(bytes);
    expect(await train({ everySteps: 1, everyEpochs: 1, to })).toBe(whole);
    // Fifteen steps, and five ends of epochs.
    expect(kept).toHaveLength(20);
    for (const from of kept) expect(await train({ from })).toBe(whole);
  });

  it("is saved with its tensors, and refused in a fit that does not have it", async () => {
    const given: unknown[] = [];
    const data = Float32Array.of(1, 2.5);
    const keeper = (name: string): Callback => ({
      name,
      epochEnd() {},
      state: () => ({ list: [1, "two", null, { three: true }] }),
      tensors: () => [{ name: "both", shape: [2], data }],
      restore: (...saved) => void given.push(...saved),
    });
    const fit = async (callbacks: readonly Callback[], options: Parameters<typeof checkpoints>[0]) => {
      await using model = compiled();
      await model.fit(DATA, { ...FIT, callbacks, checkpoint: checkpoints(options) });
    };
    let bytes = new Uint8Array();
    await fit([keeper("one"), { epochEnd() {} }], {
      to: (last) => {
        bytes = Uint8Array.from(last);
      },
    });
    await fit([keeper("one")], { from: bytes });
    expect(given).toEqual([
      { list: [1, "two", null, { three: true }] },
      [{ name: "both", shape: [2], data: Float32Array.of(1, 2.5) }],
    ]);
    await expect(fit([keeper("other")], { from: bytes })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: checkpoint: this run is not the checkpoint's: callbacks[0] was "one" and is "other"; make them agree, or begin anew without it.]`,
    );
    await expect(fit([], { from: bytes })).rejects.toMatchObject({ code: "checkpoint-configuration" });
  });
});

describe("fit refuses", () => {
  it("what is no callback, in a sentence", async () => {
    const wrong: readonly unknown[] = [
      { epochEnd() {} },
      [() => {}],
      [{ name: "log", onEpochEnd() {} }],
      [{ epochEnd: 3 }],
      [{ name: "a", epochEnd() {}, state: () => 1 }],
      [{ epochEnd() {}, state: () => 1, restore() {} }],
      [{ batch() {}, everySteps: 0 }],
    ];
    await using model = compiled();
    const sentences: string[] = [];
    for (const callbacks of wrong) {
      const options = { ...FIT, callbacks } as FitOptions;
      await model.fit(DATA, options).catch(({ code, message }) => sentences.push(`${code}: ${message}`));
    }
    expect(sentences).toMatchInlineSnapshot(`
      [
        "not-a-callback: fit: expected callbacks as a list, got Object; put it in brackets.",
        "not-a-callback: fit: callbacks[0]: expected a callback, got a function; a callback has methods among begin, batch, slice, epochEnd, end, state, tensors, restore.",
        "not-a-callback: fit: callbacks[0]: expected a method among begin, batch, slice, epochEnd, end, got Object; a callback has methods among begin, batch, slice, epochEnd, end, state, tensors, restore.",
        "not-a-callback: fit: callbacks[0]: expected epochEnd to be a function, got 3; a callback has methods among begin, batch, slice, epochEnd, end, state, tensors, restore.",
        "not-a-callback: fit: callbacks[0]: expected restore beside state, got undefined; a callback has methods among begin, batch, slice, epochEnd, end, state, tensors, restore.",
        "callback-name: fit: expected callbacks with a state to have names that differ, got undefined; name each, since its state is saved by it.",
        "every-steps-not-positive: fit: callbacks[0]: everySteps must be an integer of at least 1, got 0.",
      ]
    `);
    expect(model.steps).toBe(0);
  });

  it.each([undefined, Number.NaN, new Date(0), { a: [1, new Float32Array(1)] }, () => 1])(
    "a state that JSON cannot hold: %s",
    async (value) => {
      await using model = compiled();
      const bad: Callback = { name: "bad", epochEnd() {}, state: () => value as Json, restore() {} };
      const checkpoint = checkpoints({ to: () => {} });
      await expect(model.fit(DATA, { ...FIT, callbacks: [bad], checkpoint })).rejects.toMatchObject({
        code: "callback-state",
      });
    },
  );
});
