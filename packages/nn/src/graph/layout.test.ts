import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  copyPlan,
  hwio,
  joinSides,
  type Layout,
  nhwc,
  sameLayout,
  simplify,
  splitSides,
  toMemoryOrder,
  toRowMajor,
} from "./layout.js";
import { sizeOf } from "./shape.js";

const dims = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 5 });
const permuted = dims.chain((sizes) =>
  fc
    .shuffledSubarray(
      sizes.map((_, i) => i),
      { minLength: sizes.length },
    )
    .map((order) => ({ sizes, order })),
);

/** Transposition as its definition has it: element (i₀, i₁, …) of the result is element with those indices put back in order. */
function transpose(values: Float32Array, sizes: readonly number[], order: readonly number[]): Float32Array {
  const strides = sizes.map((_, axis) => sizeOf(sizes.slice(axis + 1)));
  const outSizes = order.map((axis) => sizes[axis]!);
  return Float32Array.from(values, (_, place) => {
    let rest = place;
    let from = 0;
    for (let d = outSizes.length - 1; d >= 0; d--) {
      from += (rest % outSizes[d]!) * strides[order[d]!]!;
      rest = Math.floor(rest / outSizes[d]!);
    }
    return values[from]!;
  });
}

const counting = (n: number) => Float32Array.from({ length: n }, (_, i) => i);

describe("layout", () => {
  it("is the transposition that it describes, also when simplified", () => {
    fc.assert(
      fc.property(permuted, ({ sizes, order }) => {
        const values = counting(sizeOf(sizes));
        const lying = toMemoryOrder(values, simplify(sizes, order));
        expect(lying).toEqual(transpose(values, sizes, order));
        expect(toRowMajor(lying, simplify(sizes, order))).toEqual(values);
      }),
    );
  });

  it("copies from any layout of a tensor to any other", () => {
    fc.assert(
      fc.property(
        permuted.chain(({ sizes, order }) =>
          fc
            .shuffledSubarray(
              sizes.map((_, i) => i),
              { minLength: sizes.length },
            )
            .map((other) => ({ sizes, order, other })),
        ),
        ({ sizes, order, other }) => {
          const values = counting(sizeOf(sizes));
          const from = simplify(sizes, order);
          const to = simplify(sizes, other);
          const source = toMemoryOrder(values, from);
          const plan = copyPlan(from, to, values.length);
          expect(sizeOf(plan.sizes)).toBe(values.length);
          const copied = values.map((_, place) => {
            let rest = place;
            let at = 0;
            for (let d = plan.sizes.length - 1; d >= 0; d--) {
              at += (rest % plan.sizes[d]!) * plan.strides[d]!;
              rest = Math.floor(rest / plan.sizes[d]!);
            }
            return source[at]!;
          });
          expect(copied).toEqual(toMemoryOrder(values, to));
        },
      ),
    );
  });

  it("knows when it is row-major", () => {
    expect(nhwc([8, 1, 28, 28])).toBeUndefined();
    expect(nhwc([8, 3, 1, 1])).toBeUndefined();
    expect(nhwc([8, 3, 4, 5])).toEqual({ dims: [8, 3, 20], order: [0, 2, 1] });
    expect(hwio([32, 1, 3, 3])).toEqual({ dims: [32, 9], order: [1, 0] });
  });

  it("splits a matrix's layout into sides and joins them again", () => {
    const flattened = nhwc([8, 3, 4, 5]) as Layout;
    const sides = splitSides(flattened, 8);
    expect(sides).toEqual({ rows: undefined, columns: { dims: [3, 20], order: [1, 0] }, transposed: false });
    expect(sameLayout(joinSides(sides!.rows, 8, sides!.columns, 60), flattened)).toBe(true);
    // The kernel of a Dense behind it: rows permuted alike, columns as they are.
    expect(joinSides(sides!.columns, 60, undefined, 10)).toEqual({ dims: [3, 20, 10], order: [1, 0, 2] });
    // A batch of one has no dimension of its own.
    expect(splitSides(nhwc([1, 3, 4, 5]), 1)).toEqual({
      rows: undefined,
      columns: { dims: [3, 20], order: [1, 0] },
      transposed: false,
    });
  });

  it("knows a matrix that lies by columns from one that mixes rows and columns", () => {
    const byColumns = joinSides({ dims: [3, 20], order: [1, 0] }, 60, undefined, 10, true);
    expect(byColumns).toEqual({ dims: [3, 20, 10], order: [2, 1, 0] });
    expect(splitSides(byColumns, 60)).toEqual({
      rows: { dims: [3, 20], order: [1, 0] },
      columns: undefined,
      transposed: true,
    });
    expect(splitSides({ dims: [2, 3, 4], order: [0, 2, 1] }, 6)).toBeUndefined();
  });
});
