import { describe, expect, it } from "vitest";
import { gradients } from "../src/autodiff/gradients.js";
import { sizeOf } from "../src/graph/shape.js";
import type { Tensor } from "../src/graph/tensor.js";
import { add, addBias, conv2d, maxPool2d, mul, relu, sum, sumSquares } from "../src/ops/index.js";
import { input, parameterTensor } from "../src/ops/leaves.js";
import { evaluateReference } from "../src/reference/index.js";
import { runGraph } from "./support/run-graph.js";

/** In [-0.5, 0.5); of which no two sums agree by chance, so that rounding decides no maximum and no sign. */
function scattered(tensor: Tensor, seed: number): Float32Array {
  return Float32Array.from({ length: sizeOf(tensor.shape) }, (_, i) => {
    const x = (i + 1) ** 2 * 0.618033988749895 + seed * 0.7548776662466927;
    return x - Math.floor(x) - 0.5;
  });
}

/** The gradients that the program computes are those of the float64 reference. */
async function expectGradients(loss: Tensor, wanted: readonly Tensor[], others: readonly Tensor[]) {
  const leaves = new Map([...wanted, ...others].map((leaf, i) => [leaf, scattered(leaf, i)]));
  const wide = new Map([...leaves].map(([leaf, data]) => [leaf, Float64Array.from(data)]));
  const outputs = gradients(loss, wanted) as Tensor[];
  const got = await runGraph(outputs, leaves);
  evaluateReference(outputs, wide).forEach((want, i) => {
    const largest = want.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    got[i]!.forEach((value, k) => {
      expect(Math.abs(value - want[k]!), `gradient ${i} at ${k}`).toBeLessThan(1e-5 * largest);
    });
  });
}

const half = { kernelSize: [2, 2] as const };
const same = { padding: [1, 1, 1, 1] as const };

describe("a convolution's gradients, made in one step, are those of the reference", () => {
  // 8 channels take the convolution that has ReLU and pooling inside, 1 channel another one.
  const parts = (channels: number) => {
    const x = input("x", [3, channels, 10, 8]);
    const other = input("other", [3, channels, 10, 8]);
    const w = parameterTensor("w", [8, channels, 3, 3]);
    const b = parameterTensor("b", [8]);
    return { x, other, w, b };
  };

  it.each([1, 8])("with a penalty on the bias, %i channels", async (channels) => {
    const { x, w, b } = parts(channels);
    const target = input("target", [3, 8, 10, 8]);
    const y = addBias(conv2d(x, w, same), b);
    await expectGradients(add(sum(mul(y, target)), sumSquares(b)), [x, w, b], [target]);
  });

  it.each([1, 8])("with a penalty on the bias behind a pooling, %i channels", async (channels) => {
    const { x, w, b } = parts(channels);
    const target = input("target", [3, 8, 5, 4]);
    const y = maxPool2d(relu(addBias(conv2d(x, w, same), b)), half);
    await expectGradients(add(sum(mul(y, target)), sumSquares(b)), [x, w, b], [target]);
  });

  it.each([1, 8])("with kernel and bias in two branches, %i channels", async (channels) => {
    const { x, other, w, b } = parts(channels);
    const target = input("target", [3, 8, 5, 4]);
    const branch = (images: Tensor) => maxPool2d(relu(addBias(conv2d(images, w, same), b)), half);
    const loss = sum(mul(mul(branch(x), branch(other)), target));
    await expectGradients(loss, [x, other, w, b], [target]);
  });

  it("with branches that are added, so that one gradient flows into both", async () => {
    const { x, other, w, b } = parts(8);
    const target = input("target", [3, 8, 10, 8]);
    const branch = (images: Tensor) => addBias(conv2d(images, w, same), b);
    await expectGradients(sum(mul(add(branch(x), branch(other)), target)), [x, other, w, b], [target]);
  });

  it("with added branches of different windows", async () => {
    const { x, w } = parts(8);
    const wider = input("wider", [3, 8, 12, 10]);
    const target = input("target", [3, 8, 10, 8]);
    const y = add(conv2d(wider, w), conv2d(x, w, same));
    await expectGradients(sum(mul(y, target)), [x, wider, w], [target]);
  });
});
