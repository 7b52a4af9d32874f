// What a map does across the elements of a block: values of one extent in another, sums and maxima along its rows, and sums over them.
import { load_up_to, store_up_to } from "../math/partial";
import { max_f32 } from "../reduce/matrix";
import { add_f32, sum_f32 } from "../reduce/sum";

/** Sixteen copies of a number, which stand for a vector of any length. */
export function splat_f32(y: usize, x: f32): void {
  const v = f32x4.splat(x);
  v128.store(y, v);
  v128.store(y, v, 16);
  v128.store(y, v, 32);
  v128.store(y, v, 48);
}

/** y[c] = begin + c for c < n. */
export function iota_f32(y: usize, begin: u32, n: usize): void {
  for (let c: usize = 0; c < n; c++, y += 4) store<f32>(y, <f32>(begin + <u32>c));
}

/** y[r, c] = x[c] for r < rows. */
export function repeat_f32(y: usize, x: usize, rows: usize, cols: usize): void {
  const bytes: usize = cols << 2;
  for (let r: usize = 0; r < rows; r++, y += bytes) memory.copy(y, x, bytes);
}

/** y[r, c] = x[r] for r < rows. What lies up to 12 bytes behind y is overwritten: each row runs on into the next, which comes later. */
export function spread_f32(y: usize, x: usize, rows: usize, cols: usize): void {
  const bytes: usize = cols << 2;
  for (let r: usize = 0; r < rows; r++, x += 4, y += bytes) {
    const v = v128.load32_splat(x);
    for (let c: usize = 0; c < bytes; c += 16) v128.store(y + c, v);
  }
}

/** y[r] = scale·Σ_c x[r, c] for r < rows, in the order of sum_f32. */
export function sum_each_row_f32(y: usize, x: usize, rows: usize, cols: usize, scale: f32): void {
  const bytes: usize = cols << 2;
  for (let r: usize = 0; r < rows; r++, x += bytes, y += 4) {
    store<f32>(y, <f32>(sum_f32(x, cols) * <f64>scale));
  }
}

/** A row's sum in pieces: `total`, a f64 in memory, begins with the first piece; y gets scale·total so far. */
export function sum_piece_f32(y: usize, x: usize, n: usize, scale: f32, total: usize, first: bool): void {
  const sum = add_f32(first ? 0 : load<f64>(total), x, n);
  store<f64>(total, sum);
  store<f32>(y, <f32>(sum * <f64>scale));
}

/** y[r] = max_c x[r, c] for r < rows; NaN passes. A row in pieces goes on from y unless this is the first. */
export function max_each_row_f32(y: usize, x: usize, rows: usize, cols: usize, first: bool): void {
  const bytes: usize = cols << 2;
  for (let r: usize = 0; r < rows; r++, x += bytes, y += 4) {
    const most = max_f32(x, cols);
    store<f32>(y, first ? most : max(load<f32>(y), most));
  }
}

/** y[c] (+)= Σ_r x[r, c] in f32, row by row; begins anew when `first`. */
export function add_rows_f32(y: usize, x: usize, rows: usize, cols: usize, first: bool): void {
  const pitch: usize = cols << 2;
  const end = x + rows * pitch;
  let left = cols;
  for (; left >= 16; left -= 16, y += 64, x += 64) {
    let a = f32x4.splat(0);
    let b = a;
    let c = a;
    let d = a;
    if (!first) {
      a = v128.load(y);
      b = v128.load(y, 16);
      c = v128.load(y, 32);
      d = v128.load(y, 48);
    }
    for (let at = x; at < end; at += pitch) {
      a = f32x4.add(a, v128.load(at));
      b = f32x4.add(b, v128.load(at, 16));
      c = f32x4.add(c, v128.load(at, 32));
      d = f32x4.add(d, v128.load(at, 48));
    }
    v128.store(y, a);
    v128.store(y, b, 16);
    v128.store(y, c, 32);
    v128.store(y, d, 48);
  }
  for (; left > 0; y += 16, x += 16) {
    let sum = first ? f32x4.splat(0) : load_up_to(y, left);
    // A vector at the end of a row reads on into the next one, while there is enough of it.
    let at = x;
    for (; at + 16 <= end; at += pitch) sum = f32x4.add(sum, v128.load(at));
    for (; at < end; at += pitch) sum = f32x4.add(sum, load_up_to(at, left));
    store_up_to(y, sum, left);
    if (left <= 4) return;
    left -= 4;
  }
}

/** y[c] = scale·Σ_p parts[p, c] in float64 for begin <= c < end. */
export function sum_parts_f32(
  y: usize,
  parts: usize,
  count: usize,
  cols: usize,
  scale: f32,
  begin: usize,
  end: usize,
): void {
  const pitch: usize = cols << 2;
  const s = f64x2.splat(<f64>scale);
  for (let c = begin; c < end; c += 4) {
    const left = end - c;
    let low = f64x2.splat(0);
    let high = low;
    for (let p: usize = 0, at = parts + (c << 2); p < count; p++, at += pitch) {
      const part = load_up_to(at, left);
      low = f64x2.add(low, f64x2.promote_low_f32x4(part));
      high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<i64>(part, part, 1, 1)));
    }
    const a = f32x4.demote_f64x2_zero(f64x2.mul(low, s));
    const b = f32x4.demote_f64x2_zero(f64x2.mul(high, s));
    store_up_to(y + (c << 2), v128.shuffle<i64>(a, b, 0, 2), left);
  }
}
