// Softmax and log-sum-exp along the rows of [rows, cols]. The row's own maximum is taken off first, so that nothing overflows;
// the sum of exponentials is carried in float64. A row with NaN becomes NaN.
import { exp_negative4 } from "../math/exp";
import { log1p_f32 } from "../math/log";
import { lanes_below, load_up_to, store_up_to } from "../math/partial";
import { lanes_f64 } from "./lanes";
import { max_f32 } from "./matrix";

/** Σ_c e^(x[c] − m) over one row; the terms are left at y unless it is 0. y may be x. */
export function exp_row(y: usize, x: usize, cols: usize, m: f32): f64 {
  const peak = f32x4.splat(m);
  let sum: f64 = 0;
  let left = cols;
  while (true) {
    let e = exp_negative4(f32x4.sub(load_up_to(x, left), peak));
    if (left < 4) e = v128.and(e, lanes_below(left));
    if (y) {
      store_up_to(y, e, left);
      y += 16;
    }
    sum += lanes_f64(e);
    if (left <= 4) break;
    left -= 4;
    x += 16;
  }
  return sum;
}

/**
 * log Σ_c e^(x[c] − m) from that sum, where the maximum itself gives the term 1: log1p(sum − 1) keeps the digits when the others are tiny.
 */
// @ts-ignore: decorator
@inline
export function log_of_sum(sum: f64): f32 {
  return log1p_f32(<f32>(sum - 1));
}

/** y[c] = y[c]·scale over one row. */
// @ts-ignore: decorator
@inline
function scale_row(y: usize, cols: usize, scale: f32): void {
  const s = f32x4.splat(scale);
  for (let left = cols; ; left -= 4, y += 16) {
    store_up_to(y, f32x4.mul(load_up_to(y, left), s), left);
    if (left <= 4) return;
  }
}

/** y[r, c] = e^x[r, c] / Σ_k e^x[r, k] for begin <= r < end. y may be x. */
export function softmax_f32(y: usize, x: usize, cols: usize, begin: usize, end: usize): void {
  if (cols == 0) return;
  for (let r = begin; r < end; r++) {
    const row = (r * cols) << 2;
    const sum = exp_row(y + row, x + row, cols, max_f32(x + row, cols));
    scale_row(y + row, cols, <f32>(1.0 / sum));
  }
}

/** dx = y·(dy − Σ_k y[k]·dy[k]) along each row, begin <= r < end, from softmax's output y. dx may be y or dy. */
export function softmax_grad_f32(
  dx: usize,
  y: usize,
  dy: usize,
  cols: usize,
  begin: usize,
  end: usize,
): void {
  if (cols == 0) return;
  for (let r = begin; r < end; r++) {
    const row = (r * cols) << 2;
    let dot: f64 = 0;
    let at = row;
    for (let left = cols; ; left -= 4, at += 16) {
      dot += lanes_f64(f32x4.mul(load_up_to(y + at, left), load_up_to(dy + at, left)));
      if (left <= 4) break;
    }
    const mean = f32x4.splat(<f32>dot);
    at = row;
    for (let left = cols; ; left -= 4, at += 16) {
      const d = f32x4.sub(load_up_to(dy + at, left), mean);
      store_up_to(dx + at, f32x4.mul(load_up_to(y + at, left), d), left);
      if (left <= 4) break;
    }
  }
}

/** y[r] = log Σ_c e^x[r, c] for begin <= r < end. */
export function log_sum_exp_f32(y: usize, x: usize, cols: usize, begin: usize, end: usize): void {
  for (let r = begin; r < end; r++) {
    const row = x + ((r * cols) << 2);
    const m: f32 = cols == 0 ? -Infinity : max_f32(row, cols);
    // A row of −∞ alone (or with ∞ in it) is its own answer, where ∞ − ∞ would make a NaN of it.
    const y_r: f32 = abs(m) == Infinity ? m : m + log_of_sum(exp_row(0, row, cols, m));
    store<f32>(y + (r << 2), y_r);
  }
}
