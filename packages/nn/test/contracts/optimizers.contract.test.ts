import { createEngine, instructions, ProgramWriter } from "@loam/kernels-as";
import { afterAll, describe, expect, it } from "vitest";
import * as exported from "../../src/optimizers/index.js";
import {
  Adadelta,
  Adagrad,
  Adam,
  AdamW,
  clipByGlobalNorm,
  clipByValue,
  documentedLearningRates,
  KernelOptimizer,
  Lion,
  Nadam,
  Optimizer,
  optimizerClasses,
  optimizerFromConfig,
  RMSprop,
  SGD,
} from "../../src/optimizers/index.js";
import { hasKernel } from "../../src/optimizers/kernel-optimizer.js";
import { Machine } from "../../src/program/machine.js";
import { type PlanRequest, planned } from "../../src/program/plan.js";
import { updateInOps } from "../../src/program/update-in-ops.js";
import { Words } from "../../src/program/words.js";
import { stepDecay } from "../../src/schedules/index.js";
import { referenceSteps } from "../support/optimizer-reference.js";
import { optimizerCases } from "./members.js";
import { refusal } from "./refusal.js";

/** Arguments that a model supplies whatever the optimizer is. `velocity` 0 means that there is none. */
const SUPPLIED = ["params", "grads", "velocity", "scalars", "step", "table", "count"];

const engine = await createEngine({ threads: 1 });
afterAll(() => engine.close());

/** 61: a prime beyond three turns of any loop over vectors. */
const ELEMENTS = 61;
const STEPS = 100;

/** Gradients of both signs and sizes from 1e-3 to 1, zeros among them, that change from step to step. Exact in float32. */
function gradientAt(step: number, i: number): number {
  const phase = ((i * 37 + step * 101 + ((i * step) % 7) * 13) % 97) - 48;
  return i % 10 === 9 ? 0 : Math.fround(phase / (i % 2 ? 48 : 48_000));
}

/** Runs `steps` updates by the optimizer's own kernel. */
async function kernelSteps(optimizer: KernelOptimizer, start: Float32Array, steps: number) {
  const put = async (data: ArrayBufferView): Promise<number> => {
    const address = await engine.allocate(data.byteLength);
    await engine.write(address, data);
    return address;
  };
  const params = await put(start);
  const grads = await put(new Float32Array(ELEMENTS));
  const slots = new Map<string, number>();
  for (const slot of optimizer.slots) {
    slots.set(slot, await put(new Float32Array(ELEMENTS).fill(optimizer.slotStart(slot))));
  }
  const entry = new Uint32Array(8);
  entry[1] = ELEMENTS;
  new Float32Array(entry.buffer).set([1, optimizer.weightDecay], 2);
  const step = await put(new Uint32Array(2));
  const scalars = await put(new Float64Array(8));
  const writer = new ProgramWriter();
  writer.emit(optimizer.kernel, {
    params,
    grads,
    velocity: 0,
    ...Object.fromEntries(slots),
    scalars,
    step,
    table: await put(entry),
    count: 1,
    ...optimizer.flags,
  } as never);
  const program = await put(writer.finish());
  for (let t = 0; t < steps; t++) {
    await engine.write(
      grads,
      Float32Array.from({ length: ELEMENTS }, (_, i) => gradientAt(t, i)),
    );
    await engine.write(scalars, Float64Array.from(optimizer.kernelScalars(optimizer.learningRateAt(t))));
    await engine.write(step, Uint32Array.of(t, 0));
    await engine.run(program);
  }
  const read = async (address: number) => new Float32Array((await engine.read(address, 4 * ELEMENTS)).buffer);
  const states = await Promise.all([...slots].map(async ([slot, at]) => [slot, await read(at)] as const));
  return { theta: await read(params), slots: Object.fromEntries(states) };
}

/** The same by an optimizer's own rule in ops. */
async function steps(optimizer: Optimizer, start: Float32Array, count: number) {
  if (hasKernel(optimizer)) return kernelSteps(optimizer, start, count);
  const machine = await Machine.create(engine, {});
  const words = await Words.create(machine, 0);
  const put = async (data: Float32Array): Promise<number> => {
    const address = await engine.allocate(data.byteLength);
    await engine.write(address, data);
    return address;
  };
  const slots = new Map<string, number>();
  for (const slot of optimizer.slots) {
    slots.set(slot, await put(new Float32Array(ELEMENTS).fill(optimizer.slotStart(slot))));
  }
  const blocks = { weights: await put(start), gradients: await put(new Float32Array(ELEMENTS)), slots };
  const ranges = [{ offset: 0, length: ELEMENTS, weightDecay: optimizer.weightDecay }];
  const update = await updateInOps(optimizer, { machine, words, blocks, ranges, keep: (address) => address });
  const behind: PlanRequest["behind"] = (emit) => {
    update.numbers.emit(emit);
    update.emit(emit);
  };
  const places = new Map();
  const { address: program } = await machine.load(
    await planned({ ...machine.planning, outputs: [], places, words, behind }),
  );
  for (let t = 0; t < count; t++) {
    await engine.write(
      blocks.gradients,
      Float32Array.from({ length: ELEMENTS }, (_, i) => gradientAt(t, i)),
    );
    await update.numbers.beginSlice(1, () => update.numbersOf(t));
    await engine.run(program);
  }
  const read = async (address: number) => new Float32Array((await engine.read(address, 4 * ELEMENTS)).buffer);
  const states = await Promise.all([...slots].map(async ([slot, at]) => [slot, await read(at)] as const));
  return { theta: await read(blocks.weights), slots: Object.fromEntries(states) };
}

