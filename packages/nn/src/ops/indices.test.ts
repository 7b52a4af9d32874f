import { describe, expect, it } from "vitest";
import { refusal } from "../../test/contracts/refusal.js";
import { runGraph } from "../../test/support/run-graph.js";
import { gradients } from "../autodiff/gradients.js";
import type { Tensor } from "../graph/tensor.js";
import { evaluateReference } from "../reference/index.js";
import * as ops from "./index.js";
import { input, parameterTensor } from "./leaves.js";

const NONE = 2 ** 32 - 1;

type Values = Float32Array | Uint32Array;

/** What a function of leaves gives, in kernels; the float64 reference is seen to agree. */
async function valuesOf(
  make: (...leaves: Tensor[]) => Tensor,
  ...given: [values: Values, shape: number[]][]
) {
  const leaves = given.map(([values, shape], i) =>
    input(`x${i}`, shape, values instanceof Uint32Array ? "u32" : "f32"),
  );
  const y = make(...leaves);
  const [got] = await runGraph([y], new Map(leaves.map((leaf, i) => [leaf, given[i]![0]])));
  const numbers = [...(y.type === "u32" ? new Uint32Array(got!.buffer, got!.byteOffset, got!.length) : got!)];
  const wide = new Map(leaves.map((leaf, i) => [leaf, Float64Array.from(given[i]![0])]));
  const [want] = evaluateReference([y], wide);
  expect(numbers).toEqual(Array.from(want!, y.type === "u32" ? Number : Math.fround));
  return { numbers, shape: y.shape, type: y.type };
}

describe("gather", () => {
  const x = Float32Array.of(0, 1, 2, 3, 4, 5);

  it("puts the indices' shape in place of the axis", async () => {
    const got = await valuesOf(
      (rows, i) => ops.gather(rows!, i!, { axis: 1 }),
      [x, [2, 3]],
      [Uint32Array.of(2, 0, 0, 1), [2, 2]],
    );
    expect(got).toEqual({ numbers: [2, 0, 0, 1, 5, 3, 3, 4], shape: [2, 2, 2], type: "f32" });
  });

  it("takes a single index, and none", async () => {
    const rows = (i: Uint32Array, shape: number[]) =>
      valuesOf((a, b) => ops.gather(a!, b!), [x, [3, 2]], [i, shape]);
    expect(await rows(Uint32Array.of(1), [])).toEqual({ numbers: [2, 3], shape: [2], type: "f32" });
    expect(await rows(new Uint32Array(0), [0])).toEqual({ numbers: [], shape: [0, 2], type: "f32" });
  });

  it("gives NaN where there is no row, and an index out of every range of indices", async () => {
    const beyond = Uint32Array.of(3, NONE, 1);
    const { numbers } = await valuesOf((a, i) => ops.gather(a!, i!), [x, [3, 2]], [beyond, [3]]);
    expect(numbers).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN, 2, 3]);
    const some = Uint32Array.of(7, 8, 9);
    const picked = await valuesOf((a, i) => ops.gather(a!, i!), [some, [3]], [beyond, [3]]);
    expect(picked).toEqual({ numbers: [NONE, NONE, 8], shape: [3], type: "u32" });
  });

  it("has gradients whose own gradients leave out what was left out", () => {
    const table = parameterTensor("table", [3, 1]);
    const indices = input("i", [3], "u32");
    const picked = ops.scatterAdd(ops.gather(table, indices), indices, { size: 2 });
    const [slope] = gradients(ops.sum(picked), [table]);
    const leaves = new Map([
      [table, Float64Array.of(1, 2, 3)],
      [indices, Float64Array.of(0, 2, 0)],
    ]);
    expect([...evaluateReference([slope!], leaves)[0]!]).toEqual([2, 0, 0]);
  });
});

describe("scatterAdd", () => {
  it("adds what goes to one place", async () => {
    const got = await valuesOf(
      (updates, i) => ops.scatterAdd(updates!, i!, { size: 4, axis: -1 }),
      [Float32Array.of(1, 2, 4, 10, 20, 40), [2, 3]],
      [Uint32Array.of(3, 1, 3), [3]],
    );
    expect(got).toEqual({ numbers: [0, 2, 0, 5, 0, 20, 0, 50], shape: [2, 4], type: "f32" });
  });
});

describe("cast", () => {
  it("goes from each type to each", async () => {
    const u32 = Uint32Array.of(0, 3, 2 ** 24);
    expect(await valuesOf((i) => ops.cast(i!, "f32"), [u32, [3]])).toMatchObject({
      type: "f32",
      numbers: [...u32],
    });
    expect(await valuesOf((i) => ops.cast(i!, "bool"), [u32, [3]])).toMatchObject({
      type: "bool",
      numbers: [0, 1, 1],
    });
    const f32 = Float32Array.of(-0.5, 2.75, Number.NaN, -1);
    const cut = await valuesOf((x) => ops.cast(x!, "u32"), [f32, [4]]);
    expect(cut).toMatchObject({ type: "u32", numbers: [0, 2, NONE, NONE] });
    const truths = await valuesOf((x) => ops.cast(ops.cast(x!, "bool"), "u32"), [f32, [2, 2]]);
    expect(truths).toMatchObject({ type: "u32", numbers: [1, 1, 1, 1] });
    const back = await valuesOf((x) => ops.cast(ops.cast(x!, "bool"), "f32"), [f32, [4]]);
    expect(back).toMatchObject({ type: "f32", numbers: [1, 1, 1, 1] });
    expect(await valuesOf((i) => ops.cast(i!, "f32"), [new Uint32Array(0), [0, 2]])).toMatchObject({
      numbers: [],
    });
  });
});

