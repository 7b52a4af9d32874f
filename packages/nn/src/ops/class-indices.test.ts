import { describe, expect, it } from "vitest";
import { refusal } from "../../test/contracts/refusal.js";
import { runGraph } from "../../test/support/run-graph.js";
import type { Tensor } from "../graph/tensor.js";
import * as ops from "./index.js";
import { input } from "./leaves.js";

describe("class indices", () => {
  const indices = () => input("labels", [2], "u32");
  const numbers = () => input("x", [2]);

  it.each<[string, (t: Tensor) => Tensor]>([
    ["square", ops.square],
    ["addScalar", (t) => ops.addScalar(t, 1)],
    ["sub", (t) => ops.sub(numbers(), t)],
    ["mul", (t) => ops.mul(t, numbers())],
    ["reduce", ops.mean],
    ["sumAbs", ops.sumAbs],
    ["matmul", (t) => ops.matmul(input("x", [3, 2]), ops.reshape(t, [2, 1]))],
    ["sigmoidCrossEntropy", (t) => ops.sigmoidCrossEntropyWithLogits(numbers(), t)],
  ])("are refused by %s, which would take their bits for numbers", (name, make) => {
    expect(refusal(() => make(indices()))).toBe(
      `ConfigError labels-not-dense: ${name}: expected float32 labels, got class indices; convert them with oneHot or cast.`,
    );
  });

  it("stay what they are through a reshape", async () => {
    const logits = input("logits", [2, 2]);
    const labels = input("labels", [2, 1], "u32");
    const loss = ops.softmaxCrossEntropyWithLogits(logits, ops.reshape(labels, [2]));
    const [got] = await runGraph(
      [loss],
      new Map<Tensor, Float32Array | Uint32Array>([
        [logits, Float32Array.of(0, 0, 0, Math.log(3))],
        [labels, Uint32Array.of(0, 1)],
      ]),
    );
    // p = 1/2 for the first label, 3/4 for the second.
    expect(got![0]).toBeCloseTo(Math.log(2), 6);
    expect(got![1]).toBeCloseTo(Math.log(4 / 3), 6);
  });
});
