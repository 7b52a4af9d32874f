// What a map does across the elements of a block: values of one extent in another, sums and maxima along its rows, and sums over them.
import { load_up_to, store_up_to } from "../math/partial";
import { max_f32 } from "../reduce/matrix";
import { add_dot_f32, add_f32, dot_f32, sum_f32 } from "../reduce/sum";

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

/** y[r] = scale·Σ_c a[r, c]·b[r, c] for r < rows: the bits of sum_each_row_f32 over the rounded products. */
export function dot_each_row_f32(y: usize, a: usize, b: usize, rows: usize, cols: usize, scale: f32): void {
  const bytes: usize = cols << 2;
  for (let r: usize = 0; r < rows; r++, a += bytes, b += bytes, y += 4) {
    store<f32>(y, <f32>(dot_f32(a, b, cols) * <f64>scale));
  }
}

/** A row's sum in pieces: `total`, a f64 in memory, begins with the first piece; y gets scale·total so far. */
export function sum_piece_f32(y: usize, x: usize, n: usize, scale: f32, total: usize, first: bool): void {
  const sum = add_f32(first ? 0 : load<f64>(total), x, n);
  store<f64>(total, sum);
  store<f32>(y, <f32>(sum * <f64>scale));
}

/** sum_piece_f32 of the products a[c]·b[c]. */
export function dot_piece_f32(y: usize, a: usize, b: usize, n: usize, scale: f32, total: usize, first: bool): void {
  const sum = add_dot_f32(first ? 0 : load<f64>(total), a, b, n);
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

/** What a number of the upper half of partial sums stands for: 2⁶⁴ of them. */
const OVER: f64 = 1.8446744073709552e19;

/** Whether all four are finite. */
// @ts-ignore: decorator
@inline
function are_finite(v: v128): bool {
  return v128.all_true<i32>(f32x4.eq(f32x4.sub(v, v), f32x4.splat(0)));
}

/**
 * y[c] (+)= Σ_r x[r, c] in f32, row by row, for c < cols; begins anew when `first`. `over` [cols] takes in units of 2⁶⁴ what float32 does not hold: a sum
 * that leaves it is added once more in float64 and goes there, and y goes on from 0.
 */
export function add_rows_f32(y: usize, over: usize, x: usize, rows: usize, cols: usize, first: bool): void {
  add_terms(false, y, over, x, 0, rows, cols, first);
}

/** y[c] (+)= Σ_r a[r, c]·b[r, c]: the bits of add_rows_f32 over the rounded products. */
export function add_products_f32(
  y: usize, over: usize, a: usize, b: usize, rows: usize, cols: usize, first: bool,
): void {
  add_terms(true, y, over, a, b - a, rows, cols, first);
}

/** What a row adds: a vector of x, or its product with the one that lies `beside` bytes on. */
// @ts-ignore: decorator
@inline
function term(products: bool, x: v128, beside: usize, at: usize): v128 {
  return products ? f32x4.mul(x, v128.load(at + beside)) : x;
}

// @ts-ignore: decorator
@inline
function add_terms(
  products: bool, y: usize, over: usize, x: usize, beside: usize, rows: usize, cols: usize, first: bool,
): void {
  const pitch: usize = cols << 2;
  const end = x + rows * pitch;
  let left = cols;
  if (first) memory.fill(over, 0, pitch);
  for (; left >= 16; left -= 16, y += 64, over += 64, x += 64) {
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
      a = f32x4.add(a, term(products, v128.load(at), beside, at));
      b = f32x4.add(b, term(products, v128.load(at, 16), beside, at + 16));
      c = f32x4.add(c, term(products, v128.load(at, 32), beside, at + 32));
      d = f32x4.add(d, term(products, v128.load(at, 48), beside, at + 48));
    }
    // Opposite infinities make NaN, which is as little finite.
    if (!are_finite(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)))) {
      add_columns(products, y, over, x, beside, end, pitch, 16, first);
      continue;
    }
    v128.store(y, a);
    v128.store(y, b, 16);
    v128.store(y, c, 32);
    v128.store(y, d, 48);
  }
  for (; left > 0; y += 16, over += 16, x += 16) {
    let sum = first ? f32x4.splat(0) : load_up_to(y, left);
    // A vector at the end of a row reads on into the next one, while there is enough of it.
    let at = x;
    for (; at + 16 <= end; at += pitch) sum = f32x4.add(sum, term(products, v128.load(at), beside, at));
    for (; at < end; at += pitch) {
      let last = load_up_to(at, left);
      if (products) last = f32x4.mul(last, load_up_to(at + beside, left));
      sum = f32x4.add(sum, last);
    }
    if (are_finite(sum)) store_up_to(y, sum, left);
    else add_columns(products, y, over, x, beside, end, pitch, min(left, 4), first);
    if (left <= 4) return;
    left -= 4;
  }
}

/** The same for `count` columns one by one, of which some are not finite in f32; the others have the same bits. */
function add_columns(
  products: bool,
  y: usize,
  over: usize,
  x: usize,
  beside: usize,
  end: usize,
  pitch: usize,
  count: usize,
  first: bool,
): void {
  for (; count > 0; count--, y += 4, over += 4, x += 4) {
    let narrow: f32 = first ? 0 : load<f32>(y);
    let wide = <f64>narrow;
    for (let at = x; at < end; at += pitch) {
      const value = products ? load<f32>(at) * load<f32>(at + beside) : load<f32>(at);
      narrow += value;
      wide += <f64>value;
    }
    const leaves = !isFinite(narrow) && isFinite(wide);
    store<f32>(y, leaves ? 0 : narrow);
    if (leaves) store<f32>(over, load<f32>(over) + <f32>(wide / OVER));
  }
}

/** y[c] = scale·Σ_p (parts[p, 0, c] + 2⁶⁴·parts[p, 1, c]) in float64 for begin <= c < end. */
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
    for (let p: usize = 0, at = parts + (c << 2); p < count; p++, at += 2 * pitch) {
      const part = load_up_to(at, left);
      const over = load_up_to(at + pitch, left);
      low = f64x2.add(low, both(part, over));
      high = f64x2.add(high, both(v128.shuffle<i64>(part, part, 1, 1), v128.shuffle<i64>(over, over, 1, 1)));
    }
    const a = f32x4.demote_f64x2_zero(f64x2.mul(low, s));
    const b = f32x4.demote_f64x2_zero(f64x2.mul(high, s));
    store_up_to(y + (c << 2), v128.shuffle<i64>(a, b, 0, 2), left);
  }
}

/** The lower two of partial sums, in float64. */
// @ts-ignore: decorator
@inline
function both(part: v128, over: v128): v128 {
  const above = f64x2.mul(f64x2.promote_low_f32x4(over), f64x2.splat(OVER));
  return f64x2.add(f64x2.promote_low_f32x4(part), above);
}