describe("oneHot", () => {
  it("gives a row an index, of zeros where there is no such class", async () => {
    const got = await valuesOf((i) => ops.oneHot(i!, 3), [Uint32Array.of(2, 3, 0, NONE), [2, 2]]);
    expect(got).toEqual({ numbers: [0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0], shape: [2, 2, 3], type: "f32" });
  });
});

describe("argmax", () => {
  it("tells the first of equals, and no index of a row with a NaN", async () => {
    const x = Float32Array.of(1, 3, 3, 0, Number.NaN, 5, -1, -2, -1);
    const got = await valuesOf((rows) => ops.argmax(rows!), [x, [3, 3]]);
    expect(got).toEqual({ numbers: [1, NONE, 0], shape: [3], type: "u32" });
    const down = await valuesOf(
      (rows) => ops.argmax(rows!, { axis: 0, keepDims: true }),
      [Float32Array.of(1, 5, 2, 4), [2, 2]],
    );
    expect(down).toEqual({ numbers: [1, 0], shape: [1, 2], type: "u32" });
  });
});

describe("pow", () => {
  it("is a product for whole numbers, of any sign, and exact", async () => {
    const x = Float32Array.of(-3, 0, 2, 1.5);
    const power = async (n: number) => (await valuesOf((a) => ops.pow(a!, n), [x, [4]])).numbers;
    expect(await power(3)).toEqual([-27, 0, 8, 3.375]);
    expect(await power(-2)).toEqual([
      Math.fround(1 / 9),
      Number.POSITIVE_INFINITY,
      0.25,
      Math.fround(1 / 2.25),
    ]);
    expect(await power(1)).toEqual([...x]);
  });

  it("has its values at the ends of its domain", async () => {
    const a = parameterTensor("a", [5]);
    const b = parameterTensor("b", [5]);
    const y = ops.pow(a, b);
    const [da, db] = gradients(ops.sum(y), [a, b]);
    const leaves = new Map([
      [a, Float32Array.of(0, 0, 0, -2, 0)],
      [b, Float32Array.of(2, -1, 0, 2, 1)],
    ]);
    const [value, byA, byB] = await runGraph([y, da!, db!], leaves);
    expect([...value!]).toEqual([0, Number.POSITIVE_INFINITY, 1, Number.NaN, 0]);
    expect([...byA!]).toEqual([0, Number.NEGATIVE_INFINITY, 0, Number.NaN, 1]);
    expect([...byB!]).toEqual([0, Number.NEGATIVE_INFINITY, 0, Number.NaN, 0]);
  });
});

describe("indices that do not fit", () => {
  const f32 = input("x", [2, 3]);
  const u32 = input("i", [3], "u32");
  it.each<[string, () => Tensor]>([
    ["ConfigError not-indices", () => ops.gather(f32, input("i", [1]))],
    ["ConfigError not-indices", () => ops.scatterAdd(f32, f32, { size: 2 })],
    ["ConfigError not-indices", () => ops.oneHot(f32, 2)],
    ["ConfigError labels-not-dense", () => ops.scatterAdd(u32, u32, { size: 2 })],
    ["ShapeError axis-out-of-range", () => ops.gather(f32, u32, { axis: 2 })],
    ["ShapeError axis-out-of-range", () => ops.argmax(f32, { axis: -3 })],
    ["ShapeError axis-empty", () => ops.argmax(input("x", [2, 0]))],
    ["ShapeError updates-shape", () => ops.scatterAdd(f32, u32, { size: 2 })],
    ["ShapeError updates-shape", () => ops.scatterAdd(f32, input("i", [1, 2, 3], "u32"), { size: 2 })],
    ["ShapeError updates-shape", () => ops.scatterAdd(f32, u32, { size: 2, axis: 5 })],
    ["ShapeError axis-out-of-range", () => ops.scatterAdd(f32, input("i", [], "u32"), { size: 2, axis: 5 })],
    ["ConfigError size-negative", () => ops.scatterAdd(f32, u32, { size: -1, axis: 1 })],
    ["ConfigError classes-negative", () => ops.oneHot(u32, 1.5)],
    ["ConfigError classes-out-of-range", () => ops.oneHot(u32, 2 ** 25)],
    ["ConfigError n-negative", () => ops.arange(-1)],
    ["ConfigError type-unknown", () => ops.cast(f32, "i64" as never)],
  ])("are refused: %s", (code, make) => {
    expect(refusal(make)).toMatch(
      new RegExp(`^${code}: (gather|scatterAdd|oneHot|argmax|arange|cast): .+, got .+`),
    );
  });
});