/** Compares with 1e-5 of the greatest magnitude. */
function expectNear(name: string, got: Float32Array, want: Float64Array): void {
  const scale = want.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  let worst = 0;
  want.forEach((value, i) => {
    if (Math.abs(got[i]! - value) > Math.abs(got[worst]! - want[worst]!)) worst = i;
  });
  const difference = Math.abs(got[worst]! - want[worst]!);
  expect(
    difference,
    `${name}[${worst}]: got ${got[worst]}, want ${want[worst]}, greatest ${scale}`,
  ).toBeLessThanOrEqual(1e-5 * scale);
}

it("has every exported optimizer on its list, and in the registry", () => {
  const names = Object.values(exported)
    .filter(
      (value) =>
        typeof value === "function" && value.prototype instanceof Optimizer && value !== KernelOptimizer,
    )
    .map((value) => (value as { name: string }).name)
    .sort();
  expect(Object.keys(optimizerCases).sort()).toEqual(names);
  expect(Object.keys(optimizerClasses).sort()).toEqual(names);
});

describe.each(Object.entries(optimizerCases))("%s", (name, makers) => {
  describe.each(makers.map((make) => [JSON.stringify(make().config()), make] as const))("%s", (_, make) => {
    it("comes back from its configuration as JSON", () => {
      const optimizer = make();
      const again = optimizerFromConfig(name, JSON.parse(JSON.stringify(optimizer.config())));
      expect(again.constructor).toBe(optimizer.constructor);
      const plain = (one: Optimizer) => ({ ...one, clipping: undefined, config: one.config() });
      expect(plain(again)).toEqual(plain(optimizer));
      for (const step of [0, 1, 99]) expect(again.scalars(step)).toEqual(optimizer.scalars(step));
      if (hasKernel(optimizer) && hasKernel(again))
        expect(again.kernelScalars(0.5)).toEqual(optimizer.kernelScalars(0.5));
    });

    if (hasKernel(make())) {
      it("gives its kernel all arguments, and no name that it does not have", () => {
        const optimizer = make() as KernelOptimizer;
        const wanted = instructions[optimizer.kernel].args.map((argument) => argument.split(":")[0]!);
        const given = [...optimizer.slots, ...Object.keys(optimizer.flags)];
        expect(
          wanted.filter((argument) => !SUPPLIED.includes(argument) && !given.includes(argument)),
        ).toEqual([]);
        expect(given.filter((argument) => !wanted.includes(argument))).toEqual([]);
      });

      it("puts the learning rate first among its numbers", () => {
        expect((make() as KernelOptimizer).kernelScalars(0.125)[0]).toBe(0.125);
      });
    }

    it(`follows its published equations for ${STEPS} steps`, async () => {
      const start = Float32Array.from({ length: ELEMENTS }, (_, i) => ((i * 29) % 61) / 30 - 1);
      const want = referenceSteps(make(), start, STEPS, gradientAt);
      const got = await steps(make(), start, STEPS);
      expectNear("θ", got.theta, want.theta);
      for (const [slot, values] of Object.entries(want.slots)) expectNear(slot, got.slots[slot]!, values);
    });

    it("follows a schedule", async () => {
      const start = new Float32Array(ELEMENTS).fill(0.5);
      const scheduled = () => {
        const optimizer = make();
        optimizer.learningRate = stepDecay({ learningRate: 0.1, every: 3, factor: 0.5 });
        return optimizer;
      };
      const want = referenceSteps(scheduled(), start, 10, gradientAt);
      expectNear("θ", (await steps(scheduled(), start, 10)).theta, want.theta);
    });
  });

  it("refuses bad options", () => {
    const make = (config: object) => refusal(() => optimizerFromConfig(name, config as never));
    expect(make({ learningRate: -0.1 })).toBe(
      `ConfigError learning-rate-out-of-range: ${name}: learningRate must be in [0, ∞), got -0.1.`,
    );
    expect(make({ learningRate: Number.NaN })).toMatch(/^ConfigError learning-rate-out-of-range/);
    expect(make({ learningRate: "fast" })).toBe(
      `ConfigError schedule-unknown: ${name}: learningRate must be a number or one of constantRate, stepDecay, cosineDecay, linearDecay, warmup, exponentialDecay, polynomialDecay, cosineRestarts, oneCycle, got "fast".`,
    );
    expect(make({ lr: 0.1 })).toMatch(/^ConfigError unknown-option: .* got "lr"\.$/);
    expect(make({ weightDecay: -1 })).toBe(
      `ConfigError weight-decay-out-of-range: ${name}: weightDecay must be in [0, ∞), got -1.`,
    );
  });

  it("refuses a bad learning rate set later", () => {
    const optimizer = makers[0]!();
    expect(refusal(() => (optimizer.learningRate = -1))).toMatch(/^ConfigError learning-rate-out-of-range/);
    optimizer.learningRate = 0.25;
    expect(optimizer.learningRateAt(9)).toBe(0.25);
  });
});

