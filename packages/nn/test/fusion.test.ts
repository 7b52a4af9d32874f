import type { Engine } from "@loam/kernels-as";
import { describe, expect, it } from "vitest";
import { gradients } from "../src/autodiff/gradients.js";
import { sizeOf } from "../src/graph/shape.js";
import type { Tensor } from "../src/graph/tensor.js";
import {
  add,
  addBias,
  conv2d,
  conv2dTranspose,
  dropout,
  matmul,
  maxPool2d,
  mean,
  mul,
  relu,
  reshape,
  softmaxCrossEntropyWithLogits,
  sum,
} from "../src/ops/index.js";
import { input, parameterTensor } from "../src/ops/leaves.js";
import { imageAsSteps, stepsAsImage } from "../src/ops/steps-as-image.js";
import { NOTHING_INSIDE } from "../src/program/fusions/graph-use.js";
import { kernelPlanning } from "../src/program/kernel-planning.js";
import { loadMaps } from "../src/program/load-maps.js";
import { makePlan } from "../src/program/plan.js";
import { makeSteps } from "../src/program/steps.js";
import { evaluateReference } from "../src/reference/index.js";
import { runGraph } from "./support/run-graph.js";

await loadMaps();

/** Small integers over 8: sums of their products are exact, so program and reference must agree to the bit. */
function values(tensor: Tensor, seed: number): Float32Array {
  return Float32Array.from(
    { length: sizeOf(tensor.shape) },
    (_, i) => (((i * 7919 + seed * 104729) % 31) - 15) / 8,
  );
}

/** Values of which no two sums agree by chance, so that rounding decides no maximum and no sign. */
function scattered(tensor: Tensor, seed: number): Float32Array {
  return Float32Array.from({ length: sizeOf(tensor.shape) }, (_, i) => {
    const x = (i + 1) * 0.618033988749895 + seed * 0.7548776662466927;
    return x - Math.floor(x) - 0.5;
  });
}

/** Fails unless the program gives the reference's numbers, but for the sign of a zero: a sum's and a masked one's may differ. */
async function expectReference(
  wanted: readonly Tensor[],
  leaves: ReadonlyMap<Tensor, Float32Array>,
  threadCounts: readonly number[],
): Promise<void> {
  const wide = new Map([...leaves].map(([leaf, data]) => [leaf, Float64Array.from(data)]));
  const want = evaluateReference(wanted, wide);
  for (const threads of threadCounts) {
    const got = await runGraph(wanted, leaves, { threads });
    got.forEach((numbers, i) => {
      expect(Array.from(numbers, (value) => value + 0)).toEqual(Array.from(want[i]!, (value) => value + 0));
    });
  }
}

describe("a fused program", () => {
  it("tells a transposed convolution from the gradient of one, behind each other and over the same images", async () => {
    const x = input("x", [2, 3, 8, 8]);
    const w = parameterTensor("w", [4, 3, 3, 3]);
    const b = parameterTensor("b", [4]);
    const up = parameterTensor("up", [4, 3, 2, 2]);
    const beside = parameterTensor("beside", [4, 2, 1, 1]);
    const found = maxPool2d(relu(addBias(conv2d(x, w, { padding: [1, 1, 1, 1] }), b)), {
      kernelSize: [2, 2],
    });
    const again = conv2dTranspose(found, up, { stride: [2, 2] });
    // Its gradients need it: were it taken for one of theirs, it would come too late.
    const loss = sum(mul(relu(again), input("t", again.shape)));
    const other = sum(mul(conv2dTranspose(found, beside), input("t2", [2, 2, 4, 4])));
    const total = add(loss, other);
    const wanted = [total, again, ...gradients(total, [w, b, up, beside]).map((slope) => slope!)];
    const leaves = new Map(
      [x, w, b, up, beside, loss.inputs[0]!.inputs[1]!, other.inputs[0]!.inputs[1]!].map((leaf, i) => [
        leaf,
        values(leaf, i),
      ]),
    );
    await expectReference(wanted, leaves, [1, 3]);
  });

  it("keeps sequences as images from one convolution over steps to the next", () => {
    const x = input("x", [2, 9, 3]);
    const there = stepsAsImage(x);
    expect(imageAsSteps(there)).toBe(x);
    const row = input("row", [2, 3, 1, 9]);
    expect(stepsAsImage(imageAsSteps(row))).toBe(row);
  });

  it("computes what its ops say, whatever the layouts inside", async () => {
    const x = input("x", [3, 2, 7, 6]);
    const w = parameterTensor("w", [5, 2, 3, 3]);
    const b = parameterTensor("b", [5]);
    const dense = parameterTensor("dense", [5 * 3 * 3, 4]);
    const bias = parameterTensor("bias", [4]);
    const feature = relu(addBias(conv2d(x, w, { padding: [1, 1, 1, 1] }), b));
    const pooled = maxPool2d(feature, { kernelSize: [2, 2] });
    const y = addBias(matmul(reshape(pooled, [3, 45]), dense), bias);
    const leaves = new Map([x, w, b, dense, bias].map((leaf, i) => [leaf, values(leaf, i)]));

    expect(makeSteps([y]).map(({ node }) => node.op.name)).toEqual(["relu", "maxPool2d", "addBias"]);
    const [got, gotPooled] = await runGraph([y, pooled], leaves);
    const wide = new Map([...leaves].map(([leaf, data]) => [leaf, Float64Array.from(data)]));
    const [want, wantPooled] = evaluateReference([y, pooled], wide);
    expect([...gotPooled!]).toEqual([...wantPooled!]);
    expect([...got!]).toEqual([...want!]);
  });
});

