// y = a ∘ b over a flat range, with b as it lies, repeated over rows, or one number for a whole row.
import { load_up_to, store_up_to } from "../math/partial";
import { share_begin, share_end } from "../program/arguments";
import { LINE } from "../program/constants";
import * as op from "../program/opcodes.gen";

// @ts-ignore: decorator
@inline
function value(kind: u32, a: v128, b: v128): v128 {
  if (kind == op.BINARY_ADD) return f32x4.add(a, b);
  if (kind == op.BINARY_SUB) return f32x4.sub(a, b);
  if (kind == op.BINARY_MUL) return f32x4.mul(a, b);
  if (kind == op.BINARY_DIV) return f32x4.div(a, b);
  if (kind == op.BINARY_MAX) return f32x4.max(a, b); // max and min pass NaN from either side
  return f32x4.min(a, b);
}

// @ts-ignore: decorator
@inline
function run(kind: u32, y: usize, a: usize, b: usize, begin: usize, end: usize): void {
  let at = begin << 2;
  let left = end - begin;
  for (; left >= 8; left -= 8, at += 32) {
    v128.store(y + at, value(kind, v128.load(a + at), v128.load(b + at)));
    v128.store(y + at, value(kind, v128.load(a + at, 16), v128.load(b + at, 16)), 16);
  }
  while (left > 0) {
    store_up_to(y + at, value(kind, load_up_to(a + at, left), load_up_to(b + at, left)), left);
    if (left <= 4) break;
    left -= 4;
    at += 16;
  }
}

// @ts-ignore: decorator
@inline
function run_scalar(kind: u32, y: usize, a: usize, b: v128, begin: usize, end: usize): void {
  let at = begin << 2;
  let left = end - begin;
  for (; left >= 8; left -= 8, at += 32) {
    v128.store(y + at, value(kind, v128.load(a + at), b));
    v128.store(y + at, value(kind, v128.load(a + at, 16), b), 16);
  }
  while (left > 0) {
    store_up_to(y + at, value(kind, load_up_to(a + at, left), b), left);
    if (left <= 4) break;
    left -= 4;
    at += 16;
  }
}

/**
 * y[i] = a[i] ∘ b[i] for begin <= i < end, ∘ the BINARY_ operation `kind`.
 * y, a, b: byte addresses of f32; y may be a or b. NaN passes, also through max and min.
 */
export function binary_f32(y: usize, a: usize, b: usize, begin: usize, end: usize, kind: u32): void {
  if (kind == op.BINARY_ADD) run(op.BINARY_ADD, y, a, b, begin, end);
  else if (kind == op.BINARY_SUB) run(op.BINARY_SUB, y, a, b, begin, end);
  else if (kind == op.BINARY_MUL) run(op.BINARY_MUL, y, a, b, begin, end);
  else if (kind == op.BINARY_DIV) run(op.BINARY_DIV, y, a, b, begin, end);
  else if (kind == op.BINARY_MAX) run(op.BINARY_MAX, y, a, b, begin, end);
  else if (kind == op.BINARY_MIN) run(op.BINARY_MIN, y, a, b, begin, end);
}

/** y[i] = a[i] ∘ b for begin <= i < end. y may be a. */
export function binary_scalar_f32(y: usize, a: usize, b: f32, begin: usize, end: usize, kind: u32): void {
  const v = f32x4.splat(b);
  if (kind == op.BINARY_ADD) run_scalar(op.BINARY_ADD, y, a, v, begin, end);
  else if (kind == op.BINARY_SUB) run_scalar(op.BINARY_SUB, y, a, v, begin, end);
  else if (kind == op.BINARY_MUL) run_scalar(op.BINARY_MUL, y, a, v, begin, end);
  else if (kind == op.BINARY_DIV) run_scalar(op.BINARY_DIV, y, a, v, begin, end);
  else if (kind == op.BINARY_MAX) run_scalar(op.BINARY_MAX, y, a, v, begin, end);
  else if (kind == op.BINARY_MIN) run_scalar(op.BINARY_MIN, y, a, v, begin, end);
}

/** y[r, c] = a[r, c] ∘ b[c] for begin <= r < end; y and a are [rows, cols], b is [cols]. y may be a. */
export function binary_rows_f32(
  y: usize,
  a: usize,
  b: usize,
  cols: usize,
  kind: u32,
  begin: usize,
  end: usize,
): void {
  const bytes = cols << 2;
  for (let r = begin; r < end; r++) binary_f32(y + r * bytes, a + r * bytes, b, 0, cols, kind);
}

/** y[r, c] = a[r, c] ∘ b[r] for begin <= r < end; y and a are [rows, cols], b is [rows]. y may be a. */
export function binary_cols_f32(
  y: usize,
  a: usize,
  b: usize,
  cols: usize,
  kind: u32,
  begin: usize,
  end: usize,
): void {
  const bytes = cols << 2;
  for (let r = begin; r < end; r++) {
    binary_scalar_f32(y + r * bytes, a + r * bytes, load<f32>(b + (r << 2)), 0, cols, kind);
  }
}

/** A thread's share of all rows; where there are fewer of them than threads, of the columns of each. */
export function binary_rows_share(
  y: usize, a: usize, b: usize, rows: u32, cols: u32, kind: u32, thread: u32, threads: u32,
): void {
  if (rows >= threads) {
    binary_rows_f32(y, a, b, cols, kind, share_begin(rows, 1, thread, threads), share_end(rows, 1, thread, threads));
    return;
  }
  const begin = share_begin(cols, LINE, thread, threads);
  const end = share_end(cols, LINE, thread, threads);
  for (let r: u32 = 0; r < rows; r++) {
    const row = (<usize>r * cols) << 2;
    binary_f32(y + row, a + row, b, begin, end, kind);
  }
}

/** The same of `binary_cols_f32`. */
export function binary_cols_share(
  y: usize, a: usize, b: usize, rows: u32, cols: u32, kind: u32, thread: u32, threads: u32,
): void {
  if (rows >= threads) {
    binary_cols_f32(y, a, b, cols, kind, share_begin(rows, 1, thread, threads), share_end(rows, 1, thread, threads));
    return;
  }
  const begin = share_begin(cols, LINE, thread, threads);
  const end = share_end(cols, LINE, thread, threads);
  for (let r: u32 = 0; r < rows; r++) {
    const row = (<usize>r * cols) << 2;
    binary_scalar_f32(y + row, a + row, load<f32>(b + (<usize>r << 2)), begin, end, kind);
  }
}
