import type { KernelMemory } from "../memory.js";
import { checkRanges } from "./ranges.js";

interface Exports {
  sum_f32(x: number, n: number): number;
  sum_squares_f32(x: number, n: number): number;
  sum_abs_f32(x: number, n: number): number;
  sum_rows_f32(
    y: number,
    x: number,
    rows: number,
    cols: number,
    scale: number,
    accumulate: number,
    begin: number,
    end: number,
  ): void;
  sum_cols_f32(
    y: number,
    x: number,
    cols: number,
    scale: number,
    accumulate: number,
    begin: number,
    end: number,
  ): void;
  max_cols_f32(y: number, x: number, cols: number, begin: number, end: number): void;
  softmax_f32(y: number, x: number, cols: number, begin: number, end: number): void;
  softmax_grad_f32(dx: number, y: number, dy: number, cols: number, begin: number, end: number): void;
  log_sum_exp_f32(y: number, x: number, cols: number, begin: number, end: number): void;
}

/** A scale (default 1), and whether to add to what is in y (default false). */
export interface SumOptions {
  readonly scale?: number;
  readonly accumulate?: boolean;
}

/**
 * Sums and softmax over f32, by rows of a row-major matrix [rows, cols]. The order of a sum depends on the shape alone. Addresses in bytes,
 * sizes in elements. All throw RangeError and MemoryError: see checkRanges.
 */
export function reduceKernels(memory: KernelMemory, exports: Record<string, unknown>) {
  const wasm = exports as unknown as Exports;
  const matrix = (kernel: string, names: Record<string, number>, rows: number, cols: number): void =>
    checkRanges(
      memory,
      kernel,
      Object.fromEntries(Object.entries(names).map(([name, at]) => [name, [at, rows * cols] as const])),
    );
  return {
    /** Σ x[i]. */
    sum(x: number, n: number): number {
      checkRanges(memory, "sum", { x: [x, n] });
      return wasm.sum_f32(x, n);
    },
    /** Σ x[i]². */
    sumSquares(x: number, n: number): number {
      checkRanges(memory, "sumSquares", { x: [x, n] });
      return wasm.sum_squares_f32(x, n);
    },
    /** Σ |x[i]|. */
    sumAbs(x: number, n: number): number {
      checkRanges(memory, "sumAbs", { x: [x, n] });
      return wasm.sum_abs_f32(x, n);
    },
    /** y[c] (+)= scale·Σ_r x[r, c]. */
    sumRows(y: number, x: number, rows: number, cols: number, options: SumOptions = {}): void {
      checkRanges(memory, "sumRows", { y: [y, cols], x: [x, rows * cols] });
      wasm.sum_rows_f32(y, x, rows, cols, options.scale ?? 1, options.accumulate ? 1 : 0, 0, cols);
    },
    /** y[r] (+)= scale·Σ_c x[r, c]. */
    sumCols(y: number, x: number, rows: number, cols: number, options: SumOptions = {}): void {
      checkRanges(memory, "sumCols", { y: [y, rows], x: [x, rows * cols] });
      wasm.sum_cols_f32(y, x, cols, options.scale ?? 1, options.accumulate ? 1 : 0, 0, rows);
    },
    /** y[r] = max_c x[r, c]; NaN passes. */
    maxCols(y: number, x: number, rows: number, cols: number): void {
      checkRanges(memory, "maxCols", { y: [y, rows], x: [x, rows * cols] });
      wasm.max_cols_f32(y, x, cols, 0, rows);
    },
    /** y[r, c] = e^x[r, c] / Σ_k e^x[r, k]. y may be x. */
    softmax(y: number, x: number, rows: number, cols: number): void {
      matrix("softmax", { y, x }, rows, cols);
      wasm.softmax_f32(y, x, cols, 0, rows);
    },
    /** dx = y·(dy − Σ_k y[k]·dy[k]) by row, from softmax's output y. dx may be y or dy. */
    softmaxGrad(dx: number, y: number, dy: number, rows: number, cols: number): void {
      matrix("softmaxGrad", { dx, y, dy }, rows, cols);
      wasm.softmax_grad_f32(dx, y, dy, cols, 0, rows);
    },
    /** y[r] = log Σ_c e^x[r, c]. */
    logSumExp(y: number, x: number, rows: number, cols: number): void {
      checkRanges(memory, "logSumExp", { y: [y, rows], x: [x, rows * cols] });
      wasm.log_sum_exp_f32(y, x, cols, 0, rows);
    },
  };
}
