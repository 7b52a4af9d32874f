import { describe, expect, it } from "vitest";
import {
  Adam,
  cosineDecay,
  createEngine,
  Dense,
  Flatten,
  type Optimizer,
  ops,
  PlatformError,
  ReLU,
  Sequential,
  SGD,
  softmaxCrossEntropy,
  type Tensor,
} from "../src/index.js";
import { checkpoints, decodeCheckpoint } from "../src/model/checkpoint.js";
import { quarters } from "./support/tiny-data.js";

const options = { inputShape: [1, 6, 6], threads: 1, seed: 3 };
const layers = () => [new Flatten(), new Dense({ units: 8 }), new ReLU(), new Dense({ units: 4 })];
const compiled = (optimizer: Optimizer = new Adam({ learningRate: 0.01 })) =>
  new Sequential(layers(), options).compile({ optimizer, loss: softmaxCrossEntropy() });

/** The greatest change of a weight. */
async function movedBy(model: Sequential, work: () => Promise<unknown>): Promise<number> {
  const before = await model.getWeights();
  await work();
  const after = await model.getWeights();
  return Math.max(
    ...before.flatMap(({ data }, i) => Array.from(data, (value, k) => Math.abs(after[i]!.data[k]! - value))),
  );
}

describe("a closed model", () => {
  it("rejects what it cannot do any more, and does not begin anew with other weights", async () => {
    const model = compiled();
    const data = quarters(20);
    await model.fit(data);
    await model.close();
    await model.close();
    for (const call of [
      () => model.fit(data),
      () => model.evaluate(data),
      () => model.predict(data.inputs as { data: Uint8Array; shape: number[] }),
      () => model.getWeights(),
      () => model.setWeights([]),
      () => model.weightsHash(),
      () => model.ready(),
    ]) {
      await expect(call()).rejects.toMatchObject({ name: "ConfigError" });
    }
    await expect(model.weightsHash()).rejects.toMatchObject({ code: "closed" });
  });

  it("ends a fit with an error that is Loam's", async () => {
    const model = compiled();
    const fit = model.fit(quarters(20), { epochs: 1e6, onSlice: () => model.close() });
    const error = await fit.catch((one: unknown) => one);
    expect(error).toBeInstanceOf(PlatformError);
    expect(error).toMatchObject({ code: "closed" });
  });
});

describe("another optimizer", () => {
  it("starts afresh: its first step is that of a first step, whatever the model has been through", async () => {
    // Adam's first step is α·g/(|g| + ε): α wherever g is not tiny.
    await using model = compiled(new SGD({ learningRate: 0.05 }));
    const data = quarters(20);
    await model.fit(data, { steps: 300, batchSize: 20 });
    model.compile({ optimizer: new Adam({ learningRate: 0.001 }), loss: softmaxCrossEntropy() });
    expect(await movedBy(model, () => model.fit(data, { steps: 1, batchSize: 20 }))).toBeCloseTo(0.001, 6);
    expect(model.steps).toBe(301);
  });

  it("begins its schedule at its own first step, also from a checkpoint", async () => {
    const data = quarters(20);
    const second = () => new SGD({ learningRate: cosineDecay({ learningRate: 0.1, steps: 10 }) });
    await using model = compiled();
    await model.fit(data, { steps: 30 });
    model.compile({ optimizer: second(), loss: softmaxCrossEntropy() });
    const kept: Uint8Array[] = [];
    const keep = { everySteps: 5, to: (bytes: Uint8Array) => void kept.push(Uint8Array.from(bytes)) };
    const rates: number[] = [];
    const controller = new AbortController();
    const history = await model.fit(data, {
      ...{ steps: 10, batchSize: 4, sliceSteps: 1, checkpoint: checkpoints(keep), signal: controller.signal },
      onSlice: ({ learningRate, step }) => {
        rates.push(learningRate);
        if (step === 5) controller.abort();
      },
    });
    expect(history.aborted).toBe(true);
    // (1 + cos(π·t/10))/2
    expect(rates).toEqual(
      [0, 1, 2, 3, 4].map((t) => expect.closeTo(0.05 * (1 + Math.cos((Math.PI * t) / 10)), 6)),
    );
    expect(decodeCheckpoint(kept.at(-1)!).position).toMatchObject({
      startStep: 30,
      optimizerStart: 30,
      step: 5,
    });

    await using again = compiled(second());
    const rest: number[] = [];
    await again.fit(data, {
      ...{ steps: 10, batchSize: 4, sliceSteps: 1, checkpoint: checkpoints({ from: kept.at(-1)! }) },
      onSlice: ({ learningRate }) => void rest.push(learningRate),
    });
    expect(rest).toEqual(
      [5, 6, 7, 8, 9].map((t) => expect.closeTo(0.05 * (1 + Math.cos((Math.PI * t) / 10)), 6)),
    );
    expect(again.steps).toBe(40);
  });
});

