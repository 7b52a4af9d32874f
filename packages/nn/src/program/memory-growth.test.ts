import { createEngine, type Engine } from "@loam/kernels-as";
import { describe, expect, it } from "vitest";
import { quarters } from "../../test/support/tiny-data.js";
import {
  Adam,
  type Dataset,
  Dense,
  Flatten,
  ReLU,
  Sequential,
  Sigmoid,
  softmaxCrossEntropy,
  splitDataset,
  Tanh,
  takeSamples,
} from "../index.js";

const newEngine = (maximumBytes?: number) =>
  createEngine({ threads: 1, ...(maximumBytes && { maximumBytes }) });

const trained = (engine?: Engine) =>
  new Sequential([new Flatten(), new Dense({ units: 8 }), new ReLU(), new Dense({ units: 4 })], {
    inputShape: [1, 6, 6],
    threads: 1,
    seed: 3,
    ...(engine && { engine }),
  }).compile({ optimizer: new Adam(), loss: softmaxCrossEntropy() });

describe("the data of fits and evaluations", () => {
  it("is in memory once, however often the same values come", async () => {
    const dataset = quarters(200);
    await using engine = await newEngine();
    await using model = trained(engine);
    const round = async () => {
      // Half and half: two parts of one shape.
      await model.fit(dataset, { validationSplit: 0.5 });
      await model.evaluate(takeSamples(dataset, 40, 90));
      await model.evaluate(splitDataset(dataset, 0.25, 8).validation);
      return engine.memoryBytes();
    };
    const first = await round();
    for (let i = 0; i < 5; i++) expect(await round()).toBe(first);
  });

  it("is read anew when it was changed in place, and in a new object", async () => {
    const dataset = quarters(20);
    await using model = trained();
    const before = await model.evaluate(dataset);
    dataset.inputs.data.fill(9);
    await using alone = trained();
    const after = await alone.evaluate(dataset);
    expect(await model.evaluate(dataset)).toEqual(after);
    expect(await model.evaluate({ ...dataset })).toEqual(after);
    expect(after).not.toEqual(before);
  });

  it("is read anew when a value, a label or the scaling is another", async () => {
    const dataset = quarters(20);
    const change = (part: "inputs" | "labels", at: number) => {
      const data = dataset[part].data.slice();
      data[at] = part === "inputs" ? 255 - data[at]! : (data[at]! + 1) % 4;
      return { ...dataset, [part]: { ...dataset[part], data } };
    };
    const others = [
      change("inputs", 20 * 36 - 1),
      change("labels", 19),
      { ...dataset, scaling: { kind: "divide", by: 100 } as const },
      { ...dataset, labels: { ...dataset.labels, data: Uint32Array.from(dataset.labels.data) } },
      dataset,
    ];
    await using engine = await newEngine();
    await using model = trained(engine);
    await model.evaluate(dataset);
    let used = await engine.memoryBytes();
    for (const [i, other] of others.entries()) {
      await using alone = trained();
      expect(await model.evaluate(other)).toEqual(await alone.evaluate(other));
      const now = await engine.memoryBytes();
      expect(now > used).toBe(i < others.length - 1);
      used = now;
    }
  });

  it("gives a second fit the weights that fresh data would", async () => {
    const dataset = quarters(60);
    await using one = trained();
    await using other = trained();
    for (let i = 0; i < 2; i++) {
      await one.fit(dataset, { validationSplit: 0.25 });
      const { training, validation } = splitDataset(dataset, 0.25, 3);
      await other.fit(training, { validationData: validation });
    }
    expect(await one.weightsHash()).toBe(await other.weightsHash());
  });

  it("may have been changed in place between two fits that split it", async () => {
    const dataset = quarters(60);
    await using one = trained();
    await using other = trained();
    await one.fit(dataset, { validationSplit: 0.25 });
    await other.fit(quarters(60), { validationSplit: 0.25 });
    const { data } = dataset.inputs;
    for (let i = 0; i < data.length; i++) data[i] = 255 - data[i]!;
    await one.fit(dataset, { validationSplit: 0.25 });
    await other.fit({ ...dataset }, { validationSplit: 0.25 });
    expect(await one.weightsHash()).toBe(await other.weightsHash());
  });
});

