// Rows picked by indices, and rows added up where indices say: each is the other's gradient. Unlike those of a batch, these indices are results
// of other instructions that nobody has checked, so that one which is out of range must not reach foreign memory.
import { load_up_to, store_up_to } from "../math/partial";
import { share_begin, share_end } from "../program/arguments";
import { LINE } from "../program/constants";

/** From how many elements a row is split between threads: below, each thread takes rows. */
const LONG_ROW: u32 = 64;

/**
 * y[o, i] = x[o, indices[i]], rows of `inner` 32-bit words, for begin <= o·count + i < end; `missing` in each word where indices[i] >= n.
 *
 * y: byte address of [outer, count, inner]; x: of [outer, n, inner], and does not overlap y; indices: of u32 [count].
 */
export function gather_rows(
  y: usize,
  x: usize,
  indices: usize,
  n: u32,
  count: u32,
  inner: u32,
  missing: u32,
  begin: usize,
  end: usize,
): void {
  const bytes = <usize>inner << 2;
  for (let row = begin; row < end; row++) {
    const o = row / <usize>count;
    const index = load<u32>(indices + ((row - o * count) << 2));
    const from = x + (o * n + index) * bytes;
    const to = y + row * bytes;
    if (index >= n) for (let at: usize = 0; at < bytes; at += 4) store<u32>(to + at, missing);
    else if (bytes == 4) store<u32>(to, load<u32>(from));
    else memory.copy(to, from, bytes);
  }
}

/**
 * A thread's share of y[o, t] = Σ x[o, i] over the i with indices[i] = t, rows of `inner` f32, in f32 and in the order of i; 0 where there is
 * none. Rows whose index is n or more are left out. Threads own rows of y or, where these are long, columns: each goes through all indices,
 * so that the order of a sum does not depend on their number.
 *
 * y: byte address of f32 [outer, n, inner]; x: of f32 [outer, count, inner], and does not overlap y; indices: of u32 [count].
 */
export function scatter_add_rows_share(
  y: usize,
  x: usize,
  indices: usize,
  outer: u32,
  n: u32,
  count: u32,
  inner: u32,
  thread: u32,
  threads: u32,
): void {
  const byColumns = inner >= LONG_ROW;
  const rows = outer * n;
  let first: u32 = 0;
  let last = rows;
  let left: u32 = 0;
  let right = inner;
  if (byColumns) {
    left = share_begin(inner, LINE, thread, threads);
    right = share_end(inner, LINE, thread, threads);
  } else {
    first = share_begin(rows, LINE, thread, threads);
    last = share_end(rows, LINE, thread, threads);
  }
  if (first >= last || left >= right) return;
  const bytes = <usize>inner << 2;
  const from = x + (<usize>left << 2);
  const to = y + (<usize>left << 2);
  const cols = <usize>(right - left);
  if (cols == inner) memory.fill(to + <usize>first * bytes, 0, <usize>(last - first) * bytes);
  else for (let r = first; r < last; r++) memory.fill(to + <usize>r * bytes, 0, cols << 2);
  for (let o = first / n; o * n < last; o++) {
    for (let i: u32 = 0; i < count; i++) {
      const index = load<u32>(indices + (<usize>i << 2));
      const row = o * n + index;
      if (index >= n || row < first || row >= last) continue;
      add_row(to + <usize>row * bytes, from + <usize>(o * count + i) * bytes, cols);
    }
  }
}

/** y[c] += x[c] for c < cols. */
// @ts-ignore: decorator
@inline
function add_row(y: usize, x: usize, cols: usize): void {
  if (cols == 1) {
    store<f32>(y, load<f32>(y) + load<f32>(x));
    return;
  }
  for (let c: usize = 0; c < cols; c += 4, y += 16, x += 16) {
    store_up_to(y, f32x4.add(load_up_to(y, cols - c), load_up_to(x, cols - c)), cols - c);
  }
}
