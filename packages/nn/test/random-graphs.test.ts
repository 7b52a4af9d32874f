import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { gradients } from "../src/autodiff/gradients.js";
import { sizeOf } from "../src/graph/shape.js";
import type { Tensor } from "../src/graph/tensor.js";
import * as ops from "../src/ops/index.js";
import { parameterTensor } from "../src/ops/leaves.js";
import { evaluateReference } from "../src/reference/index.js";
import { GraphRunner } from "./support/graph-runner.js";

const runner = await GraphRunner.create();
afterAll(() => runner.close());

/** (a·b, a − b): two outputs, of which a graph may use either, both or each several times. */
const productAndDifference = ops.elementwise(
  "productAndDifference",
  ["a", "b"],
  ({ a, b }) => [a.mul(b), a.sub(b)] as const,
);

/** Smooth ops that keep [4, 3] values of moderate size, so that central differences are sharp. */
const unary: readonly ((x: Tensor) => Tensor)[] = [
  ops.tanh,
  ops.sigmoid,
  (x) => ops.scale(x, -0.5),
  (x) => ops.addScalar(ops.square(ops.tanh(x)), -0.25),
  (x) => ops.softmax(x),
  (x) => ops.transpose(ops.reshape(x, [3, 4])),
  (x) => ops.concat([ops.slice(x, { starts: [2] }), ops.slice(x, { starts: [0], ends: [2] })], 0),
  (x) => ops.slice(x, { starts: [-1], steps: [-1], axes: [1] }),
  (x) => ops.sub(x, ops.mean(x, { axes: [0] })),
  (x) => ops.mul(ops.tanh(x), ops.mean(ops.sigmoid(x), { axes: [1], keepDims: true })),
  (x) => {
    const { outputs } = ops.scan(
      ([sum], [row]) => {
        const next = ops.tanh(ops.add(sum!, row!));
        return { carry: [next], outputs: [ops.mul(next, row!)] };
      },
      { init: [ops.fill([3], 0.25)], inputs: [x] },
    );
    return outputs[0]!;
  },
];
const binary: readonly ((a: Tensor, b: Tensor) => readonly Tensor[])[] = [
  (a, b) => [ops.add(a, b)],
  (a, b) => productAndDifference(ops.tanh(a), b),
  (a, b) => [ops.div(a, ops.addScalar(ops.exp(ops.tanh(b)), 1))],
  (a, b) => [ops.scale(ops.matmul(ops.matmul(a, b, { transposeB: true }), ops.tanh(a)), 0.25)],
];

/** Which op is applied to which of the values that are there; later ones are likelier, and each may be used again. */
const recipe = fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat()), { minLength: 3, maxLength: 12 });

function build(steps: readonly (readonly number[])[], leaves: readonly Tensor[]): Tensor[] {
  const values = [...leaves];
  for (const [which, left, right] of steps as [number, number, number][]) {
    const pick = (place: number) => values[values.length - 1 - (place % Math.min(4, values.length))]!;
    const op = which % (unary.length + binary.length);
    const made =
      op < unary.length ? [unary[op]!(pick(left))] : binary[op - unary.length]!(pick(left), pick(right));
    values.push(...made);
  }
  return values.slice(leaves.length);
}

describe("random graphs with shared parts, ops of several outputs, loops and state", () => {
  it("run as their reference says, forward and backward, leave in state what it says, and have the gradients of central differences", async () => {
    await fc.assert(
      fc.asyncProperty(
        recipe,
        fc.array(fc.integer({ min: -99, max: 99 }), { minLength: 39, maxLength: 39 }),
        fc.nat(),
        async (steps, numbers, kept) => {
          const [a, b, state, row] = [
            parameterTensor("a", [4, 3]),
            parameterTensor("b", [4, 3]),
            parameterTensor("state", [4, 3]),
            parameterTensor("row", [3]),
          ];
          const leaves = [a, b, state, row] as const;
          const built = build(steps, [a, state, ops.add(b, row), b]);
          const assigns = [{ to: state, value: built[kept % built.length]! }];
          const loss = built
            .slice(-3)
            .map((y) => ops.sum(y))
            .reduce((sum, y) => ops.add(sum, y));
          let next = 0;
          const wide = new Map(
            leaves.map((leaf) => [
              leaf as Tensor,
              Float64Array.from({ length: sizeOf(leaf.shape) }, () => Math.fround(numbers[next++]! / 64)),
            ]),
          );
          const slopes = gradients(loss, leaves);
          const present = slopes.filter((slope) => slope !== undefined);
          const outputs = [loss, ...present];
          const want = evaluateReference([...outputs, ...assigns.map(({ value }) => value)], wide);
          const narrow = new Map([...wide].map(([leaf, data]) => [leaf, Float32Array.from(data)]));
          const got = await runner.run(outputs, narrow, assigns);
          expect(got).toHaveLength(want.length);
          want.forEach((_, i) => {
            const scale = want[i]!.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
            // A dozen ops, each of which adds up at most 12 numbers and hands on what it was given multiplied by a few.
            got[i]!.forEach((value, at) => {
              expect(Math.abs(value - want[i]![at]!)).toBeLessThanOrEqual(2 ** -24 * 12 * 12 * 64 * scale);
            });
          });
          const at = (leaf: Tensor, i: number, by: number) => {
            const moved = Float64Array.from(wide.get(leaf)!);
            moved[i]! += by;
            return evaluateReference([loss], new Map(wide).set(leaf, moved))[0]![0]!;
          };
          leaves.forEach((leaf, which) => {
            const slope = slopes[which] && evaluateReference([slopes[which]], wide)[0]!;
            for (const i of [0, sizeOf(leaf.shape) - 1]) {
              const h = 1e-5;
              const difference = (at(leaf, i, h) - at(leaf, i, -h)) / (2 * h);
              const value = slope?.[i] ?? 0;
              expect(Math.abs(value - difference)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(value)));
            }
          });
        },
      ),
      { numRuns: process.env.CI ? 300 : 60 },
    );
  });
});
