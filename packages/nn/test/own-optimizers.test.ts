import { afterAll, describe, expect, it } from "vitest";
import {
  Adam,
  cosineDecay,
  createEngine,
  Dense,
  Flatten,
  meanSquaredError,
  Optimizer,
  type OptimizerOptions,
  ops,
  pow,
  ReLU,
  RMSprop,
  Sequential,
  SGD,
  softmaxCrossEntropy,
  type UpdateInput,
  type UpdateResult,
} from "../src/index.js";
import { checkpoints, decodeCheckpoint } from "../src/model/checkpoint.js";
import { loadMaps } from "../src/program/load-maps.js";
import { Machine } from "../src/program/machine.js";
import { planUpdate } from "../src/program/update-in-ops.js";
import { Words } from "../src/program/words.js";
import { quarters } from "./support/tiny-data.js";

await loadMaps();

// Optimizers as users write them, from what the package exports.

const { add, addScalar, div, mul, scale, sign, sqrt, square, sub } = ops;

/** Chen et al., 2023, arXiv:2302.06675, with decoupled decay. */
class Lion extends Optimizer {
  readonly slots = ["momentum"];
  override readonly decaysItself = true;

  constructor(options: OptimizerOptions = {}) {
    super("Lion", options, { learningRate: 1e-3 });
  }

  override update({ weight, gradient, slots, scalars }: UpdateInput<"momentum">): UpdateResult<"momentum"> {
    const mix = (old: number) => add(scale(slots.momentum, old), scale(gradient, 1 - old));
    const direction = add(sign(mix(0.9)), scale(weight, this.weightDecay));
    return {
      weight: sub(weight, mul(scalars.learningRate, direction)),
      slots: { momentum: mix(0.99) },
    };
  }
}

/** Dozat, 2016, with a constant β₁. */
class Nadam extends Optimizer {
  readonly slots = ["m", "v"];

  constructor(options: OptimizerOptions = {}) {
    super("Nadam", options, { learningRate: 0.002 });
  }

  override scalars(step: number) {
    const t = step + 1;
    const rate = this.learningRateAt(step);
    return {
      ofMean: (rate * 0.9) / (1 - pow(0.9, t + 1)),
      ofGradient: (rate * 0.1) / (1 - pow(0.9, t)),
      correction: 1 / (1 - pow(0.999, t)),
    };
  }

  override update({
    weight,
    gradient,
    slots,
    scalars: { ofMean, ofGradient, correction },
  }: UpdateInput<"m" | "v", "ofMean" | "ofGradient" | "correction">): UpdateResult<"m" | "v"> {
    const m = add(scale(slots.m, 0.9), scale(gradient, 0.1));
    const v = add(scale(slots.v, 0.999), scale(square(gradient), 1 - 0.999));
    const direction = add(mul(ofMean, m), mul(ofGradient, gradient));
    return {
      weight: sub(weight, div(direction, addScalar(sqrt(mul(v, correction)), 1e-8))),
      slots: { m, v },
    };
  }
}

class OwnMomentum extends Optimizer {
  readonly slots = ["velocity"];

  constructor(options: OptimizerOptions = {}) {
    super("OwnMomentum", options, { learningRate: 0.05 });
  }

  override update({ weight, gradient, slots, scalars }: UpdateInput<"velocity">): UpdateResult<"velocity"> {
    const velocity = add(scale(slots.velocity, 0.9), gradient);
    return { weight: sub(weight, mul(scalars.learningRate, velocity)), slots: { velocity } };
  }
}

class OwnRMSprop extends Optimizer {
  readonly slots = ["meanSquare"];

  constructor(options: OptimizerOptions = {}) {
    super("OwnRMSprop", options, { learningRate: 0.001 });
  }

  override update({
    weight,
    gradient,
    slots,
    scalars,
  }: UpdateInput<"meanSquare">): UpdateResult<"meanSquare"> {
    const meanSquare = add(scale(slots.meanSquare, 0.9), scale(square(gradient), 1 - 0.9));
    const step = div(mul(scalars.learningRate, gradient), addScalar(sqrt(meanSquare), 1e-8));
    return { weight: sub(weight, step), slots: { meanSquare } };
  }
}

