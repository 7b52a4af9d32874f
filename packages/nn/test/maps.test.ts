import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { gradients } from "../src/autodiff/gradients.js";
import { sizeOf } from "../src/graph/shape.js";
import type { Tensor } from "../src/graph/tensor.js";
import { standardize } from "../src/layers/standardize.js";
import * as ops from "../src/ops/index.js";
import { input, parameterTensor } from "../src/ops/leaves.js";
import { loadMaps } from "../src/program/load-maps.js";
import { makeSteps } from "../src/program/steps.js";
import { GraphRunner } from "./support/graph-runner.js";
import { expectNearReference } from "./support/near-reference.js";

await loadMaps();

const runner = await GraphRunner.create();
afterAll(() => runner.close());

const expectReference = (outputs: readonly Tensor[], leaves: readonly Tensor[]) =>
  expectNearReference(runner, outputs, leaves);

const layerNorm = (x: Tensor, gamma: Tensor, beta: Tensor): Tensor => {
  const centred = ops.sub(x, ops.mean(x, { axes: [-1], keepDims: true }));
  const variance = ops.mean(ops.square(centred), { axes: [-1], keepDims: true });
  return ops.add(ops.mul(ops.mul(centred, ops.rsqrt(ops.addScalar(variance, 1e-5))), gamma), beta);
};

const stepsOf = (outputs: readonly Tensor[]) => makeSteps(outputs).length;

