import { sizeOf } from "../graph/shape.js";
import type { Reference } from "./reference.js";

/** y[n, c, …] = x[n, c, …] + b[c]. */
export const addBias: Reference = ([x, b], { shape }) => {
  const channels = shape[1]!;
  const inner = sizeOf(shape.slice(2));
  return x!.data.map((value, i) => value + b!.data[Math.floor(i / inner) % channels]!);
};

/** db[c] = Σ dy[n, c, …]. */
export const biasGradient: Reference = ([dy], { shape: [channels] }) => {
  const inner = sizeOf(dy!.shape.slice(2));
  const db = new Float64Array(channels!);
  dy!.data.forEach((value, i) => {
    db[Math.floor(i / inner) % channels!]! += value;
  });
  return db;
};
