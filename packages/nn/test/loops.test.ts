// Recurrences in a program: random ones against the same written out step by step, in float64 and in the kernels; and what they cost.

import { createEngine } from "@loam/kernels-as";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { gradients } from "../src/autodiff/gradients.js";
import { sizeOf } from "../src/graph/shape.js";
import { reachable, type Tensor } from "../src/graph/tensor.js";
import { GRU, type Layer, LSTM, Sequential, SimpleRNN } from "../src/index.js";
import * as ops from "../src/ops/index.js";
import { input, parameterTensor } from "../src/ops/leaves.js";
import { kernelPlanning } from "../src/program/kernel-planning.js";
import { loadMaps } from "../src/program/load-maps.js";
import { costOf } from "../src/program/machine.js";
import { makePlan } from "../src/program/plan.js";
import { isLeaf } from "../src/program/step.js";
import { evaluateReference } from "../src/reference/index.js";
import { GraphRunner } from "./support/graph-runner.js";

await loadMaps();

const runners = [await GraphRunner.create(), await GraphRunner.create({ threads: 3 })];
afterAll(() => Promise.all(runners.map((runner) => runner.close())));

const [ROWS, UNITS] = [2, 3];

/** Ops over [2, 3] values of moderate size, some with a weight that all steps share. */
const unary: readonly ((x: Tensor, weights: Weights) => Tensor)[] = [
  (x) => ops.tanh(x),
  (x) => ops.sigmoid(x),
  (x) => ops.softmax(x),
  (x, { square }) => ops.matmul(x, square),
  (x, { square }) => ops.matmul(x, square, { transposeB: true }),
  (x, { rows }) => ops.matmul(rows, x, { transposeA: true }),
  (x, { rows }) => ops.matmul(rows, x),
  (x, { row }) => ops.addBias(x, row),
  (x, { row }) => ops.mul(x, row),
  (x, { rows }) => ops.transpose(ops.matmul(x, rows, { transposeA: true })),
  (x) => ops.sub(x, ops.mean(x, { axes: [0] })),
  (x) =>
    ops.concat(
      [ops.slice(x, { axes: [1], starts: [1] }), ops.slice(x, { axes: [1], starts: [0], ends: [1] })],
      1,
    ),
  (x) => ops.reshape(ops.transpose(ops.reshape(x, [UNITS, ROWS])), [ROWS, UNITS]),
];
const binary: readonly ((a: Tensor, b: Tensor) => Tensor)[] = [
  (a, b) => ops.add(a, b),
  (a, b) => ops.mul(ops.tanh(a), ops.sigmoid(b)),
  (a, b) => ops.scale(ops.matmul(ops.matmul(a, b, { transposeB: true }), a), 0.25),
];

interface Weights {
  readonly square: Tensor;
  readonly rows: Tensor;
  readonly row: Tensor;
}

const recipe = fc.record({
  steps: fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat()), { minLength: 1, maxLength: 7 }),
  length: fc.integer({ min: 1, max: 5 }),
  reverse: fc.boolean(),
  axis: fc.integer({ min: -3, max: 2 }),
  carries: fc.integer({ min: 1, max: 3 }),
  // Which results are used: of the last carries, and of the outputs.
  used: fc.integer({ min: 1, max: 63 }),
  numbers: fc.array(fc.integer({ min: -80, max: 80 }), { minLength: 150, maxLength: 150 }),
});
type Recipe = typeof recipe extends fc.Arbitrary<infer T> ? T : never;