/** Takes Adam's options and slots, and has a rule of its own: the same one in ops. */
class OwnAdam extends Adam {
  override scalars(step: number) {
    const t = step + 1;
    return {
      rate: this.learningRateAt(step) / (1 - pow(this.beta1, t)),
      correction: 1 / (1 - pow(this.beta2, t)),
    };
  }

  override update({
    weight,
    gradient,
    slots,
    scalars: { rate, correction },
  }: UpdateInput<"m" | "v", "rate" | "correction">): UpdateResult<"m" | "v"> {
    const m = add(scale(slots.m, this.beta1), scale(gradient, 1 - this.beta1));
    const v = add(scale(slots.v, this.beta2), scale(square(gradient), 1 - this.beta2));
    const step = div(mul(rate, m), addScalar(sqrt(mul(v, correction)), this.epsilon));
    return { weight: sub(weight, step), slots: { m, v } };
  }
}

/** A dense layer that no update is to touch. */
class Fixed extends Dense {
  override build(...[inputShape, context]: Parameters<Dense["build"]>): void {
    super.build(inputShape, {
      ...context,
      parameter: (...[name, shape, initializer]) =>
        context.parameter(name, shape, initializer, { trainable: false }),
    });
  }
}

const engine = await createEngine({ threads: 1 });
afterAll(() => engine.close());

const DATA = quarters(22);
const FIT = { epochs: 3, batchSize: 8 } as const;

interface Recipe {
  readonly optimizer: Optimizer;
  readonly frozen?: readonly number[];
  readonly engine?: typeof engine;
  readonly units?: number;
}

/** Three layers of parameters, and weights whose lengths are no multiples of anything. */
function modelOf({ optimizer, frozen = [], engine: own = engine, units = 7 }: Recipe): Sequential {
  const dense = [units, units + 2, 4].map(
    (size, i) => new (frozen.includes(i) ? Fixed : Dense)({ units: size }),
  );
  const layers = [new Flatten(), dense[0]!, new ReLU(), dense[1]!, new ReLU(), dense[2]!];
  const model = new Sequential(layers, { inputShape: [1, 6, 6], seed: 3, engine: own });
  return model.compile({ optimizer, loss: softmaxCrossEntropy() });
}

async function train(recipe: Recipe, options: Parameters<Sequential["fit"]>[1] = {}) {
  await using model = modelOf(recipe);
  const history = await model.fit(DATA, { ...FIT, ...options });
  const weights = await model.getWeights();
  return { history, weights, hash: await model.weightsHash() };
}

type Weights = Awaited<ReturnType<typeof train>>["weights"];

function greatestDifference(a: Weights, b: Weights): number {
  let most = 0;
  a.forEach(({ data }, i) => {
    data.forEach((value, j) => {
      most = Math.max(most, Math.abs(value - b[i]!.data[j]!));
    });
  });
  return most;
}

describe("a built-in rule said in ops is its kernel within rounding", () => {
  it.each<[string, () => Optimizer, () => Optimizer]>([
    ["SGD with momentum", () => new OwnMomentum(), () => new SGD({ learningRate: 0.05, momentum: 0.9 })],
    [
      "with weight decay and a schedule",
      () =>
        new OwnMomentum({ learningRate: cosineDecay({ learningRate: 0.1, steps: 8 }), weightDecay: 0.01 }),
      () =>
        new SGD({
          learningRate: cosineDecay({ learningRate: 0.1, steps: 8 }),
          momentum: 0.9,
          weightDecay: 0.01,
        }),
    ],
    ["RMSprop", () => new OwnRMSprop(), () => new RMSprop()],
    ["Adam", () => new OwnAdam({ learningRate: 0.01 }), () => new Adam({ learningRate: 0.01 })],
  ])("%s", async (_, own, built) => {
    const [got, want] = [await train({ optimizer: own() }), await train({ optimizer: built() })];
    const moved = greatestDifference(want.weights, await weightsBefore());
    expect(moved).toBeGreaterThan(0.005);
    expect(greatestDifference(got.weights, want.weights)).toBeLessThan(2e-5 * moved + 1e-6);
  });
});

async function weightsBefore(): Promise<Weights> {
  await using model = modelOf({ optimizer: new SGD() });
  return model.getWeights();
}

