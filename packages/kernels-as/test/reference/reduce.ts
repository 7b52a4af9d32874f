// Sums and softmax in float64, by rows of [rows, cols]: what the kernels are tested against.
type Values = ArrayLike<number>;

/** Σ_r x[r, c] for each c. */
export function sumRows(x: Values, rows: number, cols: number): Float64Array {
  const y = new Float64Array(cols);
  for (let i = 0; i < rows * cols; i++) y[i % cols]! += x[i]!;
  return y;
}

/** Σ_c x[r, c] for each r. */
export function sumCols(x: Values, rows: number, cols: number): Float64Array {
  return eachRow(x, rows, cols, (row) => row.reduce((total, value) => total + value, 0));
}

/** max_c x[r, c] for each r. */
export function maxCols(x: Values, rows: number, cols: number): Float64Array {
  return eachRow(x, rows, cols, (row) => row.reduce((most, value) => Math.max(most, value), -Infinity));
}

/** log Σ_c e^x[r, c] for each r. */
export function logSumExp(x: Values, rows: number, cols: number): Float64Array {
  return eachRow(x, rows, cols, (row) => {
    const most = Math.max(...row);
    return most + Math.log(row.reduce((total, value) => total + Math.exp(value - most), 0));
  });
}

/** e^x[r, c] / Σ_k e^x[r, k]. */
export function softmax(x: Values, rows: number, cols: number): Float64Array {
  const total = logSumExp(x, rows, cols);
  return Float64Array.from({ length: rows * cols }, (_, i) => Math.exp(x[i]! - total[Math.floor(i / cols)]!));
}

/** dx of Σ dy·softmax(x), from y = softmax(x). */
export function softmaxGrad(y: Values, dy: Values, rows: number, cols: number): Float64Array {
  const product = Float64Array.from({ length: rows * cols }, (_, i) => y[i]! * dy[i]!);
  const dot = sumCols(product, rows, cols);
  return product.map((value, i) => value - y[i]! * dot[Math.floor(i / cols)]!);
}

function eachRow(x: Values, rows: number, cols: number, f: (row: readonly number[]) => number): Float64Array {
  return Float64Array.from({ length: rows }, (_, r) =>
    f(Array.from({ length: cols }, (__, c) => x[r * cols + c]!)),
  );
}
