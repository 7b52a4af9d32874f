import { describe, expect, it } from "vitest";
import type { Op } from "../graph/op.js";
import { makeTensor, makeTensors, type Tensor, withScope } from "../graph/tensor.js";
import { fill, mul, square, sum } from "../ops/index.js";
import { parameterTensor } from "../ops/leaves.js";
import { evaluateReference } from "../reference/index.js";
import { gradients } from "./gradients.js";

/** (s, d) = (a + b, a − b): an op of two outputs. */
const sumAndDifference: Op = {
  name: "sumAndDifference",
  gradients: ([ds, dd], { inputs: [a] }) => {
    const zero = fill(a!.shape, 0);
    const { shape } = a!;
    return makeTensors(sumAndDifference, [ds ?? zero, dd ?? zero], {}, [{ shape }, { shape }]);
  },
};
const evaluate = (outputs: readonly (Tensor | undefined)[]) =>
  evaluateReference(outputs as Tensor[], values, {
    sumAndDifference: ([a, b]) => [
      a!.data.map((value, i) => value + b!.data[i]!),
      a!.data.map((value, i) => value - b!.data[i]!),
    ],
  });
const a = parameterTensor("a", [2]);
const b = parameterTensor("b", [2]);
const both = () => makeTensors(sumAndDifference, [a, b], {}, [{ shape: [2] }, { shape: [2] }]);
const values = new Map([
  [a, Float64Array.of(3, -2)],
  [b, Float64Array.of(5, 7)],
]);

describe("gradients of ops with several outputs", () => {
  it("joins what reaches each output", () => {
    // (a + b)(a − b) = a² − b²
    const [s, d] = both() as [Tensor, Tensor];
    const [da, db] = evaluate(gradients(sum(mul(s, d)), [a, b]));
    expect([...da!]).toEqual([6, -4]);
    expect([...db!]).toEqual([-10, -14]);
  });

  it("knows when one of them leads nowhere", () => {
    // (a − b)²
    const [, d] = both() as [Tensor, Tensor];
    const [da, db] = evaluate(gradients(sum(square(d)), [a, b]));
    expect([...da!]).toEqual([-4, -18]);
    expect([...db!]).toEqual([4, 18]);
  });
});

describe("an op without a gradient", () => {
  const make = (op: Op) => withScope("hidden2", () => makeTensor(op, [a], {}, [2]));

  it("stops differentiation when it merely lacks a rule", () => {
    const loss = sum(make({ name: "mystery" }));
    expect(() => gradients(loss, [a])).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: hidden2: expected ops that can be differentiated, got mystery, which has no gradient rule; give it one, or mark it as having none.]`,
    );
    // Nothing is asked of it where no target lies behind it.
    expect(gradients(loss, [b])).toEqual([undefined]);
  });

  it("lets nothing flow back when it says so", () => {
    const stopped = make({ name: "stop", gradient: "none" });
    expect(gradients(sum(stopped), [a])).toEqual([undefined]);
  });
});
