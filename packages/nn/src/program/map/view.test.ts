import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { memoryAxes, nhwc, simplify } from "../../graph/layout.js";
import { type Shape, sizeOf } from "../../graph/shape.js";
import {
  extentOf,
  keptAxes,
  layoutAlong,
  operandLayout,
  placeIn,
  repetitionPlan,
  sizeIn,
  viewAlong,
  viewFor,
} from "./view.js";

const images: Shape = [2, 3, 4, 5];

describe("a domain's view", () => {
  it("is one row where all operands are full or scalar", () => {
    expect(viewFor(images, undefined, [images, []])).toMatchObject({ rows: 1, cols: 120 });
    expect(viewFor(images, nhwc(images), [images, [1]])).toMatchObject({ rows: 1, cols: 120 });
    expect(viewFor([], undefined, [[]])).toMatchObject({ rows: 1, cols: 1 });
  });

  it("has the channels as columns where they lie innermost, and repeats them where they lie in the middle", () => {
    const channels: Shape = [3, 1, 1];
    const inside = viewFor(images, nhwc(images), [images, channels])!;
    expect(inside).toMatchObject({ rows: 40, cols: 3 });
    expect(placeIn(inside, keptAxes(channels, images))).toEqual({ extent: "row", repeated: false });
    const middle = viewFor(images, undefined, [images, channels])!;
    expect(middle).toMatchObject({ rows: 6, cols: 20 });
    expect(placeIn(middle, keptAxes(channels, images))).toEqual({ extent: "column", repeated: true });
    expect(repetitionPlan(middle, keptAxes(channels, images), "column")).toEqual({
      sizes: [2, 3],
      strides: [0, 1],
    });
  });

  it("is cut along given axes where these lie innermost", () => {
    expect(viewAlong(images, undefined, new Set([2, 3]))).toMatchObject({ rows: 6, cols: 20 });
    expect(viewAlong(images, undefined, new Set([1]))).toBeUndefined();
    expect(viewAlong(images, nhwc(images), new Set([1]))).toMatchObject({ rows: 40, cols: 3 });
    expect(layoutAlong(images, new Set([1]))).toEqual(nhwc(images));
    expect(viewAlong([4, 1], undefined, new Set([1]))).toMatchObject({ rows: 4, cols: 1 });
  });

  it("names extents", () => {
    const columns = new Set([1]);
    const of = (shape: Shape) => extentOf(keptAxes(shape, [4, 5]), [4, 5], columns);
    expect([[4, 5], [5], [1, 5], [4, 1], [], [1, 1]].map(of)).toEqual([
      "full",
      "row",
      "row",
      "column",
      "scalar",
      "scalar",
    ]);
    expect(extentOf(keptAxes([3, 1, 1], images), images, new Set([2, 3]))).toBeUndefined();
  });

  it("knows no layout whose boundaries do not nest with the shape's", () => {
    expect(memoryAxes([4, 6], simplify([3, 8], [1, 0]))).toBeUndefined();
  });
});

const sizes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 });
const layouts = fc.tuple(sizes, fc.integer({ min: 0, max: 23 })).map(([shape, seed]) => {
  const rest = shape.map((_, axis) => axis);
  const order: number[] = [];
  for (let left = seed; rest.length > 0; left = Math.floor(left / 4))
    order.push(...rest.splice(left % rest.length, 1));
  return { shape, layout: simplify(shape, order) };
});

describe("an operand in a view", () => {
  it("lies, repeated by its plan, where NumPy's broadcasting has its values, for random layouts", () => {
    fc.assert(
      fc.property(
        layouts,
        fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
        ({ shape, layout }, keep) => {
          const operand = shape.map((size, axis) => (keep[axis] ? size : 1));
          const view = viewFor(shape, layout, [shape, operand])!;
          const kept = keptAxes(operand, shape);
          const { extent } = placeIn(view, kept);
          const { sizes: along, strides } = repetitionPlan(view, kept, extent);
          expect(sizeOf(along)).toBe(sizeIn(view, extent));
          // The operand's values: their row-major places, put into the order of its own layout.
          const own = operandLayout(view, kept);
          const ownAxes = memoryAxes(operand, own)!;
          const values = Array.from({ length: sizeOf(operand) }, (_, place) =>
            rowMajor(operand, ownAxes, place),
          );
          const repeated = Array.from({ length: sizeOf(along) }, (_, place) => {
            let rest = place;
            let from = 0;
            for (let i = along.length - 1; i >= 0; i--) {
              from += (rest % along[i]!) * strides[i]!;
              rest = Math.floor(rest / along[i]!);
            }
            return values[from];
          });
          for (let r = 0; r < view.rows; r++) {
            for (let c = 0; c < view.cols; c++) {
              const place = rowMajor(shape, view.axes, r * view.cols + c);
              const at =
                extent === "full" ? r * view.cols + c : extent === "row" ? c : extent === "column" ? r : 0;
              expect(repeated[at]).toBe(broadcastPlace(place, shape, operand));
            }
          }
        },
      ),
    );
  });
});

/** Where the element at a place in memory stands in row-major order. */
function rowMajor(shape: Shape, axes: NonNullable<ReturnType<typeof memoryAxes>>, place: number): number {
  const index = new Map<number, number>();
  let rest = place;
  for (const { size, rank } of [...axes].reverse()) {
    index.set(rank, rest % size);
    rest = Math.floor(rest / size);
  }
  return [...axes]
    .sort((a, b) => a.rank - b.rank)
    .reduce((at, { size, rank }) => at * size + index.get(rank)!, 0 * shape.length);
}

/** The row-major place in `operand` of the element that is repeated at a row-major place of `shape`. */
function broadcastPlace(place: number, shape: Shape, operand: Shape): number {
  let rest = place;
  let at = 0;
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const i = rest % shape[axis]!;
    rest = Math.floor(rest / shape[axis]!);
    if (operand[axis] !== 1) at += i * stride;
    stride *= operand[axis]!;
  }
  return at;
}
