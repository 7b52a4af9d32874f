// Losses on logits in float64, and their gradients: what the kernels are tested against.
import { logSumExp, softmax, sumCols } from "./reduce.js";

type Values = ArrayLike<number>;

/** Class numbers as rows of 0 and 1. */
export function oneHot(labels: Values, cols: number): Float64Array {
  const t = new Float64Array(labels.length * cols);
  for (let r = 0; r < labels.length; r++) t[r * cols + labels[r]!] = 1;
  return t;
}

/** loss[r] = Σ_c t[r, c]·(log Σ_k e^x[r, k] − x[r, c]). */
export function softmaxCrossEntropy(x: Values, t: Values, rows: number, cols: number): Float64Array {
  const total = logSumExp(x, rows, cols);
  const terms = Float64Array.from(
    { length: rows * cols },
    (_, i) => t[i]! * (total[Math.floor(i / cols)]! - x[i]!),
  );
  return sumCols(terms, rows, cols);
}

/** dx of Σ_r dloss[r]·loss[r]: (T·softmax(x) − t)·dloss[r] with T = Σ_c t[r, c]. */
export function softmaxCrossEntropyGrad(
  x: Values,
  t: Values,
  dloss: Values,
  rows: number,
  cols: number,
): Float64Array {
  const mass = sumCols(t, rows, cols);
  return softmax(x, rows, cols).map((p, i) => {
    const r = Math.floor(i / cols);
    return (mass[r]! * p - t[i]!) * dloss[r]!;
  });
}

/** loss[i] = −t·log σ(x) − (1 − t)·log(1 − σ(x)) = max(x, 0) − x·t + log(1 + e^−|x|). */
export function sigmoidCrossEntropy(x: Values, t: Values): Float64Array {
  return Float64Array.from(
    { length: x.length },
    (_, i) => Math.max(x[i]!, 0) - x[i]! * t[i]! + Math.log1p(Math.exp(-Math.abs(x[i]!))),
  );
}

/** dx of Σ dloss[i]·loss[i]: (σ(x) − t)·dloss. */
export function sigmoidCrossEntropyGrad(x: Values, t: Values, dloss: Values): Float64Array {
  return Float64Array.from({ length: x.length }, (_, i) => (1 / (1 + Math.exp(-x[i]!)) - t[i]!) * dloss[i]!);
}
