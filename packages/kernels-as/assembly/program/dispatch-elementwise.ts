// Instructions of the elementwise family: see src/instructions/elementwise.ts.
import { binary_cols_f32, binary_f32, binary_rows_f32, binary_scalar_f32 } from "../elementwise/binary";
import { DROPOUT_GROUP, dropout_f32, dropout_relu_grad_f32 } from "../elementwise/dropout";
import { copy_f32, fill_f32, scale_shift_f32 } from "../elementwise/linear";
import { permute_f32, permute_units } from "../elementwise/permute";
import { unary_f32, unary_grad_f32 } from "../elementwise/unary";
import { arg_f, arg_u, share_begin, share_end } from "./arguments";
import * as code from "./opcodes";

/** A share is whole cache lines, so that no two threads write to one. */
const LINE: u32 = 16;

export function dispatch_elementwise(op: u32, at: usize, thread: u32, threads: u32): void {
  if (op == code.FILL) {
    const n = arg_u(at, 1);
    const begin = share_begin(n, LINE, thread, threads);
    fill_f32(arg_u(at, 0), arg_f(at, 2), begin, share_end(n, LINE, thread, threads));
  } else if (op == code.COPY) {
    const n = arg_u(at, 2);
    const begin = share_begin(n, LINE, thread, threads);
    copy_f32(arg_u(at, 0), arg_u(at, 1), begin, share_end(n, LINE, thread, threads));
  } else if (op == code.UNARY) {
    const n = arg_u(at, 2);
    const begin = share_begin(n, LINE, thread, threads);
    const end = share_end(n, LINE, thread, threads);
    unary_f32(arg_u(at, 0), arg_u(at, 1), begin, end, arg_u(at, 3), arg_f(at, 4));
  } else if (op == code.UNARY_GRAD) {
    const n = arg_u(at, 3);
    const begin = share_begin(n, LINE, thread, threads);
    const end = share_end(n, LINE, thread, threads);
    unary_grad_f32(arg_u(at, 0), arg_u(at, 1), arg_u(at, 2), begin, end, arg_u(at, 4), arg_f(at, 5));
  } else if (op == code.SCALE_SHIFT) {
    const n = arg_u(at, 2);
    const begin = share_begin(n, LINE, thread, threads);
    const end = share_end(n, LINE, thread, threads);
    scale_shift_f32(arg_u(at, 0), arg_u(at, 1), arg_f(at, 3), arg_f(at, 4), begin, end);
  } else if (op == code.BINARY) {
    const n = arg_u(at, 3);
    const begin = share_begin(n, LINE, thread, threads);
    const end = share_end(n, LINE, thread, threads);
    binary_f32(arg_u(at, 0), arg_u(at, 1), arg_u(at, 2), begin, end, arg_u(at, 4));
  } else if (op == code.BINARY_ROWS) {
    binary_rows(at, thread, threads);
  } else if (op == code.BINARY_COLS) {
    binary_cols(at, thread, threads);
  } else if (op == code.DROPOUT) {
    const n = arg_u(at, 2);
    const begin = share_begin(n, DROPOUT_GROUP, thread, threads);
    const end = share_end(n, DROPOUT_GROUP, thread, threads);
    const seed = arg_u(at, 4);
    const step = arg_u(at, 6);
    const rate = load<f32>(arg_u(at, 3));
    const seed0 = load<u32>(seed);
    const seed1 = load<u32>(seed, 4);
    const low = load<u32>(step);
    const high = load<u32>(step, 4);
    dropout_f32(arg_u(at, 0), arg_u(at, 1), rate, seed0, seed1, arg_u(at, 5), low, high, begin, end);
  } else if (op == code.DROPOUT_RELU_GRAD) {
    const n = arg_u(at, 3);
    const begin = share_begin(n, LINE, thread, threads);
    const end = share_end(n, LINE, thread, threads);
    dropout_relu_grad_f32(arg_u(at, 0), arg_u(at, 1), arg_u(at, 2), load<f32>(arg_u(at, 4)), begin, end);
  } else if (op == code.PERMUTE) {
    const dims = at + 12;
    const strides = at + 36;
    const units = permute_units(arg_u(at, 2), dims, strides);
    const begin = share_begin(units, 1, thread, threads);
    const end = share_end(units, 1, thread, threads);
    permute_f32(arg_u(at, 0), arg_u(at, 1), arg_u(at, 2), dims, strides, begin, end);
  }
}

/** Split by rows; where there are fewer of them than threads, each by its columns. */
function binary_rows(at: usize, thread: u32, threads: u32): void {
  const rows = arg_u(at, 3);
  const cols = arg_u(at, 4);
  const kind = arg_u(at, 5);
  const y: usize = arg_u(at, 0);
  const a: usize = arg_u(at, 1);
  const b: usize = arg_u(at, 2);
  if (rows >= threads) {
    const begin = share_begin(rows, 1, thread, threads);
    binary_rows_f32(y, a, b, cols, kind, begin, share_end(rows, 1, thread, threads));
    return;
  }
  const begin = share_begin(cols, LINE, thread, threads);
  const end = share_end(cols, LINE, thread, threads);
  for (let r: u32 = 0; r < rows; r++) {
    const row = (<usize>r * cols) << 2;
    binary_f32(y + row, a + row, b, begin, end, kind);
  }
}

function binary_cols(at: usize, thread: u32, threads: u32): void {
  const rows = arg_u(at, 3);
  const cols = arg_u(at, 4);
  const kind = arg_u(at, 5);
  const y: usize = arg_u(at, 0);
  const a: usize = arg_u(at, 1);
  const b: usize = arg_u(at, 2);
  if (rows >= threads) {
    const begin = share_begin(rows, 1, thread, threads);
    binary_cols_f32(y, a, b, cols, kind, begin, share_end(rows, 1, thread, threads));
    return;
  }
  const begin = share_begin(cols, LINE, thread, threads);
  const end = share_end(cols, LINE, thread, threads);
  for (let r: u32 = 0; r < rows; r++) {
    const row = (<usize>r * cols) << 2;
    binary_scalar_f32(y + row, a + row, load<f32>(b + (<usize>r << 2)), begin, end, kind);
  }
}
