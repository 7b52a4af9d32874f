// Every optimizer against its published equations in float64 for 100 steps: errors below 1e-5 of the largest magnitude.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEngine, type Engine } from "../src/index.js";
import { optimizerTable } from "../src/instructions/optim.js";
import { adadelta, adagrad, adam, rmsprop, sgd } from "./reference/optim.js";
import { f32, type Operand, run, runOnAnyThreads } from "./support/instruction.js";
import { openModule } from "./support/module.js";
import { numbers } from "./support/numbers.js";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ threads: 4 });
});
afterAll(() => engine.close());

const STEPS = 100;
/** Three ranges that begin and end off the vector's grid, with a gap between the second and the third, which is frozen. */
const RANGES = [
  { offset: 0, length: 37 },
  { offset: 37, length: 66, learningRateFactor: 0.5, weightDecay: 0.01 },
  { offset: 110, length: 21, frozen: true },
  { offset: 131, length: 3 },
];
const SIZE = 134;

type Reference = (
  theta: Float64Array,
  g: Float64Array,
  slots: readonly Float64Array[],
  rates: { alpha: number; lambda: number },
  t: number,
) => void;

interface Case {
  readonly name: string;
  readonly instruction: "sgd" | "adagrad" | "rmsprop" | "adadelta" | "adam";
  readonly slots: readonly string[];
  /** Slots that stand for "none". */
  readonly without?: readonly string[];
  readonly scalars: readonly number[];
  readonly flags?: Record<string, number>;
  readonly reference: Reference;
}

const CASES: Case[] = [
  {
    name: "SGD",
    instruction: "sgd",
    slots: [],
    without: ["velocity"],
    scalars: [0.01, 0],
    flags: { nesterov: 0 },
    reference: (theta, g, _, rates) => sgd(theta, g, new Float64Array(theta.length), { ...rates, mu: 0 }),
  },
  ...[0, 1].map(
    (nesterov): Case => ({
      name: nesterov ? "SGD with Nesterov momentum" : "SGD with momentum",
      instruction: "sgd",
      slots: ["velocity"],
      scalars: [0.01, 0.9],
      flags: { nesterov },
      reference: (theta, g, [v], rates) => sgd(theta, g, v!, { ...rates, mu: 0.9, nesterov: nesterov === 1 }),
    }),
  ),
  {
    name: "Adagrad",
    instruction: "adagrad",
    slots: ["accumulator"],
    scalars: [0.05, 1e-10],
    reference: (theta, g, [s], rates) => adagrad(theta, g, s!, { ...rates, epsilon: 1e-10 }),
  },
  {
    name: "RMSprop",
    instruction: "rmsprop",
    slots: ["meanSquare"],
    scalars: [0.01, 0.99, 1e-8],
    reference: (theta, g, [s], rates) => rmsprop(theta, g, s!, { ...rates, rho: 0.99, epsilon: 1e-8 }),
  },
  {
    name: "Adadelta",
    instruction: "adadelta",
    slots: ["meanSquare", "meanSquareUpdate"],
    scalars: [1, 0.9, 1e-6],
    reference: (theta, g, [s, u], rates) => adadelta(theta, g, s!, u!, { ...rates, rho: 0.9, epsilon: 1e-6 }),
  },
  ...[0, 1].map(
    (decoupled): Case => ({
      name: decoupled ? "AdamW" : "Adam",
      instruction: "adam",
      slots: ["m", "v"],
      scalars: [0.001, 0.9, 0.999, 1e-8],
      flags: { decoupled },
      reference: (theta, g, [m, v], rates, t) =>
        adam(theta, g, m!, v!, {
          ...rates,
          beta1: 0.9,
          beta2: 0.999,
          epsilon: 1e-8,
          t,
          decoupled: decoupled === 1,
        }),
    }),
  ),
];

const gradient = (step: number): Float32Array => numbers(step + 1, SIZE, -1, 1.2);

async function update(
  { instruction, slots, without = [], scalars, flags = {} }: Case,
  state: Record<string, Float32Array>,
  step: number,
  runner = run,
): Promise<Record<string, Float32Array>> {
  const operands: Record<string, Operand> = {
    params: { change: state.params! },
    grads: { read: gradient(step) },
    scalars: { read: Float64Array.from(scalars) },
    table: { read: optimizerTable(RANGES) },
    count: RANGES.length,
    ...flags,
  };
  for (const slot of slots) operands[slot] = { change: state[slot]! };
  for (const slot of without) operands[slot] = 0;
  if (instruction === "adam") operands.step = { read: Uint32Array.of(step, 0) };
  const results = await runner(engine, instruction, operands as never);
  return Object.fromEntries(Object.entries(results).map(([name, bytes]) => [name, f32(bytes)]));
}