describe("the cross-entropy of every step of a sequence", () => {
  it("shares its exponentials with its gradient", () => {
    const logits = parameterTensor("logits", [2, 3, 4]);
    const loss = mean(softmaxCrossEntropyWithLogits(logits, input("labels", [2, 3], "u32")));
    const steps = makeSteps([loss, ...(gradients(loss, [logits]) as Tensor[])]);
    const made = steps.flatMap(({ node, alsoWrites }) => [node, ...alsoWrites].map(({ op }) => op.name));
    expect(made).toEqual(["softmaxCrossEntropy", "softmaxCrossEntropyGradient", "reduce"]);
  });
});

describe("a tall, narrow kernel", () => {
  // 300 inputs and 7 units: kept by columns inside, [inputs, units] for whoever reads it.
  const tall = () => {
    const x = input("x", [6, 300]);
    const w = parameterTensor("w", [300, 7]);
    const b = parameterTensor("b", [7]);
    const target = input("target", [6, 7]);
    return { x, w, b, target, leaves: [x, w, b, target] };
  };

  it("is multiplied, and has gradients, as its ops say", async () => {
    const { x, w, b, target, leaves } = tall();
    const y = relu(addBias(matmul(relu(x), w), b));
    const wanted = [y, ...(gradients(sum(mul(y, target)), [x, w, b]) as Tensor[])];
    const data = new Map(leaves.map((leaf, i) => [leaf, values(leaf, i)]));
    await expectReference(wanted, data, [1, 2]);
  });

  it("leaves a product that only looks like its gradient what its ops say, bias and ReLU included", async () => {
    const { x, target, b, leaves } = tall();
    const y = relu(addBias(matmul(x, target, { transposeA: true }), b));
    const data = new Map(leaves.map((leaf, i) => [leaf, values(leaf, i)]));
    const wide = new Map([...data].map(([leaf, numbers]) => [leaf, Float64Array.from(numbers)]));
    const [got] = await runGraph([y], data);
    const [want] = evaluateReference([y], wide);
    expect([...got!]).toEqual([...want!]);
  });
});

