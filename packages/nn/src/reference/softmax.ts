import type { Reference } from "./reference.js";

/** Rows of exp(x − m) / Σ exp(x − m), m the row's greatest. */
export function softmaxRows(x: Float64Array, cols: number): Float64Array {
  const y = new Float64Array(x.length);
  for (let start = 0; start < x.length; start += cols) {
    const row = x.subarray(start, start + cols);
    const greatest = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    const total = row.reduce((sum, value) => sum + Math.exp(value - greatest), 0);
    row.forEach((value, i) => {
      y[start + i] = Math.exp(value - greatest) / total;
    });
  }
  return y;
}

export const softmax: Reference = ([x], { shape }) => softmaxRows(x!.data, shape.at(-1) ?? 1);

/** dx = y·(dy − Σ y·dy), the sum along each row. */
export const softmaxGradient: Reference = ([y, dy], { shape }) => {
  const cols = shape.at(-1) ?? 1;
  return y!.data.map((value, i) => {
    const start = i - (i % cols);
    let dot = 0;
    for (let j = start; j < start + cols; j++) dot += y!.data[j]! * dy!.data[j]!;
    return value * (dy!.data[i]! - dot);
  });
};

/** ln Σ eˣ along the last axis, which becomes 1. */
export const logSumExp: Reference = ([x]) => {
  const cols = x!.shape.at(-1)!;
  return Float64Array.from({ length: x!.data.length / cols }, (_, r) => {
    const row = x!.data.subarray(r * cols, (r + 1) * cols);
    const greatest = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    return greatest + Math.log(row.reduce((sum, value) => sum + Math.exp(value - greatest), 0));
  });
};