describe("predictions of many sizes", () => {
  const FEATURES = 1000;
  // Layers that need room for values alone: what a product packs would be in the way of the formula.
  const made = (engine?: Engine) =>
    new Sequential([new Sigmoid(), new Tanh()], {
      inputShape: [FEATURES],
      threads: 1,
      ...(engine && { engine }),
    });
  const some = (samples: number) => ({
    data: Float32Array.from({ length: samples * FEATURES }, (_, i) => ((i * 37) % 101) / 100 - 0.5),
    shape: [samples, FEATURES],
  });
  /** Inputs, and what the last layer makes of them; the layers before have room in its place. */
  const bytesOf = (samples: number) => 2 * 4 * samples * FEATURES;
  const LARGEST = 64;

  it.each(["one after the other", "at once"])(
    "take no more than four times the room of the largest, %s",
    async (how) => {
      await using engine = await newEngine();
      await using model = made(engine);
      await model.ready();
      const before = await engine.memoryBytes();
      const sizes = Array.from({ length: LARGEST }, (_, i) => i + 1);
      if (how === "at once") await Promise.all(sizes.map((n) => model.predict(some(n))));
      else for (const n of sizes) await model.predict(some(n));
      // The block in use is less than twice what is needed, and those left behind are together no larger. A program has some words.
      const programs = 4096 * LARGEST;
      expect((await engine.memoryBytes()) - before).toBeLessThan(4 * bytesOf(LARGEST) + programs);
    },
  );

  it("are the same whatever was predicted before", async () => {
    await using model = made();
    const first = await model.predict(some(2));
    await model.predict(some(LARGEST));
    expect(await model.predict(some(2))).toEqual(first);
    for (const n of [3, LARGEST, 1]) {
      await using fresh = made();
      expect(await model.predict(some(n))).toEqual(await fresh.predict(some(n)));
    }
    const together = await Promise.all([5, 40, 5, 41].map((n) => model.predict(some(n))));
    for (const [i, n] of [5, 40, 5, 41].entries()) expect(together[i]).toEqual(await model.predict(some(n)));
  });

  it("take what they need where there is no room for more", async () => {
    const n = 100;
    await using engine = await newEngine();
    await using model = made(engine);
    await model.predict(some(n));
    // Of what is free then, inputs twice as many leave too little for results twice as many, and enough for one sample more.
    await using small = await newEngine((await engine.memoryBytes()) + 1.75 * bytesOf(n));
    await using tight = made(small);
    await tight.predict(some(n));
    expect(await tight.predict(some(n + 1))).toEqual(await model.predict(some(n + 1)));
  });
});

