import { describe, expect, it } from "vitest";
import { runGraph } from "../../test/support/run-graph.js";
import { gradients } from "../autodiff/gradients.js";
import { keyOf } from "../graph/expression.js";
import type { Tensor } from "../graph/tensor.js";
import { evaluateReference } from "../reference/index.js";
import { constantOf } from "./fill.js";
import { elementwise, fill, mul, reshape, scale, sum } from "./index.js";
import { input, parameterTensor } from "./leaves.js";

const softplus = elementwise("softplus", ["x"], ({ x }) => x.max(0).add(x.abs().neg().exp().log1p()));
const x = parameterTensor("x", [5]);
const values = Float64Array.of(-40, -1.5, 0, 0.25, 800);

describe("elementwise", () => {
  it("computes what the formula says", () => {
    const [y] = evaluateReference([softplus(x)], new Map([[x, values]]));
    values.forEach((value, i) => {
      expect(y![i]).toBeCloseTo(value > 30 ? value : Math.log(1 + Math.exp(value)), 12);
    });
  });

  it("derives the gradient: that of ln(1 + eˣ) is 1/(1 + e⁻ˣ), also at the kink of its parts", () => {
    const [dx] = gradients(sum(softplus(x)), [x]);
    const [got] = evaluateReference([dx!], new Map([[x, values]]));
    values.forEach((value, i) => {
      expect(got![i]).toBeCloseTo(1 / (1 + Math.exp(-value)), 12);
    });
  });

  it("differentiates gradients in turn", () => {
    const cube = elementwise("cube", ["x"], ({ x }) => x.square().mul(x));
    const [first] = gradients(sum(cube(x)), [x]);
    const [second] = gradients(sum(first!), [x]);
    const [got] = evaluateReference([second!], new Map([[x, values]]));
    values.forEach((value, i) => {
      expect(got![i]).toBeCloseTo(6 * value, 10);
    });
  });

  it("passes options to the formula", () => {
    const power = elementwise("quadratic", ["x"], ({ x }, { a, b }: { a: number; b: number }) =>
      x.square().mul(a).add(b),
    );
    const [y] = evaluateReference([power(x, { a: 2, b: 1 })], new Map([[x, values]]));
    expect([...y!]).toEqual([...values].map((value) => 2 * value * value + 1));
  });

  it("has as many outputs as the formula, and a gradient through each", async () => {
    // (s, p) = (a + b, a·b); Σ s·p = Σ a²b + ab²
    const both = elementwise("both", ["a", "b"], ({ a, b }) => [a.add(b), a.mul(b)] as const);
    const [a, b] = [parameterTensor("a", [2, 3]), parameterTensor("b", [3])];
    const [s, p] = both(a, b);
    const [da, db] = gradients(sum(mul(s, p)), [a, b]) as [Tensor, Tensor];
    const av = Float32Array.of(1, -2, 3, 0.5, 4, -1);
    const bv = Float32Array.of(2, 5, -3);
    const [gs, gp, gda, gdb] = await runGraph(
      [s, p, da, db],
      new Map([
        [a, av],
        [b, bv],
      ]),
    );
    av.forEach((value, i) => {
      const other = bv[i % 3]!;
      expect(gs![i]).toBe(value + other);
      expect(gp![i]).toBe(value * other);
      expect(gda![i]).toBe(2 * value * other + other * other);
    });
    bv.forEach((value, i) => {
      const terms = [av[i]!, av[i + 3]!].map((one) => one * one + 2 * one * value);
      expect(gdb![i]).toBe(terms[0]! + terms[1]!);
    });
  });

  it("gives truths for comparisons, through which nothing flows back", () => {
    const less = elementwise("less", ["a", "b"], ({ a, b }) => a.lt(b));
    const other = input("other", []);
    const y = less(x, other);
    expect(y.type).toBe("bool");
    const leaves = new Map([
      [x, values],
      [other, Float64Array.of(0.25)],
    ]);
    expect([...evaluateReference([y], leaves)[0]!]).toEqual([1, 1, 1, 0, 0]);
    const [dx] = gradients(sum(mul(y, x)), [x]);
    expect([...evaluateReference([dx!], leaves)[0]!]).toEqual([1, 1, 1, 0, 0]);
  });

  it("selects, so that what is not taken does no harm", () => {
    const safe = elementwise("safeLog", ["x"], ({ x }) => x.gt(0).where(x.log(), 0));
    const [dx] = gradients(sum(safe(x)), [x]);
    const [y, slope] = evaluateReference([safe(x), dx!], new Map([[x, values]]));
    expect([...y!]).toEqual([0, 0, 0, Math.log(0.25), Math.log(800)]);
    expect([...slope!]).toEqual([0, 0, 0, 4, 1 / 800]);
  });

  it("folds constants and leaves out what does nothing", () => {
    expect(constantOf(scale(fill([2], 3), 2))).toBe(6);
    expect(scale(x, 1)).toBe(x);
    const formula = elementwise("idle", ["x"], ({ x }) => x.mul(1).add(0).neg().neg().div(1).sub(0).square());
    expect(formula(x).op.expressions!(formula(x)).map(keyOf)).toEqual(["square(#0)"]);
  });

  it("takes the greater and the smaller of two, whatever their signs, also of constants", () => {
    const clip = elementwise("clip", ["x"], ({ x }) => x.max(-2).min(-1));
    const [y] = evaluateReference([clip(x)], new Map([[x, values]]));
    expect([...y!]).toEqual([-2, -1.5, -1, -1, -1]);
    expect(constantOf(clip(fill([2], -5)))).toBe(-2);
    expect(constantOf(clip(fill([2], 5)))).toBe(-1);
  });

  it("needs the output and not the input where that is enough", () => {
    const y = elementwise("tanh", ["x"], ({ x }) => x.tanh())(x);
    const [dx] = gradients(sum(mul(y, reshape(fill([5, 1], 1), [5]))), [x]);
    expect(dx!.inputs).not.toContain(x);
    expect(dx!.inputs).toContain(y);
  });

  it("runs in kernels, forward and back, with the values of its formula", async () => {
    const silu = elementwise("silu", ["x"], ({ x }) => x.mul(x.sigmoid()));
    const y = silu(x);
    const [dx] = gradients(sum(y), [x]);
    const narrow = Float32Array.from(values, (value) => Math.min(value, 40));
    const [gy, gdx] = await runGraph([y, dx!], new Map([[x, narrow]]));
    narrow.forEach((value, i) => {
      const s = 1 / (1 + Math.exp(-value));
      // A sigmoid of at most 3 ULP, and the roundings of two products and a sum.
      const bound = 2 ** -24 * 10;
      expect(Math.abs(gy![i]! - value * s)).toBeLessThanOrEqual(bound * Math.abs(value * s));
      expect(Math.abs(gdx![i]! - (s + value * s * (1 - s)))).toBeLessThanOrEqual(
        bound * (s + Math.abs(value * s)),
      );
    });
  });

  it("refuses shapes that do not broadcast", () => {
    const product = elementwise("product", ["a", "b"], ({ a, b }) => a.mul(b));
    expect(() => product(input("a", [2, 3]), input("b", [2]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: product: expected operands whose dimensions, from the last one back, are equal or 1, got [2, 3] and [2].]`,
    );
  });
});
