import { sizeOf } from "../graph/shape.js";
import type { Reference } from "./reference.js";

/** y[a, i, b] = x[a, indices[i], b]; NaN, or what stands for it, where there is no such row. */
export const gather: Reference = ([x, indices], { attributes, shape, type }) => {
  const { axis, missing } = attributes as { axis: number; missing: number };
  const n = x!.shape[axis]!;
  const inner = sizeOf(x!.shape.slice(axis + 1));
  const count = indices!.data.length;
  const none = type === "u32" || missing === 0 ? missing : Number.NaN;
  return Float64Array.from({ length: sizeOf(shape) }, (_, at) => {
    const row = Math.floor(at / inner);
    const index = indices!.data[row % count]!;
    const a = Math.floor(row / count);
    return index < n ? x!.data[(a * n + index) * inner + (at % inner)]! : none;
  });
};

/** y[a, indices[i], b] grows by updates[a, i, b]. */
export const scatterAdd: Reference = ([updates, indices], { attributes, shape }) => {
  const axis = attributes.axis as number;
  const n = shape[axis]!;
  const inner = sizeOf(shape.slice(axis + 1));
  const count = indices!.data.length;
  const y = new Float64Array(sizeOf(shape));
  updates!.data.forEach((value, at) => {
    const row = Math.floor(at / inner);
    const index = indices!.data[row % count]!;
    const a = Math.floor(row / count);
    if (index < n) y[(a * n + index) * inner + (at % inner)]! += value;
  });
  return y;
};