describe("memory that is given back", () => {
  const FEATURES = 1000;
  const linear = (engine: Engine) =>
    new Sequential([new Dense({ units: 2 })], { inputShape: [FEATURES], threads: 1, engine }).compile({
      optimizer: new Adam(),
      loss: softmaxCrossEntropy(),
    });
  /** So many samples of bytes, a kilobyte each, and no two data sets the same. */
  const fresh = (samples: number, mark: number): Dataset => ({
    name: "fresh",
    inputs: { data: new Uint8Array(samples * FEATURES).fill(1 + (mark % 255)), shape: [samples, FEATURES] },
    labels: { data: new Uint8Array(samples).fill(mark & 1), shape: [samples] },
    scaling: { kind: "divide", by: 255 },
  });

  it("stays flat over a thousand fits on new data of 0.1 to 4 MB", { timeout: 120_000 }, async () => {
    await using engine = await newEngine();
    await using model = linear(engine);
    const seen: number[] = [];
    let state = 7;
    for (let i = 0; i < 1000; i++) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
      const samples = 100 + ((state >>> 8) % 3900);
      const validation = i % 2 === 0 ? {} : { validationSplit: 0.25 };
      await model.fit(fresh(samples, i), { steps: 1, batchSize: 32, ...validation });
      seen.push(await engine.memoryBytes());
    }
    // Sixteen that are kept, at most 4 MB each, and the holes that best fit leaves between them.
    expect(seen.at(-1)).toBeLessThan(1.5 * 16 * 4_000_000);
    expect(seen.at(-1)! - seen[499]!).toBeLessThan(4_000_000);
  });

  it("stays flat over fits, predictions and evaluations at 300 batch sizes", {
    timeout: 60_000,
  }, async () => {
    await using engine = await newEngine();
    await using model = linear(engine);
    const data = fresh(300, 1);
    await model.fit(data, { steps: 1, batchSize: 300 });
    const before = await engine.memoryBytes();
    const round = async () => {
      for (let batchSize = 1; batchSize <= 300; batchSize++) {
        await model.predict(takeSamples(data, 0, batchSize).inputs, { batchSize });
        await model.evaluate(data, { batchSize });
        await model.fit(data, { steps: 1, batchSize });
      }
      return engine.memoryBytes();
    };
    const first = await round();
    // A batch is in one place for all sizes, which the largest made already: there are programs more, of some kilobytes each.
    expect(first - before).toBeLessThan(3 * 32 * 4096);
    for (let i = 0; i < 5; i++) expect(await round()).toBe(first);
  });

  it("stays flat over a hundred optimizers, each of which begins with zeros", async () => {
    await using engine = await newEngine();
    await using model = linear(engine);
    const data = fresh(40, 1);
    const start = await model.getWeights();
    const seen: number[] = [];
    const hashes = new Set<string>();
    for (let i = 0; i < 100; i++) {
      await model.setWeights(start);
      model.compile({ optimizer: new Adam(), loss: softmaxCrossEntropy() });
      await model.fit(data, { steps: 3, batchSize: 40, shuffle: false });
      hashes.add(await model.weightsHash());
      seen.push(await engine.memoryBytes());
    }
    expect(seen.at(-1)).toBe(seen[1]);
    expect(hashes.size).toBe(1);
  });

  it("stays flat over a hundred models on one engine, one after the other and by twos", async () => {
    await using engine = await newEngine();
    const data = fresh(40, 1);
    const hashes = new Set<string>();
    const one = async () => {
      await using model = linear(engine);
      await model.fit(data, { epochs: 2, batchSize: 32 });
      await model.predict(data.inputs);
      hashes.add(await model.weightsHash());
    };
    await Promise.all([one(), one()]);
    const first = await engine.memoryBytes();
    for (let i = 0; i < 50; i++) {
      await one();
      await Promise.all([one(), one()]);
    }
    expect(await engine.memoryBytes()).toBe(first);
    expect(hashes.size).toBe(1);
  });

  it("ends what a model was at that is closed, and leaves its neighbour alone", async () => {
    await using engine = await newEngine();
    const data = fresh(40, 1);
    await using other = linear(engine);
    await using alone = linear(await newEngine());
    const model = linear(engine);
    const fit = model.fit(data, { epochs: 1e6, onSlice: () => model.close() });
    const neighbour = other.fit(data, { epochs: 50 });
    await expect(fit).rejects.toMatchObject({ name: "PlatformError", code: "closed" });
    await neighbour;
    await other.fit(data, { epochs: 5 });
    await alone.fit(data, { epochs: 50 });
    await alone.fit(data, { epochs: 5 });
    expect(await other.weightsHash()).toBe(await alone.weightsHash());
  });

  it("is not taken from a call that still uses it", async () => {
    await using engine = await newEngine();
    await using model = linear(engine);
    const data = fresh(40, 0);
    const before = await model.evaluate(data);
    const pending = model.evaluate(data, { batchSize: 1 });
    const others = Array.from({ length: 40 }, (_, i) => model.evaluate(fresh(20 + i, 3 + i)));
    const fitted = Promise.all([pending, ...others]);
    expect((await fitted)[0].loss).toBeCloseTo(before.loss, 6);
    expect(await model.evaluate(data)).toEqual(before);
  });
});