describe("optimizers refuse", () => {
  it("what is their own", () => {
    expect([
      refusal(() => new SGD({ momentum: 1 })),
      refusal(() => new SGD({ nesterov: true })),
      refusal(() => new SGD({ momentum: 0.9, nesterov: 1 as never })),
      refusal(() => new Adagrad({ epsilon: 0 })),
      refusal(() => new Adagrad({ initialAccumulator: -1 })),
      refusal(() => new RMSprop({ rho: 1 })),
      refusal(() => new Adadelta({ rho: -0.1 })),
      refusal(() => new Adam({ beta1: 1 })),
      refusal(() => new Adam({ beta2: 1.5 })),
      refusal(() => new AdamW({ epsilon: -1e-8 })),
      refusal(
        () => new Adam({ learningRate: { kind: "stepDecay", learningRate: 1, every: 0, factor: 0.5 } }),
      ),
      refusal(() => new Adam({ learningRate: { kind: "poly" } })),
      refusal(() => new Nadam({ beta1: 1 })),
      refusal(() => new Lion({ beta2: 2 })),
      refusal(() => new Adam({ clipping: 1 as never })),
      refusal(() => clipByValue(0)),
      refusal(() => clipByGlobalNorm(Number.NaN)),
      refusal(() => optimizerFromConfig("Adam", { clipping: { kind: "clipByNorm", maximum: 1 } })),
      refusal(() => optimizerFromConfig("adam", {})),
    ]).toMatchInlineSnapshot(`
      [
        "ConfigError momentum-out-of-range: SGD: momentum must be in [0, 1), got 1.",
        "ConfigError nesterov-without-momentum: SGD: nesterov needs a momentum above 0, got 0; set momentum, 0.9 for one.",
        "ConfigError not-a-boolean: SGD: nesterov must be true or false, got 1.",
        "ConfigError epsilon-out-of-range: Adagrad: epsilon must be in (0, ∞), got 0.",
        "ConfigError initial-accumulator-out-of-range: Adagrad: initialAccumulator must be in [0, ∞), got -1.",
        "ConfigError rho-out-of-range: RMSprop: rho must be in [0, 1), got 1.",
        "ConfigError rho-out-of-range: Adadelta: rho must be in [0, 1), got -0.1.",
        "ConfigError beta1-out-of-range: Adam: beta1 must be in [0, 1), got 1.",
        "ConfigError beta2-out-of-range: Adam: beta2 must be in [0, 1), got 1.5.",
        "ConfigError epsilon-out-of-range: AdamW: epsilon must be in (0, ∞), got -1e-8.",
        "ConfigError every-not-positive: Adam: learningRate stepDecay: every must be an integer of at least 1, got 0.",
        "ConfigError schedule-unknown: Adam: learningRate must be a number or one of constantRate, stepDecay, cosineDecay, linearDecay, warmup, exponentialDecay, polynomialDecay, cosineRestarts, oneCycle, got "poly".",
        "ConfigError beta1-out-of-range: Nadam: beta1 must be in [0, 1), got 1.",
        "ConfigError beta2-out-of-range: Lion: beta2 must be in [0, 1), got 2.",
        "ConfigError not-a-clipping: Adam: expected a clipping like clipByGlobalNorm(1), got 1.",
        "ConfigError maximum-out-of-range: clipByValue: maximum must be in (0, ∞), got 0.",
        "ConfigError maximum-out-of-range: clipByGlobalNorm: maximum must be in (0, ∞), got NaN.",
        "ConfigError clipping-unknown: Adam: clipping must be one of "clipByValue", "clipByGlobalNorm", got "clipByNorm".",
        "ConfigError name-unknown: optimizer: name "adam" is not known; did you mean "Adam"?",
      ]
    `);
  });
});

it("documents learning rates of optimizers that there are, and of SGD with momentum", () => {
  const names = Object.keys(optimizerClasses).map((name) => name.toLowerCase());
  expect([...names, "momentum", "nesterov"]).toEqual(
    expect.arrayContaining(Object.keys(documentedLearningRates)),
  );
});
