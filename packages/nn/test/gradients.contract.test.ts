import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { gradients } from "../src/autodiff/gradients.js";
import { sizeOf } from "../src/graph/shape.js";
import type { Tensor } from "../src/graph/tensor.js";
import * as ops from "../src/ops/index.js";
import { input, parameterTensor } from "../src/ops/leaves.js";
import { evaluateReference } from "../src/reference/index.js";
import { type OpCase, type Operand, opCases } from "./contracts/op-cases.js";
import { GraphRunner } from "./support/graph-runner.js";

const runner = await GraphRunner.create();
afterAll(() => runner.close());

/** Half a unit in the last place of a float32 near 1. */
const EPSILON = 2 ** -24;

/** An op on leaves, a scalar L = Σ c·y with c free, and dL/d each operand that has one. */
interface Problem {
  readonly leaves: Map<Tensor, Float64Array>;
  readonly y: Tensor;
  readonly loss: Tensor;
  readonly operands: readonly Tensor[];
  readonly differentiable: readonly Tensor[];
  readonly slopes: readonly (Tensor | undefined)[];
}

function pose({ operands: described, make }: OpCase, seed: number): Problem {
  const leaves = new Map<Tensor, Float64Array>();
  const operands = described.map((operand, i) => {
    const leaf =
      operand.values === "free" || operand.values === "positive"
        ? parameterTensor(`x${i}`, operand.shape)
        : input(`x${i}`, operand.shape, operand.values === "class" ? "u32" : "f32");
    leaves.set(leaf, valuesOf(operand, seed + i));
    return leaf;
  });
  const y = make(...operands);
  const c = input("c", y.shape);
  leaves.set(c, valuesOf({ shape: y.shape, values: "free" }, seed + 17));
  const loss = ops.sum(ops.mul(y, c));
  const differentiable = operands.filter((_, i) => ["free", "positive"].includes(described[i]!.values));
  return { leaves, y, loss, operands, differentiable, slopes: gradients(loss, differentiable) };
}

/** Values exact in float32. Free ones are shuffled in (−2, 2), 4/n apart and none nearer to 0 than 1/n. */
function valuesOf({ shape, values, classes = 1 }: Operand, seed: number): Float64Array {
  const n = sizeOf(shape);
  const order = shuffled(n, seed);
  if (values === "class") return Float64Array.from(order, (place) => (place + seed) % classes);
  if (values === "free") return Float64Array.from(order, (place) => Math.fround((4 * place + 1) / n - 2));
  if (values === "positive")
    return Float64Array.from(order, (place) => Math.fround(0.3 + (2 * place + 1) / n));
  const shares = Float64Array.from(order, (place) => Math.fround((place + 0.5) / n));
  if (values === "share") return shares;
  const cols = shape.at(-1)!;
  return shares.map((share, i) => {
    const start = i - (i % cols);
    return Math.fround(share / shares.subarray(start, start + cols).reduce((sum, value) => sum + value, 0));
  });
}

