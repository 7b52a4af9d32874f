// Which programs the threads share: decided by what a program costs, which the table of instructions says.
import { createEngine, type Engine, ProgramWriter } from "@loam/kernels-as";
import { describe, expect, it, vi } from "vitest";
import type { Dataset } from "../src/data/dataset.js";
import {
  Dense,
  Flatten,
  type Layer,
  type Optimizer,
  ReLU,
  Sequential,
  SGD,
  type StandardModelName,
  softmaxCrossEntropy,
  standardModel,
} from "../src/index.js";
import { costOf } from "../src/program/machine.js";

/** An engine that notes on how many threads each program runs. */
function watched(engine: Engine): { engine: Engine; threads: Set<number | undefined> } {
  const threads = new Set<number | undefined>();
  const watching = new Proxy(engine, {
    get(target, key) {
      if (key === "run") {
        return (...args: Parameters<Engine["run"]>) => {
          threads.add(args[2]?.threads);
          return target.run(...args);
        };
      }
      const value = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return { engine: watching, threads };
}

/** One step on a batch of zeros: on how many threads its program runs. */
async function trainedOn(
  layers: readonly Layer[],
  optimizer: Optimizer,
  batchSize: number,
): Promise<unknown[]> {
  const inner = await createEngine({ threads: 2 });
  const { engine, threads } = watched(inner);
  const model = new Sequential(layers, { inputShape: [1, 28, 28], seed: 1, engine });
  model.compile({ optimizer, loss: softmaxCrossEntropy() });
  const data: Dataset = {
    name: "zeros",
    inputs: { data: new Uint8Array(784 * batchSize), shape: [batchSize, 1, 28, 28] },
    labels: { data: new Uint8Array(batchSize), shape: [batchSize] },
    scaling: { kind: "divide", by: 255 },
    classNames: Array.from("0123456789"),
  };
  await model.fit(data, { epochs: 1, batchSize });
  await inner.close();
  return [...threads];
}

describe("a step's program", () => {
  // Every one of them has more than a million multiply-adds.
  it.each<[StandardModelName, number?]>([
    ["softmax"],
    ["mlp-sigmoid"],
    ["mlp"],
    ["mlp", 0],
    ["cnn"],
    ["cnn", 0],
    ["lenet"],
  ])("of %s is shared (dropout %s)", async (name, dropout) => {
    const sizes = { inputShape: [1, 28, 28], classes: 10 };
    const made = standardModel(name, { ...sizes, ...(dropout !== undefined && { dropout }) });
    expect(await trainedOn(made.layers, made.optimizer, made.batchSize)).toEqual([2]);
  });

  it("of a small network is not", async () => {
    // 16 samples through 784·8 + 8·10 weights, forward and for their gradients: 0.2 million multiply-adds.
    const layers = [new Flatten(), new Dense({ units: 8 }), new ReLU(), new Dense({ units: 10 })];
    expect(await trainedOn(layers, new SGD({ learningRate: 0.1 }), 16)).toEqual([1]);
  });
});

describe("lenet's step", () => {
  it("runs each ReLU and pooling inside its convolution, forward and back", async () => {
    const emit = vi.spyOn(ProgramWriter.prototype, "emit");
    const { layers, optimizer } = standardModel("lenet", { inputShape: [1, 28, 28], classes: 10 });
    await trainedOn(layers, optimizer, 64);
    const names = emit.mock.calls.map(([name]) => name);
    emit.mockRestore();
    expect(names.filter((name) => /conv|pool|unary/.test(name))).toEqual([
      "conv2d_relu_pool",
      "conv2d_relu_pool",
      "conv2d_relu_pool_grad",
      "conv2d_relu_pool_grad",
    ]);
  });
});

describe("a program's cost", () => {
  const sizes = { M: 20, N: 30, K: 40 };
  const at = { a: 0, b: 0, c: 0, scratch: 0, lda: 40, ldb: 30, ldc: 30, transA: 0, transB: 0 };
  const place = { scope: "", op: "" };

  it("counts a product once, be it masked or not, and an elementwise operation a half", () => {
    const flags = { bias: 0, accumulate: 0, activation: 0, strideA: 0, strideB: 0, strideC: 0 };
    const plain = { name: "gemm", args: { ...at, ...sizes, ...flags, batch: 3 }, ...place } as const;
    const masked = { name: "gemm_masked", args: { ...at, ...sizes, mask: 0, rate: 0 }, ...place } as const;
    const fill = { name: "fill", args: { y: 0, n: 100, value: 0 }, ...place } as const;
    expect([plain, masked, fill].map((one) => costOf([one]))).toEqual([3 * 24_000, 24_000, 50]);
    expect(costOf([plain, masked, fill])).toBe(72_000 + 24_000 + 50);
  });
});
