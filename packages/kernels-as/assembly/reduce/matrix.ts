// Sums and maxima along one side of a row-major matrix [rows, cols].
import { load_up_to, store_up_to } from "../math/partial";
import { max_lanes, store_scaled } from "./lanes";
import { sum_f32 } from "./sum";

/** Rows that are added in f32 before their sum is carried on in float64. */
const ROWS: usize = 32;

/** The upper two f32, below. */
// @ts-ignore: decorator
@inline
function upper(part: v128): v128 {
  return v128.shuffle<i64>(part, part, 1, 1);
}

/** Two float64 lanes of `total` grow by the lower (or upper) two f32 of `part`. */
// @ts-ignore: decorator
@inline
function carry_low(total: v128, part: v128): v128 {
  return f64x2.add(total, f64x2.promote_low_f32x4(part));
}

// @ts-ignore: decorator
@inline
function carry_high(total: v128, part: v128): v128 {
  return f64x2.add(total, f64x2.promote_low_f32x4(upper(part)));
}

/** Whether all four are finite. */
// @ts-ignore: decorator
@inline
function are_finite(v: v128): bool {
  return v128.all_true<i32>(f32x4.eq(f32x4.sub(v, v), f32x4.splat(0)));
}

/**
 * Two columns of a chunk in float64: what `part`, their sums in f32, holds where it is finite, and else added once more. At most `left` columns are at x.
 */
function two_f64(part: v128, x: usize, pitch: usize, rows: usize, left: usize): v128 {
  let sum = f64x2.splat(0);
  for (; rows > 0; rows--, x += pitch) sum = carry_low(sum, load_up_to(x, left));
  const narrow = f64x2.promote_low_f32x4(part);
  return v128.bitselect(narrow, sum, f64x2.eq(f64x2.sub(narrow, narrow), f64x2.splat(0)));
}

/** scale·(low, high) as four f32, on top of what is at y when `accumulate` is not 0. */
// @ts-ignore: decorator
@inline
function store_totals(y: usize, low: v128, high: v128, scale: f64, accumulate: u32, left: usize): void {
  const s = f64x2.splat(scale);
  let a = f64x2.mul(low, s);
  let b = f64x2.mul(high, s);
  if (accumulate) {
    const old = load_up_to(y, left);
    a = carry_low(a, old);
    b = carry_high(b, old);
  }
  const narrow = v128.shuffle<i64>(f32x4.demote_f64x2_zero(a), f32x4.demote_f64x2_zero(b), 0, 2);
  store_up_to(y, narrow, left);
}

/**
 * y[b, c] = scale·Σ_r x[b, r, c], or y[b, c] += it when `accumulate` is not 0, for begin <= b·cols + c < end.
 *
 * y [batch, cols], x [batch, rows, cols]: byte addresses of f32. Each column is added from row 0 on, 32 rows in f32 and those sums in float64: error
 * at most 32·2⁻²⁴·Σ|x|. 32 rows whose sum float32 does not hold are added once more in float64: a mean of numbers of 2e38 is one.
 */
export function sum_rows_f32(
  y: usize,
  x: usize,
  rows: usize,
  cols: usize,
  scale: f32,
  accumulate: u32,
  begin: usize,
  end: usize,
): void {
  while (begin < end) {
    const first = (begin / cols) * cols;
    const next = min(first + cols, end);
    sum_columns(y + (first << 2), x + ((first * rows) << 2), rows, cols, scale, accumulate, begin - first, next - first);
    begin = next;
  }
}