describe("maps", () => {
  it("take a whole layer normalisation in one step, and its gradient with it", async () => {
    const x = parameterTensor("x", [6, 40]);
    const [gamma, beta] = [parameterTensor("gamma", [40]), parameterTensor("beta", [40])];
    const y = layerNorm(x, gamma, beta);
    expect(stepsOf([y])).toBe(1);
    const weight = input("weight", [6, 40]);
    const slopes = gradients(ops.sum(ops.mul(y, weight)), [x, gamma, beta]) as Tensor[];
    expect(stepsOf([y, ...slopes])).toBe(1);
    await expectReference([y, ...slopes], [x, gamma, beta, weight]);
  });

  it("compute a product again where it would otherwise go through memory", async () => {
    const x = parameterTensor("x", [70, 12]);
    const gamma = parameterTensor("gamma", [12]);
    const weight = input("weight", [70, 12]);
    const y = ops.mul(standardize(x, [0], 1e-5).y, gamma);
    const slopes = gradients(ops.sum(ops.mul(y, weight)), [x, gamma]) as Tensor[];
    const written = makeSteps(slopes).flatMap(({ node, alsoWrites }) => [node, ...alsoWrites]);
    // Of what has an element for each of x, the gradient alone.
    expect(written.filter(({ shape }) => sizeOf(shape) === sizeOf(x.shape))).toHaveLength(1);
    await expectReference(slopes, [x, gamma, weight]);
  });

  it("run over rows that are longer than a block", async () => {
    const x = parameterTensor("x", [3, 2500]);
    const [gamma, beta] = [parameterTensor("gamma", [2500]), parameterTensor("beta", [2500])];
    const y = layerNorm(x, gamma, beta);
    expect(stepsOf([y])).toBe(1);
    await expectReference([y, ops.max(y, { axes: [1] }), ops.min(y, { axes: [1] })], [x, gamma, beta]);
  });

  it("leave apart a sum along rows and what has as many rows of another length", async () => {
    for (const columns of [2, 4]) {
      const [x, m] = [parameterTensor("x", [2, columns]), parameterTensor("m", [2, 3])];
      await expectReference([ops.mul(x, ops.sum(m, { axes: [1], keepDims: true }))], [x, m]);
    }
  });

  it("take a sum and a maximum along the same axis of one sample", async () => {
    const x = parameterTensor("x", [1, 4, 3]);
    const doubled = ops.add(x, x);
    const axes = [1];
    await expectReference(
      [ops.sum(doubled, { axes }), ops.max(doubled, { axes }), ops.min(x, { axes })],
      [x],
    );
  });

  it("leave apart what would wait for itself", async () => {
    // Each of the two groups would need what the other computes.
    const a = parameterTensor("a", [5, 7]);
    const w = input("w", [7, 7]);
    const inner = ops.exp(ops.neg(ops.square(a)));
    const product = ops.matmul(inner, w);
    const outer = ops.mul(ops.tanh(product), ops.add(inner, product));
    await expectReference([outer, inner], [a, w]);
  });

  it("give what the reference gives for operands that are repeated along any axes, and reductions over any", async () => {
    const domain = [2, 3, 4, 5];
    const subset = fc.array(fc.boolean(), { minLength: 4, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(
        subset,
        subset,
        subset,
        fc.constantFrom(ops.sum, ops.max, ops.min),
        async (p, q, axes, reduce) => {
          const shaped = (kept: readonly boolean[]) => domain.map((size, i) => (kept[i] ? size : 1));
          const x = parameterTensor("x", domain);
          const [a, b] = [parameterTensor("a", shaped(p)), parameterTensor("b", shaped(q))];
          const over = domain.map((_, i) => i).filter((i) => axes[i]);
          const z = ops.mul(ops.tanh(ops.add(x, a)), b);
          const reduced = reduce(z, { axes: over, keepDims: true });
          const y = ops.sub(z, ops.scale(reduced, 0.125));
          const slopes = reduce === ops.sum ? (gradients(ops.sum(ops.square(y)), [x, a, b]) as Tensor[]) : [];
          await expectReference([y, reduced, ...slopes], [x, a, b]);
        },
      ),
      { numRuns: 120, seed: 3 },
    );
  });

  it("give what the reference gives for random graphs of products, sums, reductions and steps between, and their gradients", async () => {
    const [rows, cols] = [5, 12];
    const kinds = ["add", "sub", "mul", "mul", "sub", "square", "tanh", "mean", "means", "matmul"] as const;
    const op = fc.tuple(fc.constantFrom(...kinds), fc.nat(), fc.nat());
    await fc.assert(
      fc.asyncProperty(
        fc.array(op, { minLength: 3, maxLength: 24 }),
        fc.array(fc.nat(), { maxLength: 3 }),
        async (chosen, wanted) => {
          const leaves = [[rows, cols], [rows, cols], [cols], [rows, 1]].map((shape, i) =>
            parameterTensor(`leaf${i}`, shape),
          );
          const kernel = input("kernel", [cols, cols]);
          const full = leaves.slice(0, 2);
          const any = [...leaves];
          for (const [kind, p, q] of chosen) {
            const x = full[p % full.length]!;
            const other = any[q % any.length]!;
            if (kind === "mean" || kind === "means") {
              any.push(ops.mean(x, { axes: [kind === "mean" ? 0 : 1], keepDims: true }));
              continue;
            }
            const y = {
              add: () => ops.add(x, other),
              sub: () => ops.sub(x, other),
              mul: () => ops.scale(ops.mul(x, other), 0.5),
              square: () => ops.scale(ops.square(x), 0.25),
              tanh: () => ops.tanh(x),
              matmul: () => ops.scale(ops.matmul(x, kernel), 0.0625),
            }[kind]();
            full.push(y);
            any.push(y);
          }
          const last = full.at(-1)!;
          const slopes = gradients(ops.mean(ops.square(last)), leaves).filter((slope) => slope !== undefined);
          const outputs = new Set([last, ...wanted.map((i) => any[i % any.length]!), ...slopes]);
          for (const leaf of leaves) outputs.delete(leaf);
          await expectReference([...outputs], [...leaves, kernel]);
        },
      ),
      { numRuns: 300, seed: 11 },
    );
  });

  it("find the layout of a convolution's output between channels and pixels", async () => {
    const x = parameterTensor("x", [2, 3, 6, 6]);
    const kernel = parameterTensor("kernel", [4, 3, 3, 3]);
    const gamma = parameterTensor("gamma", [1, 4, 1, 1]);
    const y = ops.conv2d(x, kernel);
    const centred = ops.sub(y, ops.mean(y, { axes: [0, 2, 3], keepDims: true }));
    const variance = ops.mean(ops.square(centred), { axes: [0, 2, 3], keepDims: true });
    const normal = ops.mul(ops.mul(centred, ops.rsqrt(ops.addScalar(variance, 1e-3))), gamma);
    const loss = ops.mean(ops.square(ops.sub(normal, ops.sigmoid(normal))));
    await expectReference([normal, ...(gradients(loss, [gamma]) as Tensor[])], [x, kernel, gamma]);
  });

  it("take as many ops as one map has room for, and the next ones in another", async () => {
    const x = parameterTensor("x", [4, 9]);
    const others = Array.from({ length: 20 }, (_, i) => input(`other${i}`, [4, 9]));
    const y = others.reduce((sum: Tensor, other) => ops.tanh(ops.add(sum, other)), x);
    await expectReference([y, ...(gradients(ops.sum(y), [x]) as Tensor[])], [x, ...others]);
  });
});
