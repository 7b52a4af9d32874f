// Running figures, kept as float64 in memory from step to step.
import { sum_f32 } from "./sum";

/** The place of the first greatest of n ≥ 1 f32; n when one is NaN. */
export function arg_max_f32(x: usize, n: usize): usize {
  let best = load<f32>(x);
  if (best != best) return n;
  let place: usize = 0;
  for (let i: usize = 1; i < n; i++) {
    const value = load<f32>(x + (i << 2));
    if (value > best) {
      best = value;
      place = i;
    } else if (value != value) return n;
  }
  return place;
}

/**
 * The f64 at `count` grows by the number of rows whose greatest logit stands where the label says.
 * logits [rows, cols] f32; labels: u32 [rows] when `sparse` is not 0, else f32 [rows, cols], of which the greatest counts. A row with NaN is a miss.
 */
export function accuracy_f32(
  count: usize,
  logits: usize,
  labels: usize,
  rows: usize,
  cols: usize,
  sparse: u32,
): void {
  if (cols == 0) return;
  let hits: u32 = 0;
  for (let r: usize = 0; r < rows; r++) {
    const row = (r * cols) << 2;
    const place = arg_max_f32(logits + row, cols);
    const wanted = sparse ? <usize>load<u32>(labels + (r << 2)) : arg_max_f32(labels + row, cols);
    if (place == wanted && place < cols) hits++;
  }
  store<f64>(count, load<f64>(count) + <f64>hits);
}

/** The f64 at `count` grows by the number of i < n with (logits[i] > threshold) = (targets[i] > 0.5). NaN is a miss. */
export function binary_accuracy_f32(count: usize, logits: usize, targets: usize, n: usize, threshold: f32): void {
  let hits: u32 = 0;
  for (let i: usize = 0; i < n; i++) {
    const x = load<f32>(logits + (i << 2));
    const is_one = load<f32>(targets + (i << 2)) > 0.5;
    if (x == x && x > threshold == is_one) hits++;
  }
  store<f64>(count, load<f64>(count) + <f64>hits);
}

/** The f64 at `sum` grows by weight·Σ x[i], i < n. */
export function accumulate_f32(sum: usize, x: usize, n: usize, weight: f32): void {
  store<f64>(sum, load<f64>(sum) + <f64>weight * sum_f32(x, n));
}