describe.each(CASES)("$name", (optimizer) => {
  const { slots, scalars, reference } = optimizer;
  const start = numbers(77, SIZE);
  const begin = (): Record<string, Float32Array> => ({
    params: start.slice(),
    ...Object.fromEntries(slots.map((slot) => [slot, new Float32Array(SIZE)])),
  });

  it(`follows its equations for ${STEPS} steps`, async () => {
    let state = begin();
    const want = Object.fromEntries(
      ["params", ...slots].map((name) => [name, Float64Array.from(state[name]!)]),
    );
    for (let step = 0; step < STEPS; step++) {
      state = await update(optimizer, state, step, step === 3 ? runOnAnyThreads : run);
      const g = Float64Array.from(gradient(step));
      for (const { offset, length, learningRateFactor = 1, weightDecay = 0, frozen } of RANGES) {
        if (frozen) continue;
        const part = (block: Float64Array): Float64Array => block.subarray(offset, offset + length);
        reference(
          part(want.params!),
          part(g),
          slots.map((slot) => part(want[slot]!)),
          { alpha: scalars[0]! * learningRateFactor, lambda: Math.fround(weightDecay) },
          step + 1,
        );
      }
    }
    for (const [name, values] of Object.entries(want)) {
      const largest = values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
      const error = values.reduce((most, v, i) => Math.max(most, Math.abs(v - state[name]![i]!)), 0);
      expect(error / largest, name).toBeLessThan(1e-5);
    }
    // Neither what is frozen nor what belongs to no range has moved, and what should move has.
    expect(state.params!.slice(103, 131)).toEqual(start.slice(103, 131));
    for (const slot of slots) expect(state[slot]!.slice(103, 131)).toEqual(new Float32Array(28));
    expect(state.params!.every((v, i) => (i >= 103 && i < 131) || v !== start[i])).toBe(true);
  });

  it("passes a gradient that is NaN to the parameter alone that it belongs to", async () => {
    const g = gradient(0);
    g[5] = Number.NaN;
    const operands = {
      params: { change: start },
      grads: { read: g },
      scalars: { read: Float64Array.from(scalars) },
      table: { read: optimizerTable([{ offset: 0, length: 9 }]) },
      count: 1,
      ...(optimizer.instruction === "adam" && { step: { read: Uint32Array.of(0, 0) } }),
      ...Object.fromEntries((optimizer.without ?? []).map((slot) => [slot, 0])),
      ...Object.fromEntries(slots.map((slot) => [slot, { change: new Float32Array(SIZE) }])),
      ...optimizer.flags,
    };
    const { params } = await run(engine, optimizer.instruction, operands as never);
    expect([...f32(params).slice(0, 9)].map(Number.isNaN)).toEqual(
      [0, 1, 2, 3, 4, 5, 6, 7, 8].map((i) => i === 5),
    );
  });
});

describe("power_f64", () => {
  it("forms βᵗ within 1e-13", async () => {
    const { exports } = await openModule();
    const power = exports.power_f64 as (x: number, n: bigint) => number;
    for (const beta of [0.9, 0.99, 0.999, 0.9999]) {
      for (const t of [0, 1, 2, 3, 10, 99, 100, 1000, 4097, 65535, 1_000_000]) {
        // A power of the float64 β as a fraction of two whole numbers, to 60 digits.
        const digits = 10n ** 60n;
        const exact = powerOf(BigInt(Math.round(beta * 2 ** 53)), t, digits);
        expect(Math.abs(power(beta, BigInt(t)) - exact)).toBeLessThan(1e-13);
      }
    }
  });
});

/** (mantissa / 2⁵³)ᵗ, carried with 60 decimal digits. */
function powerOf(mantissa: bigint, t: number, digits: bigint): number {
  let result = digits;
  let square = (mantissa * digits) >> 53n;
  for (let n = t; n > 0; n = Math.floor(n / 2)) {
    if (n % 2 === 1) result = (result * square) / digits;
    square = (square * square) / digits;
  }
  return Number(result / 10n ** 40n) / 1e20;
}