/** 0 … n − 1 in an order that is a function of the seed. */
function shuffled(n: number, seed: number): number[] {
  const order = Array.from({ length: n }, (_, i) => i);
  let state = (seed + 1) >>> 0;
  for (let i = n - 1; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const j = state % (i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

const largest = (values: Float64Array): number =>
  values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

function expectNear(what: string, got: ArrayLike<number>, want: Float64Array, tolerance: number): void {
  expect(got.length, what).toBe(want.length);
  let worst = 0;
  want.forEach((value, i) => {
    if (!(Math.abs(got[i]! - value) <= Math.abs(got[worst]! - want[worst]!))) worst = i;
  });
  if (want.length === 0) return;
  const difference = Math.abs(got[worst]! - want[worst]!);
  expect(
    difference <= tolerance,
    `${what}[${worst}]: got ${got[worst]}, want ${want[worst]}, ${difference} apart where ${tolerance} is allowed`,
  ).toBe(true);
}

const seed = fc.nat(1e6);

it("has every op on its list", () => {
  const names = Object.keys(ops).filter((name) => !["dropout", "elementwise"].includes(name));
  expect(Object.keys(opCases).sort()).toEqual(names.sort());
});

describe.each(Object.entries(opCases))("%s", (_, cases) => {
  it("has the gradient that central differences of its reference have", () => {
    fc.assert(
      fc.property(cases, seed, (opCase, random) => {
        const { leaves, loss, differentiable, slopes } = pose(opCase, random);
        differentiable.forEach((x, which) => {
          const values = leaves.get(x)!;
          const slope = slopes[which];
          expect(slope?.shape ?? x.shape).toEqual(x.shape);
          const got = slope ? evaluateReference([slope], leaves)[0]! : new Float64Array(values.length);
          // Each number of a small operand, a dozen of a large one.
          const places = shuffled(values.length, random).slice(0, 12);
          const want = places.map((i) => difference(loss, leaves, x, i));
          const scale = Math.max(1, largest(got));
          // h²·f‴/6 + 2⁻⁵²·|L|/h with h = 1e-5, for |L| below 1000 or so.
          expectNear(
            `dL/dx${which}`,
            places.map((i) => got[i]!),
            Float64Array.from(want),
            1e-7 * scale * opCase.terms ** 0.5,
          );
        });
      }),
      { numRuns: 25 },
    );
  });

  it("computes in kernels what its reference says, forward and backward", async () => {
    await fc.assert(
      fc.asyncProperty(cases, seed, async (opCase, random) => {
        const { leaves, y, operands, slopes } = pose(opCase, random);
        const outputs = [y, ...slopes.filter((slope) => slope !== undefined)];
        const narrow = new Map(
          [...leaves].map(([leaf, data]) => [
            leaf,
            leaf.type === "u32" ? Uint32Array.from(data) : Float32Array.from(data),
          ]),
        );
        const got = await runner.run(outputs, narrow);
        const want = evaluateReference(outputs, leaves);
        const absolute = new Map([...leaves].map(([leaf, data]) => [leaf, data.map(Math.abs)]));
        const magnitudes = opCase.linear ? evaluateReference(outputs, absolute) : want;
        outputs.forEach((_output, i) => {
          // K·2⁻²⁴·Σ|aᵢbᵢ| for the sums, and a few roundings for what is done to each number.
          const tolerance = (opCase.terms + 16) * EPSILON * Math.max(1, largest(magnitudes[i]!));
          expectNear(i === 0 ? "y" : `gradient ${i} of ${operands.length}`, got[i]!, want[i]!, tolerance);
        });
      }),
      { numRuns: 25 },
    );
  });
});

/** (L(x + h) − L(x − h)) / 2h, at element i. */
function difference(loss: Tensor, leaves: Map<Tensor, Float64Array>, x: Tensor, i: number): number {
  const h = 1e-5;
  const at = (value: number): number => {
    const moved = Float64Array.from(leaves.get(x)!);
    moved[i] = value;
    return evaluateReference([loss], new Map(leaves).set(x, moved))[0]![0]!;
  };
  const centre = leaves.get(x)![i]!;
  return (at(centre + h) - at(centre - h)) / (2 * h);
}

describe("dropout", () => {
  const n = 10_007;
  const x = parameterTensor("x", [n]);
  const dy = input("dy", [n]);
  const values = valuesOf({ shape: [n], values: "free" }, 3);
  const leaves = new Map([
    [x, Float32Array.from(values)],
    [dy, Float32Array.from(values).reverse()],
  ]);
  const run = async (rate: number, stream: number, step = 0, key = 0) => {
    const y = ops.dropout(x, { rate, stream });
    const [dx] = gradients(ops.sum(ops.mul(y, dy)), [x]);
    await runner.setCounters(step, key);
    const [got, slope] = await runner.run([y, dx!], leaves);
    return { got: got!, slope: slope! };
  };

  it.each([0.1, 0.2, 0.5, 0.9])("keeps 1 − %d of the elements, scaled to keep the mean", async (rate) => {
    const { got } = await run(rate, 1);
    const kept = got.filter((value) => value !== 0).length;
    // Five standard deviations of a binomial distribution.
    expect(Math.abs(kept - n * (1 - rate))).toBeLessThan(5 * Math.sqrt(n * rate * (1 - rate)));
    got.forEach((value, i) => {
      // The kernel's rate is a multiple of 2⁻¹⁶, so 1/(1 − rate) is met to 2⁻¹⁷/(1 − rate) of itself.
      const want = values[i]! / (1 - rate);
      if (value !== 0) expect(Math.abs(value / want - 1)).toBeLessThan(2 ** -17 / (1 - rate) + 2 * EPSILON);
    });
  });

  it("drops in the gradient what it dropped in the value, with the same scale", async () => {
    const { got, slope } = await run(0.3, 2);
    const scale = 65536 / Math.round(0.7 * 65536);
    got.forEach((value, i) => {
      const want = value === 0 ? 0 : Math.fround(leaves.get(dy)![i]! * Math.fround(scale));
      expect(slope[i]).toBe(want);
    });
  });

  it("draws another mask for another stream, step or seed, and the same for the same", async () => {
    const first = (await run(0.5, 1)).got;
    const agreeing = (other: Float32Array) =>
      other.filter((value, i) => (value === 0) === (first[i] === 0)).length;
    expect(agreeing((await run(0.5, 1)).got)).toBe(n);
    for (const other of [await run(0.5, 2), await run(0.5, 1, 1), await run(0.5, 1, 0, 1)]) {
      expect(Math.abs(agreeing(other.got) - n / 2)).toBeLessThan(5 * Math.sqrt(n / 4));
    }
  });

  it("is nothing at all at rate 0", () => {
    expect(ops.dropout(x, { rate: 0, stream: 1 })).toBe(x);
  });
});