/** 23 samples of three numbers whose target is nearly a sum of them, all in one batch: gradients that a loop can say. */
const LINE = (() => {
  const samples = 23;
  const data = Float32Array.from({ length: 3 * samples }, (_, i) => Math.sin(1.7 * i) + (i % 3) / 4);
  const labels = Float32Array.from(
    { length: samples },
    (_, i) => 2 * data[3 * i]! - data[3 * i + 1]! + 0.5 * data[3 * i + 2]! + Math.cos(i) / 8,
  );
  return {
    name: "line",
    inputs: { data, shape: [samples, 3] },
    labels: { data: labels, shape: [samples, 1] },
    scaling: { kind: "none" as const },
  };
})();

/** The gradient of the mean squared error of w·x + b, in float64. */
function lineGradient([w0 = 0, w1 = 0, w2 = 0, b = 0]: readonly number[]): number[] {
  const [{ data, shape }, labels] = [LINE.inputs, LINE.labels.data];
  const samples = shape[0]!;
  const gradient = [0, 0, 0, 0];
  for (let i = 0; i < samples; i++) {
    const x = [...data.subarray(3 * i, 3 * i + 3), 1];
    const error = w0 * x[0]! + w1 * x[1]! + w2 * x[2]! + b - labels[i]!;
    x.forEach((value, k) => {
      gradient[k]! += (2 * error * value) / samples;
    });
  }
  return gradient;
}

/** One parameter's rule in float64: t from 1. */
type Rule = (theta: number, g: number, state: { m: number; v: number }, t: number, rate: number) => number;

const rules: Readonly<Record<string, Rule>> = {
  Lion: (theta, g, state, _, rate) => {
    const direction = Math.sign(0.9 * state.m + 0.1 * g);
    state.m = 0.99 * state.m + 0.01 * g;
    return theta - rate * (direction + 0.1 * theta);
  },
  Nadam: (theta, g, state, t, rate) => {
    state.m = 0.9 * state.m + 0.1 * g;
    state.v = 0.999 * state.v + 0.001 * g * g;
    const mean = (0.9 * state.m) / (1 - 0.9 ** (t + 1)) + (0.1 * g) / (1 - 0.9 ** t);
    return theta - (rate * mean) / (Math.sqrt(state.v / (1 - 0.999 ** t)) + 1e-8);
  },
};

describe("an optimizer of one's own follows its formula in float64 for 20 steps", () => {
  const learningRate = cosineDecay({ learningRate: 0.05, steps: 25 });
  it.each([new Lion({ learningRate, weightDecay: 0.1 }), new Nadam({ learningRate })])(
    "$name",
    async (optimizer) => {
      await using model = new Sequential([new Dense({ units: 1 })], { inputShape: [3], engine });
      model.compile({ optimizer, loss: meanSquaredError() });
      const flat = async () => (await model.getWeights()).flatMap(({ data }) => [...data]);
      let theta = await flat();
      const states = theta.map(() => ({ m: 0, v: 0 }));
      // In fits of several lengths: steps are counted over all of them.
      for (const epochs of [1, 12, 7]) await model.fit(LINE, { epochs, batchSize: 23 });
      for (let step = 0; step < 20; step++) {
        const gradient = lineGradient(theta);
        const rate = optimizer.learningRateAt(step);
        theta = theta.map((value, i) =>
          rules[optimizer.name]!(value, gradient[i]!, states[i]!, step + 1, rate),
        );
      }
      (await flat()).forEach((value, i) => {
        expect(Math.abs(value - theta[i]!)).toBeLessThan(2e-6);
      });
    },
  );
});