describe("fits one after the other", () => {
  it("go through the epochs that one fit would have gone through", async () => {
    const data = quarters(50);
    await using whole = compiled();
    await using parts = compiled();
    await whole.fit(data, { epochs: 3, batchSize: 8 });
    for (let i = 0; i < 3; i++) await parts.fit(data, { batchSize: 8 });
    expect(await parts.weightsHash()).toBe(await whole.weightsHash());
  });

  it("leave the model as it was when they are refused", async () => {
    await using model = compiled();
    const data = quarters(20);
    await model.fit(data);
    const other = { ...data, scaling: { kind: "none" } as const, classNames: ["a", "b", "c", "d"] };
    await expect(model.fit(other, { batchSize: 0 })).rejects.toThrow("batchSize");
    expect(model.scaling).toEqual({ kind: "divide", by: 255 });
    expect(model.classNames).toEqual(data.classNames);
  });

  it("are whole when the signal comes after the last step", async () => {
    await using model = compiled();
    const controller = new AbortController();
    const data = quarters(20);
    const history = await model.fit(data, {
      ...{ steps: 2, batchSize: 10, signal: controller.signal, validationData: data },
      onSlice: ({ step, steps }) => {
        if (step === steps) controller.abort();
      },
    });
    expect(history).toMatchObject({ aborted: false, steps: 2 });
    expect(history.epochs[0]!.validationLoss).toBeGreaterThan(0);
  });
});

describe("a gradient that is not finite under a loss that is", () => {
  it("ends the fit, and no checkpoint takes the place of a good one", async () => {
    // √Σd² at d = 0: 0, with the gradient 0/0.
    const loss = {
      ...softmaxCrossEntropy(),
      name: "distance",
      target: "dense" as const,
      call: (prediction: Tensor, target: Tensor) =>
        ops.sqrt(ops.mean(ops.square(ops.sub(prediction, target)))),
    };
    await using model = new Sequential([new Dense({ units: 1, useBias: false })], {
      inputShape: [1],
      threads: 1,
    });
    model.compile({ optimizer: new SGD({ learningRate: 0.1 }), loss });
    await model.setWeights([{ name: "dense1/kernel", data: Float32Array.of(2), shape: [1, 1] }]);
    const data = {
      name: "line",
      inputs: { data: Float32Array.of(1, 2), shape: [2, 1] },
      labels: { data: Float32Array.of(2, 4), shape: [2, 1] },
      scaling: { kind: "none" as const },
    };
    let saved = 0;
    const checkpoint = checkpoints({ everySteps: 1, to: () => void saved++ });
    await expect(model.fit(data, { steps: 1, checkpoint })).rejects.toMatchObject({
      code: "parameter-not-finite",
    });
    await expect(model.fit(data, { steps: 1 })).rejects.toMatchObject({ name: "NumericError" });
    expect(saved).toBe(0);
  });
});

describe("what is not what it should be", () => {
  it("is named: a model's layers and options", () => {
    const make = (given: unknown, wanted: unknown) => () => new Sequential(given as never, wanted as never);
    expect(make(layers(), undefined)).toThrow("Sequential: expected an object of options");
    expect(make(layers(), { inputShape: 784 })).toThrow(
      "expected an inputShape like [784] or [1, 28, 28], got 784",
    );
    expect(make(layers(), { inputShape: [2.5] })).toThrow(
      "inputShape must be an integer of at least 1, got 2.5",
    );
    expect(make([ReLU], options)).toThrow("expected layers like new ReLU(), got a function");
    expect(make(layers(), { ...options, threads: 0 })).toThrow(
      "threads must be an integer of at least 1, got 0",
    );
    expect(make(layers(), { ...options, threads: 65 })).toThrow("threads must be in [1, 64], got 65");
    expect(make(layers(), { ...options, precision: "ultra" })).toThrow('precision must be one of "standard"');
    expect(make(layers(), { ...options, sead: 3 })).toThrow('got "sead"');
  });

  it("is named: how it is to be trained", () => {
    const compile = (given: unknown) => () => compiled().compile(given as never);
    const loss = softmaxCrossEntropy();
    expect(compile({ optimizer: {}, loss })).toThrow("expected an optimizer like new Adam(), got Object");
    expect(compile({ optimizer: new Adam() })).toThrow(
      "expected a loss like softmaxCrossEntropy(), got undefined",
    );
    expect(compile({ optimizer: new Adam(), loss: softmaxCrossEntropy })).toThrow(
      "expected a loss like softmaxCrossEntropy(), got a function",
    );
    expect(compile({ optimizer: new Adam(), loss, metrics: [3] })).toThrow(
      'expected metrics of "accuracy" and objects { name, variables, update, result } with names that differ, got 3',
    );
  });

  it("is named: options of a call", async () => {
    await using model = compiled();
    const data = quarters(20);
    const fit = (given: object) => model.fit(data, given);
    await expect(fit({ epoch: 3 })).rejects.toThrow('got "epoch"');
    await expect(fit({ sliceSteps: Number.NaN })).rejects.toThrow(
      "sliceSteps must be an integer of at least 1",
    );
    await expect(fit({ sliceMs: 0 })).rejects.toThrow("sliceMs must be in (0, ∞]");
    await expect(model.evaluate(data, { batchsize: 3 } as never)).rejects.toThrow('got "batchsize"');
    await expect(model.predict({ data: [1, 2] } as never)).rejects.toMatchObject({ code: "input-shape" });
    const plain = { data: Array.from({ length: 36 }, () => 0), shape: [1, 1, 6, 6] };
    await expect(model.predict(plain as never)).rejects.toThrow(
      "inputs must be a Uint8Array or Float32Array, got Array",
    );
    await expect(model.fit(undefined as never)).rejects.toMatchObject({ code: "input-shape" });
    await expect(model.fit({ ...data, labels: undefined } as never)).rejects.toMatchObject({
      code: "data-type",
    });
  });

  it("is told again by the next call, when an engine could not start", async () => {
    const engine = await createEngine({ threads: 1 });
    await engine.close();
    const model = new Sequential(layers(), { ...options, engine });
    await expect(model.ready()).rejects.toBeInstanceOf(PlatformError);
    await expect(model.ready()).rejects.toBeInstanceOf(PlatformError);
    await model.close();
  });
});