function build({ steps, length, reverse, axis, carries, used, numbers }: Recipe) {
  const at = axis < 0 ? axis + 3 : axis;
  const shape = [ROWS, UNITS];
  shape.splice(at, 0, length);
  const weights = {
    square: parameterTensor("square", [UNITS, UNITS]),
    rows: parameterTensor("rows", [ROWS, ROWS]),
    row: parameterTensor("row", [UNITS]),
  };
  const [x, z] = [parameterTensor("x", shape), parameterTensor("z", shape)];
  const init = Array.from({ length: carries }, (_, i) => parameterTensor(`c${i}`, [ROWS, UNITS]));
  const leaves = [weights.square, weights.rows, weights.row, x, z, ...init];
  let next = 0;
  const values = new Map(
    leaves.map((leaf) => [
      leaf,
      Float64Array.from({ length: sizeOf(leaf.shape) }, () => Math.fround(numbers[next++ % 150]! / 64)),
    ]),
  );
  const step = (carry: readonly Tensor[], parts: readonly Tensor[]) => {
    const made = [...carry, ...parts];
    for (const [which, left, right] of steps as [number, number, number][]) {
      const pick = (place: number) => made[made.length - 1 - (place % Math.min(5, made.length))]!;
      const op = which % (unary.length + binary.length);
      const y =
        op < unary.length
          ? unary[op]!(pick(left), weights)
          : binary[op - unary.length]!(pick(left), pick(right));
      made.push(y);
    }
    const last = (i: number) => made[made.length - 1 - (i % made.length)]!;
    return { carry: carry.map((_, i) => last(i)), outputs: [last(0), last(1), last(carries + 1)] };
  };
  const options = { init, inputs: [x, z], axis, reverse };
  const lossOf = ({ carry, outputs }: { carry: readonly Tensor[]; outputs: readonly Tensor[] }) =>
    [...outputs, ...carry]
      .filter((_, i) => (used >> i) & 1 || i === 0)
      .map((y, i) => ops.sum(ops.mul(y, ops.addScalar(ops.tanh(y), i + 1))))
      .reduce((sum, y) => ops.add(sum, y));
  const looped = ops.scan(step, options);
  // One that asks for the step's number is written out.
  const writtenOut = ops.scan((carry, parts, _time) => step(carry, parts), options);
  return { leaves, values, looped, losses: [lossOf(looped), lossOf(writtenOut)] as const };
}

describe("random recurrences", () => {
  it("have the values and gradients of the same written out, and of central differences, on any number of threads", async () => {
    await fc.assert(
      fc.asyncProperty(recipe, async (one) => {
        const { leaves, values, looped, losses } = build(one);
        const slopes = losses.map((loss) => gradients(loss, leaves));
        const present = leaves.flatMap((_, i) => (slopes[0]![i] && slopes[1]![i] ? [i] : []));
        const [outputs, plain] = losses.map((loss, which) => [
          loss,
          ...present.map((i) => slopes[which]![i]!),
        ]);
        const [want, expected] = [outputs!, plain!].map((all) => evaluateReference(all, values));
        want!.forEach((value, i) => {
          const scale = expected![i]!.reduce((most, each) => Math.max(most, Math.abs(each)), 1);
          value.forEach((each, at) => {
            expect(Math.abs(each - expected![i]![at]!)).toBeLessThanOrEqual(1e-11 * scale);
          });
        });
        // What one of them has no gradient for, the other has none or zeros.
        for (const i of leaves.keys()) {
          if (present.includes(i)) continue;
          const slope = slopes[0]![i] ?? slopes[1]![i];
          if (slope) expect(evaluateReference([slope], values)[0]!.every((value) => value === 0)).toBe(true);
        }
        for (const i of present.slice(0, 4)) {
          const leaf = leaves[i]!;
          const loss = (by: number) => {
            const moved = Float64Array.from(values.get(leaf)!);
            moved[0]! += by;
            return evaluateReference([losses[0]], new Map(values).set(leaf, moved))[0]![0]!;
          };
          const difference = (loss(1e-5) - loss(-1e-5)) / 2e-5;
          const slope = evaluateReference([slopes[0]![i]!], values)[0]![0]!;
          expect(Math.abs(slope - difference)).toBeLessThanOrEqual(1e-5 * Math.max(1, Math.abs(slope)));
        }
        const narrow = new Map([...values].map(([leaf, data]) => [leaf, Float32Array.from(data)]));
        const wanted = [...outputs!, ...looped.carry, ...looped.outputs];
        const exact = evaluateReference(wanted, values);
        const [got, again] = await Promise.all(runners.map((runner) => runner.run(wanted, narrow)));
        wanted.forEach((_, i) => {
          const scale = exact[i]!.reduce((most, each) => Math.max(most, Math.abs(each)), 1);
          expect(again![i]).toEqual(got![i]);
          // Five steps of seven ops, each of which hands on what it was given with a few roundings, times a few.
          got![i]!.forEach((value, at) => {
            expect(Math.abs(value - exact[i]![at]!)).toBeLessThanOrEqual(2 ** -24 * 5 * 7 * 400 * scale);
          });
        });
      }),
      { numRuns: 40 },
    );
  });

  it("may lie in each other, and be differentiated twice", () => {
    const [x, w, h] = [parameterTensor("x", [3, 4, 2]), parameterTensor("w", [2]), parameterTensor("h", [2])];
    const values = new Map(
      [x, w, h].map((leaf, seed) => [
        leaf,
        Float64Array.from({ length: sizeOf(leaf.shape) }, (_, i) => Math.sin(3 * i + seed)),
      ]),
    );
    const inner = (c: Tensor, d: Tensor) => ops.tanh(ops.add(ops.mul(c, w), d));
    const nested = (written: boolean) => {
      const run = <C extends readonly Tensor[]>(
        step: (carry: C, inputs: readonly Tensor[]) => { carry: C },
        init: C,
        inputs: readonly Tensor[],
      ) => ops.scan(written ? (carry, parts, _time) => step(carry, parts) : step, { init, inputs }).carry;
      const [last] = run(
        ([c], [rows]) => ({ carry: run(([d], [row]) => ({ carry: [inner(d!, row!)] }), [c!], [rows!]) }),
        [h] as Tensor[],
        [x],
      );
      const [dw] = gradients(ops.sum(ops.square(last!)), [w]);
      const [dx] = gradients(ops.sum(ops.mul(dw!, w)), [x]);
      return [last!, dw!, dx!];
    };
    const [got, want] = [false, true].map((written) => evaluateReference(nested(written), values));
    want!.forEach((all, i) => {
      all.forEach((value, at) => {
        expect(Math.abs(got![i]![at]! - value)).toBeLessThanOrEqual(1e-12);
      });
    });
  });

  it("runs one in another in the kernels", async () => {
    const [x, w] = [input("x", [3, 4, 2]), input("w", [2])];
    const { carry } = ops.scan(
      ([c], [rows]) => {
        const inside = ops.scan(
          ([d], [row]) => ({ carry: [ops.tanh(ops.add(ops.mul(d, w), row!))] as const }),
          {
            init: [c],
            inputs: [rows!],
          },
        );
        return { carry: [inside.carry[0]] as const };
      },
      { init: [ops.fill([2], 0.5)], inputs: [x] },
    );
    const values = new Map(
      [x, w].map((leaf) => [leaf, Float32Array.from({ length: sizeOf(leaf.shape) }, (_, i) => Math.sin(i))]),
    );
    const [want] = evaluateReference(
      carry,
      new Map([...values].map(([leaf, data]) => [leaf, Float64Array.from(data)])),
    );
    for (const runner of runners) {
      const [got] = await runner.run(carry, values);
      got!.forEach((value, i) => {
        expect(Math.abs(value - want![i]!)).toBeLessThanOrEqual(2 ** -24 * 100);
      });
    }
  });
});

