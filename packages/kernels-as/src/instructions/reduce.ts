import {
  ACCUMULATE,
  ACCURACY,
  BINARY_ACCURACY,
  LOG_SUM_EXP,
  MAX_COLS,
  SIGMOID_CROSS_ENTROPY,
  SIGMOID_CROSS_ENTROPY_GRAD,
  SOFTMAX,
  SOFTMAX_CROSS_ENTROPY,
  SOFTMAX_CROSS_ENTROPY_GRAD,
  SOFTMAX_GRAD,
  SUM_ABS,
  SUM_COLS,
  SUM_ROWS,
  SUM_SQUARES,
} from "../generated/opcodes.js";

/**
 * Instructions of the reduce family: sums, softmax, losses and running figures, in f32 unless said. The order of every sum depends on the
 * shape alone. `accumulate` not 0 adds to what is in y. Where all of it becomes one number (sum_squares, sum_abs, sum_cols of one row,
 * the figures), thread 0 does it.
 */
export const reduceInstructions = {
  /** y[c] (+)= scale·Σ_r x[r, c]. */
  sum_rows: { opcode: SUM_ROWS, args: ["y:p", "x:p", "rows:u", "cols:u", "scale:f", "accumulate:u"] },
  /** y[r] (+)= scale·Σ_c x[r, c]. */
  sum_cols: { opcode: SUM_COLS, args: ["y:p", "x:p", "rows:u", "cols:u", "scale:f", "accumulate:u"] },
  /** y[0] (+)= scale·Σ x². */
  sum_squares: { opcode: SUM_SQUARES, args: ["y:p", "x:p", "n:u", "scale:f", "accumulate:u"] },
  /** y[0] (+)= scale·Σ |x|. */
  sum_abs: { opcode: SUM_ABS, args: ["y:p", "x:p", "n:u", "scale:f", "accumulate:u"] },
  /** y[r] = max_c x[r, c]; NaN passes. */
  max_cols: { opcode: MAX_COLS, args: ["y:p", "x:p", "rows:u", "cols:u"] },
  /** y[r, c] = e^x[r, c] / Σ_k e^x[r, k]. y may be x. */
  softmax: { opcode: SOFTMAX, args: ["y:p", "x:p", "rows:u", "cols:u"] },
  /** dx = y·(dy − Σ_k y[k]·dy[k]) by row, from softmax's output y. dx may be y or dy. */
  softmax_grad: { opcode: SOFTMAX_GRAD, args: ["dx:p", "y:p", "dy:p", "rows:u", "cols:u"] },
  /** y[r] = log Σ_c e^x[r, c]. */
  log_sum_exp: { opcode: LOG_SUM_EXP, args: ["y:p", "x:p", "rows:u", "cols:u"] },
  /**
   * loss[r] = Σ_c t[r, c]·(log Σ_k e^x[r, k] − x[r, c]) and dx = (T·softmax(x) − t)·gradScale with T = Σ_c t[r, c]. loss or dx may be 0: not
   * wanted; dx may be logits. labels: u32 classes [rows] when `sparse` is 1, else t as f32 [rows, cols]. A class ≥ cols gives NaN.
   */
  softmax_cross_entropy: {
    opcode: SOFTMAX_CROSS_ENTROPY,
    args: ["loss:p", "dx:p", "logits:p", "labels:p", "rows:u", "cols:u", "sparse:u", "gradScale:f"],
  },
  /** dx[r] = (T·softmax(x) − t)·dloss[r]. */
  softmax_cross_entropy_grad: {
    opcode: SOFTMAX_CROSS_ENTROPY_GRAD,
    args: ["dx:p", "logits:p", "labels:p", "dloss:p", "rows:u", "cols:u", "sparse:u"],
  },
  /** loss[i] = max(x, 0) − x·t + log(1 + e^−|x|) and, unless dx is 0, dx[i] = (sigmoid(x) − t)·gradScale. */
  sigmoid_cross_entropy: {
    opcode: SIGMOID_CROSS_ENTROPY,
    args: ["loss:p", "dx:p", "logits:p", "targets:p", "n:u", "gradScale:f"],
  },
  /** dx[i] = (sigmoid(x) − t)·dloss[i]. */
  sigmoid_cross_entropy_grad: {
    opcode: SIGMOID_CROSS_ENTROPY_GRAD,
    args: ["dx:p", "logits:p", "targets:p", "dloss:p", "n:u"],
  },
  /** The f64 at `count` grows by the rows whose first greatest logit is the label's class (dense labels: their greatest). NaN is a miss. */
  accuracy: {
    opcode: ACCURACY,
    args: ["count:p", "logits:p", "labels:p", "rows:u", "cols:u", "sparse:u"],
  },
  /** The f64 at `count` grows by the i with (logits[i] > threshold) = (targets[i] > ½). NaN is a miss. */
  binary_accuracy: {
    opcode: BINARY_ACCURACY,
    args: ["count:p", "logits:p", "targets:p", "n:u", "threshold:f"],
  },
  /** The f64 at `sum` grows by weight·Σ x. */
  accumulate: { opcode: ACCUMULATE, args: ["sum:p", "x:p", "n:u", "weight:f"] },
} as const;
