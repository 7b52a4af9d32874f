// Instructions of the reduce family: see src/instructions/reduce.ts.
import { store_scaled } from "../reduce/lanes";
import { max_cols_f32, sum_cols_f32, sum_rows_f32 } from "../reduce/matrix";
import { accumulate_f32, accuracy_f32, binary_accuracy_f32 } from "../reduce/metrics";
import { sigmoid_cross_entropy_f32, sigmoid_cross_entropy_grad_f32 } from "../reduce/sigmoid-cross-entropy";
import { log_sum_exp_f32, softmax_f32, softmax_grad_f32 } from "../reduce/softmax";
import { softmax_cross_entropy_f32, softmax_cross_entropy_grad_f32 } from "../reduce/softmax-cross-entropy";
import { sum_abs_f32, sum_squares_f32 } from "../reduce/sum";
import { arg_f, arg_u, share_begin, share_end } from "./arguments";
import * as code from "./opcodes";

/** f32 on a cache line. */
const LINE: u32 = 16;
/** Rows of a loss that a thread takes at least: their losses fill a line. */
const ROWS: u32 = 16;

export function dispatch_reduce(op: u32, at: usize, thread: u32, threads: u32): void {
  if (op == code.SUM_ROWS) {
    const cols = arg_u(at, 3);
    const begin = share_begin(cols, LINE, thread, threads);
    const end = share_end(cols, LINE, thread, threads);
    sum_rows_f32(arg_u(at, 0), arg_u(at, 1), arg_u(at, 2), cols, arg_f(at, 4), arg_u(at, 5), begin, end);
  } else if (op == code.SUM_COLS) {
    const rows = arg_u(at, 2);
    const begin = share_begin(rows, 1, thread, threads);
    const end = share_end(rows, 1, thread, threads);
    sum_cols_f32(arg_u(at, 0), arg_u(at, 1), arg_u(at, 3), arg_f(at, 4), arg_u(at, 5), begin, end);
  } else if (op == code.SUM_SQUARES) {
    if (thread == 0) {
      store_scaled(arg_u(at, 0), sum_squares_f32(arg_u(at, 1), arg_u(at, 2)), arg_f(at, 3), arg_u(at, 4));
    }
  } else if (op == code.SUM_ABS) {
    if (thread == 0) {
      store_scaled(arg_u(at, 0), sum_abs_f32(arg_u(at, 1), arg_u(at, 2)), arg_f(at, 3), arg_u(at, 4));
    }
  } else if (op == code.ACCURACY) {
    if (thread == 0) {
      accuracy_f32(arg_u(at, 0), arg_u(at, 1), arg_u(at, 2), arg_u(at, 3), arg_u(at, 4), arg_u(at, 5));
    }
  } else if (op == code.BINARY_ACCURACY) {
    if (thread == 0) {
      binary_accuracy_f32(arg_u(at, 0), arg_u(at, 1), arg_u(at, 2), arg_u(at, 3), arg_f(at, 4));
    }
  } else if (op == code.ACCUMULATE) {
    if (thread == 0) accumulate_f32(arg_u(at, 0), arg_u(at, 1), arg_u(at, 2), arg_f(at, 3));
  } else dispatch_rows(op, at, thread, threads);
}

/** What is split by rows, or by elements for the elementwise losses. */
function dispatch_rows(op: u32, at: usize, thread: u32, threads: u32): void {
  if (op == code.MAX_COLS) {
    const rows = arg_u(at, 2);
    const begin = share_begin(rows, 1, thread, threads);
    max_cols_f32(arg_u(at, 0), arg_u(at, 1), arg_u(at, 3), begin, share_end(rows, 1, thread, threads));
  } else if (op == code.SOFTMAX) {
    const rows = arg_u(at, 2);
    const begin = share_begin(rows, 1, thread, threads);
    softmax_f32(arg_u(at, 0), arg_u(at, 1), arg_u(at, 3), begin, share_end(rows, 1, thread, threads));
  } else if (op == code.SOFTMAX_GRAD) {
    const rows = arg_u(at, 3);
    const begin = share_begin(rows, 1, thread, threads);
    const end = share_end(rows, 1, thread, threads);
    softmax_grad_f32(arg_u(at, 0), arg_u(at, 1), arg_u(at, 2), arg_u(at, 4), begin, end);
  } else if (op == code.LOG_SUM_EXP) {
    const rows = arg_u(at, 2);
    const begin = share_begin(rows, 1, thread, threads);
    log_sum_exp_f32(arg_u(at, 0), arg_u(at, 1), arg_u(at, 3), begin, share_end(rows, 1, thread, threads));
  } else if (op == code.SOFTMAX_CROSS_ENTROPY) {
    const rows = arg_u(at, 4);
    const begin = share_begin(rows, ROWS, thread, threads);
    const end = share_end(rows, ROWS, thread, threads);
    const loss: usize = arg_u(at, 0);
    const labels: usize = arg_u(at, 3);
    const scale = arg_f(at, 7);
    softmax_cross_entropy_f32(
      loss, arg_u(at, 1), arg_u(at, 2), labels, arg_u(at, 5), arg_u(at, 6), scale, begin, end,
    );
  } else if (op == code.SOFTMAX_CROSS_ENTROPY_GRAD) {
    const rows = arg_u(at, 4);
    const begin = share_begin(rows, ROWS, thread, threads);
    const end = share_end(rows, ROWS, thread, threads);
    const dloss: usize = arg_u(at, 3);
    softmax_cross_entropy_grad_f32(
      arg_u(at, 0), arg_u(at, 1), arg_u(at, 2), dloss, arg_u(at, 5), arg_u(at, 6), begin, end,
    );
  } else if (op == code.SIGMOID_CROSS_ENTROPY) {
    const n = arg_u(at, 4);
    const begin = share_begin(n, LINE, thread, threads);
    const end = share_end(n, LINE, thread, threads);
    const targets: usize = arg_u(at, 3);
    sigmoid_cross_entropy_f32(arg_u(at, 0), arg_u(at, 1), arg_u(at, 2), targets, arg_f(at, 5), begin, end);
  } else if (op == code.SIGMOID_CROSS_ENTROPY_GRAD) {
    const n = arg_u(at, 4);
    const begin = share_begin(n, LINE, thread, threads);
    const end = share_end(n, LINE, thread, threads);
    sigmoid_cross_entropy_grad_f32(arg_u(at, 0), arg_u(at, 1), arg_u(at, 2), arg_u(at, 3), begin, end);
  }
}
