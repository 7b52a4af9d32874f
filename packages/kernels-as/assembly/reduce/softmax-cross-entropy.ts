// Cross-entropy of softmax(logits) against labels, by row, with its gradient in the same pass.
//
//   loss[r] = Σ_c t[r, c]·(m + log s − x[r, c]),   s = Σ_c e^(x[r, c] − m), m the row's maximum
//   dx[r, c] = (T·softmax(x[r])[c] − t[r, c])·g,    T = Σ_c t[r, c]
//
// Sparse labels are class numbers: t is 1 there and 0 elsewhere. A class outside [0, cols) makes the row's loss and gradient NaN.
import { lanes_below, load_up_to, store_up_to } from "../math/partial";
import { lanes_f64 } from "./lanes";
import { max_f32 } from "./matrix";
import { exp_row, log_of_sum } from "./softmax";
import { sum_f32 } from "./sum";

/** dx = dx·scale along one row. */
function scale_row(dx: usize, cols: usize, scale: f32): void {
  const s = f32x4.splat(scale);
  for (let left = cols; ; left -= 4, dx += 16) {
    store_up_to(dx, f32x4.mul(load_up_to(dx, left), s), left);
    if (left <= 4) return;
  }
}

/** dx = dx·scale − t·g along one row. */
function scale_row_less(dx: usize, t: usize, cols: usize, scale: f32, g: f32): void {
  const s = f32x4.splat(scale);
  const k = f32x4.splat(g);
  for (let left = cols; ; left -= 4, dx += 16, t += 16) {
    const y = f32x4.mul(load_up_to(dx, left), s);
    store_up_to(dx, f32x4.sub(y, f32x4.mul(load_up_to(t, left), k)), left);
    if (left <= 4) return;
  }
}

/** Σ_c t[c]·((m − x[c]) + log_s) over one row. */
function dense_loss(x: usize, t: usize, cols: usize, m: f32, log_s: f32): f32 {
  const peak = f32x4.splat(m);
  const rest = f32x4.splat(log_s);
  let sum: f64 = 0;
  let left = cols;
  while (true) {
    let term = f32x4.mul(load_up_to(t, left), f32x4.add(f32x4.sub(peak, load_up_to(x, left)), rest));
    if (left < 4) term = v128.and(term, lanes_below(left));
    sum += lanes_f64(term);
    if (left <= 4) break;
    left -= 4;
    x += 16;
    t += 16;
  }
  return <f32>sum;
}

function fill_nan(dx: usize, cols: usize): void {
  for (let c: usize = 0; c < cols; c++) store<f32>(dx + (c << 2), NaN);
}

/** One row: leaves the gradient at dx unless it is 0. @returns the loss. */
function sparse_row(dx: usize, x: usize, label: u32, cols: usize, g: f32): f32 {
  if (label >= <u32>cols) {
    if (dx) fill_nan(dx, cols);
    return NaN;
  }
  const m = max_f32(x, cols);
  const of_label = load<f32>(x + (<usize>label << 2)); // before dx, which may be x, is written
  const sum = exp_row(dx, x, cols, m);
  if (dx) {
    scale_row(dx, cols, <f32>(<f64>g / sum));
    const at = dx + (<usize>label << 2);
    store<f32>(at, load<f32>(at) - g);
  }
  return m - of_label + log_of_sum(sum);
}

function dense_row(dx: usize, x: usize, t: usize, cols: usize, g: f32, wants_loss: bool): f32 {
  const m = max_f32(x, cols);
  let loss: f32 = 0;
  if (wants_loss) loss = dense_loss(x, t, cols, m, log_of_sum(exp_row(0, x, cols, m)));
  if (dx) {
    const sum = exp_row(dx, x, cols, m);
    scale_row_less(dx, t, cols, <f32>((<f64>g * sum_f32(t, cols)) / sum), g);
  }
  return loss;
}

/**
 * loss[r], and dx[r] with g = gradScale unless dx is 0, for begin <= r < end.
 *
 * loss [rows] (0: none is wanted), dx, logits [rows, cols]: byte addresses of f32; dx may be logits.
 * labels: u32 [rows] when `sparse` is not 0, else f32 [rows, cols].
 */
export function softmax_cross_entropy_f32(
  loss: usize,
  dx: usize,
  logits: usize,
  labels: usize,
  cols: usize,
  sparse: u32,
  grad_scale: f32,
  begin: usize,
  end: usize,
): void {
  if (cols == 0) {
    // No class is there, and a sum over none is 0.
    if (loss) for (let r = begin; r < end; r++) store<f32>(loss + (r << 2), sparse ? NaN : 0);
    return;
  }
  for (let r = begin; r < end; r++) {
    const row = (r * cols) << 2;
    const to = dx ? dx + row : 0;
    const value = sparse
      ? sparse_row(to, logits + row, load<u32>(labels + (r << 2)), cols, grad_scale)
      : dense_row(to, logits + row, labels + row, cols, grad_scale, loss != 0);
    if (loss) store<f32>(loss + (r << 2), value);
  }
}

/** dx[r] with g = dloss[r], for begin <= r < end: the gradient for any use of the losses by row. dx may be logits. */
export function softmax_cross_entropy_grad_f32(
  dx: usize,
  logits: usize,
  labels: usize,
  dloss: usize,
  cols: usize,
  sparse: u32,
  begin: usize,
  end: usize,
): void {
  if (cols == 0) return;
  for (let r = begin; r < end; r++) {
    const row = (r * cols) << 2;
    const g = load<f32>(dloss + (r << 2));
    if (sparse) sparse_row(dx + row, logits + row, load<u32>(labels + (r << 2)), cols, g);
    else dense_row(dx + row, logits + row, labels + row, cols, g, false);
  }
}
