import { sizeOf } from "../graph/shape.js";
import { placesIn } from "./places.js";
import type { Reference } from "./reference.js";

/** The indices along each axis of element i of a shape. */
function indicesOf(i: number, shape: readonly number[]): number[] {
  const indices: number[] = [];
  let rest = i;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    indices.unshift(rest % shape[axis]!);
    rest = Math.floor(rest / shape[axis]!);
  }
  return indices;
}

function placeOf(indices: readonly number[], shape: readonly number[]): number {
  return indices.reduce((place, index, axis) => place * shape[axis]! + index, 0);
}

/** Matrices of rows × columns, one behind the other, each transposed. */
export function lastTwoSwapped(data: Float64Array, rows: number, columns: number): Float64Array {
  const size = rows * columns;
  return data.map((_, i) => data[i - (i % size) + (i % rows) * columns + Math.floor((i % size) / rows)]!);
}

export const transpose: Reference = ([x], { attributes, shape }) => {
  const order = attributes.order as readonly number[];
  return Float64Array.from({ length: x!.data.length }, (_, i) => {
    const indices = indicesOf(i, shape);
    return x!.data[
      placeOf(
        order.map((_, axis) => indices[order.indexOf(axis)]!),
        x!.shape,
      )
    ]!;
  });
};

export const slice: Reference = ([x], { attributes, shape }) => {
  const { starts, steps } = attributes as Record<"starts" | "steps", readonly number[]>;
  return Float64Array.from({ length: sizeOf(shape) }, (_, i) => {
    const indices = indicesOf(i, shape).map((index, axis) => starts[axis]! + index * steps[axis]!);
    return x!.data[placeOf(indices, x!.shape)]!;
  });
};

export const concat: Reference = (inputs, { attributes, shape }) => {
  const axis = attributes.axis as number;
  return Float64Array.from({ length: sizeOf(shape) }, (_, i) => {
    const indices = indicesOf(i, shape);
    let which = 0;
    while (indices[axis]! >= inputs[which]!.shape[axis]!) indices[axis]! -= inputs[which++]!.shape[axis]!;
    return inputs[which]!.data[placeOf(indices, inputs[which]!.shape)]!;
  });
};

export const unstack: Reference = ([x], { attributes, shape, node: { outputs } }) => {
  const axis = attributes.axis as number;
  return outputs.map(({ index }) =>
    Float64Array.from({ length: sizeOf(shape) }, (_, i) => {
      const indices = indicesOf(i, shape);
      return x!.data[placeOf([...indices.slice(0, axis), index, ...indices.slice(axis)], x!.shape)]!;
    }),
  );
};

export const broadcastTo: Reference = ([x], { shape }) => {
  const place = placesIn(x!.shape, shape);
  return Float64Array.from({ length: sizeOf(shape) }, (_, i) => x!.data[place(i)]!);
};