describe("an optimizer of one's own", () => {
  it("is one map over each range, written in place", async () => {
    const machine = await Machine.create(engine, {});
    const words = await Words.create(machine, 0);
    const slots = new Map([
      ["m", 0x30000],
      ["v", 0x40000],
    ]);
    const blocks = { weights: 0x10000, gradients: 0x20000, slots };
    const scalars = new Map(["ofMean", "ofGradient", "correction"].map((name, i) => [name, 64 + 4 * i]));
    const ranges = [
      { offset: 0, length: 404, weightDecay: 0.1 },
      { offset: 416, length: 90, frozen: true },
      { offset: 512, length: 5000, weightDecay: 0.1 },
    ];
    const plan = planUpdate(new Nadam({ weightDecay: 0.1 }), { machine, words, blocks, ranges }, scalars);
    const written = plan.instructions(0x80000).map(({ name, args }) => {
      const addresses = args as unknown as Readonly<Record<string, number>>;
      return [name, ...[0, 1, 2].map((i) => addresses[`out${i}`]!).sort((a, b) => a - b)];
    });
    const places = [blocks.weights, ...slots.values()];
    expect(written).toEqual([
      ["map", ...places],
      ["map", ...places.map((place) => place + 4 * 512)],
    ]);
    await machine.close();
  });

  it.each([[[0]], [[1]], [[0, 2]], [[0, 1, 2]]])(
    "leaves the frozen layers %j as they are",
    async (frozen) => {
      const before = await weightsBefore();
      const [own, built] = [new OwnMomentum(), new SGD({ learningRate: 0.05, momentum: 0.9 })];
      const { weights } = await train({ optimizer: own, frozen });
      const reference = await train({ optimizer: built, frozen });
      weights.forEach(({ data }, i) => {
        const fixed = frozen.includes(i >> 1);
        expect([...data].every((value, j) => value === before[i]!.data[j])).toBe(fixed);
      });
      expect(greatestDifference(weights, reference.weights)).toBeLessThan(1e-5);
    },
  );

  it.each([() => new Nadam(), () => new Lion({ weightDecay: 0.01 })])(
    "goes on from a checkpoint at every step, bit for bit",
    async (make) => {
      const kept: Uint8Array[] = [];
      const to = (bytes: Uint8Array) => {
        kept.push(bytes);
      };
      const whole = await train({ optimizer: make() }, { checkpoint: checkpoints({ everySteps: 1, to }) });
      expect(kept.length).toBeGreaterThanOrEqual(9);
      expect([...decodeCheckpoint(kept[0]!).slots.keys()]).toEqual(make().slots);
      for (const from of kept) {
        const resumed = await train({ optimizer: make() }, { checkpoint: checkpoints({ from }) });
        expect(resumed.hash).toBe(whole.hash);
      }
      await expect(
        train({ optimizer: new OwnMomentum() }, { checkpoint: checkpoints({ from: kept[0]! }) }),
      ).rejects.toMatchObject({ code: "checkpoint-configuration" });
    },
  );

  it("has the same bits on one to four threads, and in slices of any length", async () => {
    const hashes = new Set<string>();
    for (const threads of [1, 2, 3, 4]) {
      await using own = await createEngine({ threads });
      hashes.add(
        (await train({ optimizer: new Nadam(), engine: own, units: 300 }, { sliceSteps: threads })).hash,
      );
    }
    expect(hashes.size).toBe(1);
  });

  it("changes nothing in a step whose loss is not finite", async () => {
    await using model = modelOf({ optimizer: new Nadam() });
    await model.fit(DATA, FIT);
    const weights = await model.getWeights();
    const broken = weights.map((one, i) => (i === 4 ? { ...one, data: one.data.map(() => 3e38) } : one));
    await model.setWeights(broken);
    const before = await model.weightsHash();
    await expect(model.fit(DATA, FIT)).rejects.toMatchObject({ code: "not-finite" });
    expect(await model.weightsHash()).toBe(before);
  });

  it("may keep a slot as it is, swap two, and begin them elsewhere", async () => {
    class Swapping extends Optimizer {
      readonly slots = ["a", "b", "c"];
      constructor() {
        super("Swapping", {}, { learningRate: 0.1 });
      }
      override slotStart(slot: string): number {
        return "abc".indexOf(slot) + 1;
      }
      override update({ weight, slots: { a, b, c } }: UpdateInput<"a" | "b" | "c">): UpdateResult {
        return { weight: add(weight, sub(a, b)), slots: { a: b, b: a, c } };
      }
    }
    const before = await weightsBefore();
    for (const [steps, moved] of [
      [1, -1],
      [2, 0],
      [3, -1],
    ] as const) {
      const { weights } = await train({ optimizer: new Swapping() }, { epochs: undefined, steps } as never);
      weights.forEach(({ data }, i) => {
        data.forEach((value, j) => {
          expect(value).toBeCloseTo(before[i]!.data[j]! + moved, 5);
        });
      });
    }
  });
});

