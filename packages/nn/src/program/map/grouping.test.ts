import { afterEach, describe, expect, it, vi } from "vitest";
import { gradients } from "../../autodiff/gradients.js";
import type { Tensor } from "../../graph/tensor.js";
import * as ops from "../../ops/index.js";
import { input, parameterTensor } from "../../ops/leaves.js";
import { loadMaps } from "../load-maps.js";
import { makeSteps } from "../steps.js";
import { UnitGraph } from "../unit.js";

await loadMaps();

afterEach(() => vi.restoreAllMocks());

/** A layer's product, and its normalisation over the last axis. */
function normalised(x: Tensor, layer: number): Tensor {
  const y = ops.matmul(x, parameterTensor(`kernel${layer}`, [4, 4]));
  const centred = ops.sub(y, ops.mean(y, { axes: [-1], keepDims: true }));
  const variance = ops.mean(ops.square(centred), { axes: [-1], keepDims: true });
  const scaled = ops.mul(centred, ops.rsqrt(ops.addScalar(variance, 1e-5)));
  return ops.add(
    ops.mul(scaled, parameterTensor(`gamma${layer}`, [4])),
    parameterTensor(`beta${layer}`, [4]),
  );
}

/** The steps of so many layers, each beside its input where they are residual, with the gradient of the first one's input. */
function stepsOf(layers: number, residual: boolean) {
  const first = input("x", [8, 4]);
  let x: Tensor = first;
  for (let layer = 0; layer < layers; layer++) {
    const y = normalised(x, layer);
    x = residual ? ops.add(x, y) : y;
  }
  return makeSteps([x, ...(gradients(ops.sum(ops.square(x)), [first]) as Tensor[])]);
}

describe("grouping", () => {
  it.each([
    ["in a chain", false],
    ["residual", true],
  ])("looks at about twice as much for twice as many layers that normalise, %s", (_, residual) => {
    const looks = vi.spyOn(UnitGraph.prototype, "readersOf");
    const count = (layers: number) => {
      looks.mockClear();
      stepsOf(layers, residual);
      return looks.mock.calls.length;
    };
    const [some, twice, manifold] = [count(8), count(16), count(32)];
    expect(twice / some).toBeLessThan(2.2);
    expect(manifold / twice).toBeLessThan(2.2);
  });
});