/** The columns from begin to end of one matrix. */
function sum_columns(
  y: usize,
  x: usize,
  rows: usize,
  cols: usize,
  scale: f32,
  accumulate: u32,
  begin: usize,
  end: usize,
): void {
  const pitch = cols << 2;
  let c = begin;
  for (; c + 16 <= end; c += 16) {
    let at = x + (c << 2);
    let t0 = f64x2.splat(0);
    let t1 = t0;
    let t2 = t0;
    let t3 = t0;
    let t4 = t0;
    let t5 = t0;
    let t6 = t0;
    let t7 = t0;
    for (let left = rows; left > 0; ) {
      const chunk = min(left, ROWS);
      const from = at;
      left -= chunk;
      let p0 = f32x4.splat(0);
      let p1 = p0;
      let p2 = p0;
      let p3 = p0;
      for (let r = chunk; r > 0; r--) {
        p0 = f32x4.add(p0, v128.load(at));
        p1 = f32x4.add(p1, v128.load(at, 16));
        p2 = f32x4.add(p2, v128.load(at, 32));
        p3 = f32x4.add(p3, v128.load(at, 48));
        at += pitch;
      }
      // Opposite infinities make NaN, which is as little finite.
      if (are_finite(f32x4.add(f32x4.add(p0, p1), f32x4.add(p2, p3)))) {
        t0 = carry_low(t0, p0);
        t1 = carry_high(t1, p0);
        t2 = carry_low(t2, p1);
        t3 = carry_high(t3, p1);
        t4 = carry_low(t4, p2);
        t5 = carry_high(t5, p2);
        t6 = carry_low(t6, p3);
        t7 = carry_high(t7, p3);
      } else {
        t0 = f64x2.add(t0, two_f64(p0, from, pitch, chunk, 2));
        t1 = f64x2.add(t1, two_f64(upper(p0), from + 8, pitch, chunk, 2));
        t2 = f64x2.add(t2, two_f64(p1, from + 16, pitch, chunk, 2));
        t3 = f64x2.add(t3, two_f64(upper(p1), from + 24, pitch, chunk, 2));
        t4 = f64x2.add(t4, two_f64(p2, from + 32, pitch, chunk, 2));
        t5 = f64x2.add(t5, two_f64(upper(p2), from + 40, pitch, chunk, 2));
        t6 = f64x2.add(t6, two_f64(p3, from + 48, pitch, chunk, 2));
        t7 = f64x2.add(t7, two_f64(upper(p3), from + 56, pitch, chunk, 2));
      }
    }
    const to = y + (c << 2);
    store_totals(to, t0, t1, scale, accumulate, 4);
    store_totals(to + 16, t2, t3, scale, accumulate, 4);
    store_totals(to + 32, t4, t5, scale, accumulate, 4);
    store_totals(to + 48, t6, t7, scale, accumulate, 4);
  }
  for (; c < end; c += 4) {
    const wide = end - c;
    let at = x + (c << 2);
    let low = f64x2.splat(0);
    let high = low;
    for (let left = rows; left > 0; ) {
      const chunk = min(left, ROWS);
      const from = at;
      left -= chunk;
      let part = f32x4.splat(0);
      for (let r = chunk; r > 0; r--) {
        part = f32x4.add(part, load_up_to(at, wide));
        at += pitch;
      }
      if (are_finite(part)) {
        low = carry_low(low, part);
        high = carry_high(high, part);
      } else {
        low = f64x2.add(low, two_f64(part, from, pitch, chunk, wide));
        if (wide > 2) high = f64x2.add(high, two_f64(upper(part), from + 8, pitch, chunk, wide - 2));
      }
    }
    store_totals(y + (c << 2), low, high, scale, accumulate, wide);
  }
}

/** y[r] = scale·Σ_c x[r, c], or y[r] += it when `accumulate` is not 0, for begin <= r < end. Order and error: see sum_f32. */
export function sum_cols_f32(
  y: usize,
  x: usize,
  cols: usize,
  scale: f32,
  accumulate: u32,
  begin: usize,
  end: usize,
): void {
  for (let r = begin; r < end; r++) {
    store_scaled(y + (r << 2), sum_f32(x + ((r * cols) << 2), cols), scale, accumulate);
  }
}

/** The greatest of n ≥ 0 f32; −∞ for none, NaN when one is NaN. */
export function max_f32(x: usize, n: usize): f32 {
  let best = f32x4.splat(-Infinity);
  let left = n;
  for (; left >= 4; left -= 4, x += 16) best = f32x4.max(best, v128.load(x));
  for (; left > 0; left--, x += 4) best = f32x4.max(best, v128.load32_splat(x));
  return max_lanes(best);
}

/** y[r] = max_c x[r, c] for begin <= r < end; NaN passes. */
export function max_cols_f32(y: usize, x: usize, cols: usize, begin: usize, end: usize): void {
  for (let r = begin; r < end; r++) store<f32>(y + (r << 2), max_f32(x + ((r * cols) << 2), cols));
}
