import type { Reference } from "./reference.js";

export const arange: Reference = (_, { attributes, shape }) => {
  const { start, step } = attributes as Record<"start" | "step", number>;
  return Float64Array.from({ length: shape[0]! }, (_, i) => start + i * step);
};

/** Without the fraction; what is no u32, the greatest u32. There is one zero. */
export const toIndices: Reference = ([x]) =>
  x!.data.map((value) => (value > -1 && value < 2 ** 32 ? Math.trunc(value) + 0 : 2 ** 32 - 1));