/** The instructions of a training step over so many steps of time. */
async function programOf(layer: Layer, steps: number) {
  const { network } = new Sequential([layer], { inputShape: [steps, 3] });
  const engine = await createEngine({ threads: 1 });
  const leaf = input("x", [2, steps, 3]);
  const { outputs } = network.forward([leaf], true);
  const weights = network.parameters.map(({ tensor }) => tensor);
  const loss = ops.sum(ops.square(outputs[0]!));
  const wanted = [loss, ...gradients(loss, weights).map((slope) => slope!)];
  const places = new Map(
    reachable(wanted)
      .filter(isLeaf)
      .map((each, i) => [each, { address: 4096 * (i + 1), layout: undefined }]),
  );
  const plan = makePlan({
    outputs: wanted,
    places,
    words: { step: 64, seed: 128 },
    planning: kernelPlanning(engine),
    constant: () => 256,
  });
  await engine.close();
  return plan.instructions(1 << 20);
}

describe("a program with a recurrence", () => {
  it.each([
    ["SimpleRNN", (options: object) => new SimpleRNN({ units: 4, ...options })],
    ["LSTM", (options: object) => new LSTM({ units: 4, ...options })],
    ["GRU", (options: object) => new GRU({ units: 4, ...options })],
  ])("of %s has as many instructions for 9 steps as for 300, which cost more", async (_, make) => {
    for (const options of [{}, { returnSequences: true, bidirectional: true }]) {
      const [short, long] = [await programOf(make(options), 9), await programOf(make(options), 300)];
      const names = (program: typeof short) => program.map(({ name }) => name).sort();
      expect(names(long)).toEqual(names(short));
      expect(costOf(long)).toBeGreaterThan(20 * costOf(short));
    }
  });
});