describe("what is wrong with an optimizer of one's own is said before the first step", () => {
  type Update = (input: UpdateInput<"a" | "b">) => unknown;

  class Given extends Optimizer {
    readonly slots = ["a", "b"];
    override update: never;
    constructor(
      update: Update | undefined,
      readonly numbers: (step: number) => Record<string, number> = () => ({ learningRate: 0.1 }),
    ) {
      super("Given", {}, { learningRate: 0.1 });
      this.update = update as never;
    }
    override scalars(step: number): Record<string, number> {
      return this.numbers(step);
    }
  }

  const refusal = async (...given: ConstructorParameters<typeof Given>) => {
    const before = await weightsBefore();
    try {
      await using model = modelOf({ optimizer: new Given(...given) });
      try {
        await model.fit(DATA, FIT);
      } finally {
        expect(greatestDifference(await model.getWeights(), before)).toBe(0);
      }
    } catch (error) {
      const { name, code, message } = error as Error & { code: string };
      return `${name} ${code}: ${message}`;
    }
    return "nothing";
  };

  it("in one sentence", async () => {
    const elsewhere = new Dense({ units: 1 });
    elsewhere.makeVariables([1]);
    const right: Update = ({ weight, slots }) => ({ weight, slots });
    expect(await refusal(right)).toBe("nothing");
    expect([
      await refusal(undefined),
      await refusal(() => undefined),
      await refusal(({ slots }) => ({ slots })),
      await refusal(({ weight, slots: { a } }) => ({ weight, slots: { a } })),
      await refusal(({ weight, slots }) => ({ weight, slots: { ...slots, c: weight } })),
      await refusal(({ weight, slots, scalars }) => ({
        weight: scalars.learningRate,
        slots: { ...slots, a: weight },
      })),
      await refusal(({ weight, slots }) => ({ weight: ops.greater(weight, slots.a), slots })),
      await refusal(({ weight, slots, gradient }) => ({ weight: sub(weight, ops.mean(gradient)), slots })),
      await refusal(({ weight, slots }) => ({ weight: mul(weight, elsewhere.variables[1]!.tensor), slots })),
      await refusal(right, (step) => (step < 2 ? { rate: 0.1 } : { rates: 0.1 })),
      await refusal(right, () => ({ rate: Number.NaN })),
    ]).toMatchInlineSnapshot(`
      [
        "ConfigError optimizer-without-update: compile: the optimizer Given has no method update; see Optimizer.",
        "ShapeError optimizer-update: Given: expected update to give weight as f32 of shape [404], got nothing; return { weight, slots } in the shapes that they came in.",
        "ShapeError optimizer-update: Given: expected update to give weight as f32 of shape [404], got nothing; return { weight, slots } in the shapes that they came in.",
        "ShapeError optimizer-update: Given: expected update to give slots.b as f32 of shape [404], got nothing; return { weight, slots } in the shapes that they came in.",
        "ShapeError optimizer-update: Given: expected update to give weight, slots.a, slots.b, got slots.c too; name it in slots, or leave it out.",
        "ShapeError optimizer-update: Given: expected update to give weight as f32 of shape [404], got f32 of shape []; return { weight, slots } in the shapes that they came in.",
        "ShapeError optimizer-update: Given: expected update to give weight as f32 of shape [404], got bool of shape [404]; return { weight, slots } in the shapes that they came in.",
        "ConfigError optimizer-not-elementwise: Given: expected update to use nothing but elementwise ops of what it is given, got reduce.",
        "ConfigError optimizer-not-elementwise: Given: expected update to use nothing but elementwise ops of what it is given, got parameter.",
        "ConfigError optimizer-scalars: Given: expected scalars to give the finite numbers rate at step 2, got rate undefined; give the same names at every step.",
        "ConfigError optimizer-scalars: Given: expected scalars to give the finite numbers rate at step 0, got rate NaN; give the same names at every step.",
      ]
    `);
  });
});
