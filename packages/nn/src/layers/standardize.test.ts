import { describe, expect, it } from "vitest";
import { gradients } from "../autodiff/gradients.js";
import { sizeOf } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import * as ops from "../ops/index.js";
import { input, parameterTensor } from "../ops/leaves.js";
import { evaluateReference } from "../reference/index.js";
import { standardize } from "./standardize.js";

/** By the definition alone, so that the mean has its part in the variance's gradient. */
function byDefinition(x: Tensor, axes: readonly number[], epsilon: number): Tensor {
  const kept = { axes, keepDims: true };
  const centred = ops.sub(x, ops.mean(x, kept));
  const variance = ops.mean(ops.square(centred), kept);
  return ops.mul(centred, ops.rsqrt(ops.addScalar(variance, epsilon)));
}

describe("standardize", () => {
  it.each([[[0]], [[1]], [[0, 2]]])(
    "has the gradients of its definition along %j, the second ones too",
    (axes) => {
      const shape = [5, 4, 3];
      const [x, weight] = [parameterTensor("x", shape), input("weight", shape)];
      const found = [standardize(x, axes, 0.1).y, byDefinition(x, axes, 0.1)].map((y) => {
        const [first] = gradients(ops.sum(ops.mul(y, weight)), [x]) as [Tensor];
        const [second] = gradients(ops.sum(ops.square(first)), [x]) as [Tensor];
        return [y, first, second];
      });
      const data = new Map(
        [x, weight].map((leaf, seed) => [
          leaf,
          Float64Array.from({ length: sizeOf(shape) }, (_, i) => (((i + 3 * seed) * 7919) % 41) / 16 - 1.25),
        ]),
      );
      const [got, want] = found.map((outputs) => evaluateReference(outputs, data));
      got!.forEach((values, o) => {
        values.forEach((value, i) => {
          expect(value, `${o} at ${i}`).toBeCloseTo(want![o]![i]!, 11);
        });
      });
    },
  );
});
