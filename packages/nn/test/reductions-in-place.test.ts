import type { Engine } from "@loam/kernels-as";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { gradients } from "../src/autodiff/gradients.js";
import { sizeOf } from "../src/graph/shape.js";
import type { Tensor } from "../src/graph/tensor.js";
import * as ops from "../src/ops/index.js";
import { input, parameterTensor } from "../src/ops/leaves.js";
import type { Instruction } from "../src/program/instructions.js";
import { kernelPlanning } from "../src/program/kernel-planning.js";
import { loadMaps } from "../src/program/load-maps.js";
import { makePlan } from "../src/program/plan.js";
import { GraphRunner } from "./support/graph-runner.js";
import { expectNearReference } from "./support/near-reference.js";

await loadMaps();

const runner = await GraphRunner.create();
afterAll(() => runner.close());

const expectReference = (outputs: readonly Tensor[], leaves: readonly Tensor[]) =>
  expectNearReference(runner, outputs, leaves);

/** The instructions of a program. */
function instructionsOf(outputs: readonly Tensor[], leaves: readonly Tensor[]): Instruction[] {
  const plan = makePlan({
    outputs,
    places: new Map(leaves.map((leaf, i) => [leaf, { address: 1_000_000 * (i + 1), layout: undefined }])),
    words: { step: 0, seed: 0 },
    planning: kernelPlanning({ threads: 1, precision: "standard" } as Engine),
    constant: () => 0,
  });
  return plan.instructions(0);
}

describe("a reduction of what a convolution made", () => {
  const x = input("x", [2, 3, 6, 5]);
  const w = parameterTensor("w", [4, 3, 3, 3]);
  const features = ops.conv2d(x, w, { padding: [1, 1, 1, 1] });

  it("over pixels leaves it where it lies, and so does what flows back", async () => {
    const mean = ops.mean(features, { axes: [2, 3] });
    const weight = input("weight", [2, 4]);
    const slopes = gradients(ops.sum(ops.mul(mean, weight)), [w, x]) as Tensor[];
    await expectReference([mean, ...slopes], [x, w, weight]);
    const copies = instructionsOf([mean, ...slopes], [x, w, weight]).flatMap(({ name, args }) => {
      if (name !== "permute") return [];
      const { dim0, dim1, dim2, dim3, stride0, stride1, stride2 } = args as Record<string, number>;
      return dim0! * dim1! * dim2! * dim3! === sizeOf(features.shape) ? [[stride0, stride1, stride2]] : [];
    });
    // A channel's number, again for each of its pixels.
    expect(copies).toEqual([[4, 0, 1]]);
  });

  it("over any axes is what it says, and its gradient", async () => {
    const some = fc.subarray([0, 1, 2, 3]);
    await fc.assert(
      fc.asyncProperty(
        some,
        fc.constantFrom(ops.sum, ops.max, ops.min),
        fc.boolean(),
        async (axes, reduction, keepDims) => {
          const y = reduction(features, { axes, keepDims });
          const weight = input("weight", y.shape);
          const slopes = gradients(ops.sum(ops.mul(y, weight)), [w]) as Tensor[];
          await expectReference([y, ...slopes], [x, w, weight]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("flows back to a formula of it as well", async () => {
    const y = ops.mean(ops.relu(features), { axes: [2, 3], keepDims: true });
    const again = ops.conv2d(ops.mul(features, ops.sigmoid(y)), parameterTensor("v", [2, 4, 1, 1]), {});
    const v = again.inputs[1]!;
    const slopes = gradients(ops.sum(ops.square(again)), [w, v]) as Tensor[];
    await expectReference([again, ...slopes], [x, w, v]);
  });
});

it("sums over axes between others take no copy", async () => {
  const x = parameterTensor("x", [3, 7, 2, 5]);
  const sums = [[1], [1, 2], [2]].map((axes) => ops.sum(x, { axes }));
  await expectReference(sums, [x]);
  expect(new Set(instructionsOf(sums, [x]).map(({ name }) => name))).toEqual(new Set(["sum_rows"]));
});