describe("fused gradients", () => {
  const half = { kernelSize: [2, 2] as const };
  // The shapes take every algorithm; they are odd, so that tiles and windows are cut off at the edges.
  it.each([
    { channels: 8, filters: 12, pool: half, images: true },
    { channels: 8, filters: 12, pool: half, images: false },
    {
      channels: 8,
      filters: 12,
      pool: { kernelSize: [3, 3] as const, stride: [2, 2] as const },
      images: true,
    },
    { channels: 8, filters: 12, pool: undefined, images: true },
    { channels: 1, filters: 16, pool: half, images: false },
    { channels: 1, filters: 16, pool: half, images: true },
    { channels: 1, filters: 16, pool: undefined, images: false },
    { channels: 3, filters: 5, pool: half, images: true },
  ])(
    "of convolution, bias, ReLU and pooling are those of the reference: %j",
    async ({ channels, filters, pool, images }) => {
      const x = input("x", [3, channels, 13, 11]);
      const w = parameterTensor("w", [filters, channels, 3, 3]);
      const b = parameterTensor("b", [filters]);
      const target = input("target", [3, filters, ...(pool ? [6, 5] : [13, 11])]);
      const feature = relu(addBias(conv2d(x, w, { padding: [1, 1, 1, 1] }), b));
      const y = pool ? maxPool2d(feature, pool) : feature;
      const loss = sum(mul(y, target));
      const wanted = gradients(loss, images ? [x, w, b] : [w, b]) as Tensor[];
      const leaves = new Map([x, w, b, target].map((leaf, i) => [leaf, scattered(leaf, i)]));
      const wide = new Map([...leaves].map(([leaf, data]) => [leaf, Float64Array.from(data)]));
      const reference = evaluateReference([y, ...wanted], wide);
      for (const threads of [1, 3]) {
        const got = await runGraph([y, ...wanted], leaves, { threads });
        reference.forEach((want, i) => {
          const largest = want.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
          got[i]!.forEach((value, k) => {
            expect(Math.abs(value - want[k]!), `output ${i} at ${k}`).toBeLessThan(1e-5 * largest);
          });
        });
      }
    },
  );
});

describe("a product masked by the gradient of a ReLU", () => {
  // Few steps of k and a wide output, an odd one: the kernels mask it as they write it.
  const graph = () => {
    const x = input("x", [11, 3, 5, 7]);
    const w = parameterTensor("w", [105, 10]);
    const target = input("target", [11, 10]);
    return { x, w, target, leaves: new Map([x, w, target].map((leaf, i) => [leaf, values(leaf, i)])) };
  };
  const planning = { ...NOTHING_INSIDE, masksInside: () => true };

  it("is that of the reference, through a Flatten", async () => {
    const { x, w, target, leaves } = graph();
    const wanted = gradients(sum(mul(matmul(reshape(relu(x), [11, 105]), w), target)), [x, w]) as Tensor[];
    expect(makeSteps(wanted, { planning }).filter(({ node }) => node.op.name === "matmul")).toHaveLength(1);
    await expectReference(wanted, leaves, [1, 3]);
  });

  it("is written over what it is masked by, once nothing else reads that", async () => {
    // 16 rows of 96 columns: no tile lies over another.
    const x = input("x", [16, 96]);
    const w = parameterTensor("w", [96, 10]);
    const target = input("target", [16, 10]);
    const y = relu(x);
    const wanted = gradients(sum(mul(matmul(y, w), target)), [x, w]) as Tensor[];
    const leaves = new Map([x, w, target].map((leaf, i) => [leaf, values(leaf, i)]));
    const isOver = (outputs: Tensor[]) => {
      const plan = makePlan({
        outputs,
        places: new Map(
          [x, w, target].map((leaf, i) => [leaf, { address: (i + 1) * 2 ** 20, layout: undefined }]),
        ),
        words: { step: 0, seed: 0 },
        planning: kernelPlanning({ threads: 1, precision: "standard" } as Engine),
        constant: () => 0,
      });
      const { c, mask } = plan.instructions(4096).find(({ name }) => name === "gemm_masked")!.args;
      return c === mask;
    };
    expect(isOver(wanted)).toBe(true);
    expect(isOver([...wanted, y])).toBe(false);
    await expectReference(wanted, leaves, [1, 3]);
  });

  it("has the decisions and the scale of the dropout behind the ReLU", async () => {
    const { x, w, target, leaves } = graph();
    const dropped = dropout(relu(x), { rate: 0.25, stream: 3 });
    const loss = sum(mul(matmul(reshape(dropped, [11, 105]), w), target));
    const [dx] = gradients(loss, [x]) as Tensor[];
    expect(makeSteps([dropped, dx!], { planning }).some(({ node }) => node.op.name === "matmul")).toBe(false);
    const [kept, got] = await runGraph([dropped, dx!], leaves, { threads: 2 });
    const wide = (leaf: Tensor) => Float64Array.from(leaves.get(leaf)!);
    const back = matmul(target, w, { transposeB: true });
    const [product] = evaluateReference([back], new Map([target, w].map((leaf) => [leaf, wide(leaf)])));
    expect(kept!.some((value) => value > 0)).toBe(true);
    got!.forEach((value, i) => {
      const want = kept![i]! > 0 ? (product![i]! * 4) / 3 : 0;
      expect(Math.abs(value - want)).toBeLessThanOrEqual(1e-5 * Math.abs(want));
    });
  });
});
