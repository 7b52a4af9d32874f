// Whole numbers: as many as there are in order, and f32 as u32.
import { load_up_to, store_up_to } from "../math/partial";

/** y[i] = start + i·step for begin <= i < end, in f64 and rounded once. */
export function arange_f32(y: usize, start: f32, step: f32, begin: usize, end: usize): void {
  for (let i = begin; i < end; i++) store<f32>(y + (i << 2), <f32>(<f64>start + <f64>i * <f64>step));
}

/**
 * y[i] = x[i] without its fraction, u32 from f32, for begin <= i < end. What no u32 is near becomes 2³² − 1: NaN, −1 and below, 2³² and above.
 * y may be x.
 */
export function to_u32(y: usize, x: usize, begin: usize, end: usize): void {
  const least = f32x4.splat(-1);
  for (let i = begin; i < end; i += 4) {
    const v = load_up_to(x + (i << 2), end - i);
    // A comparison with NaN is false.
    const inside = f32x4.gt(v, least);
    store_up_to(y + (i << 2), v128.or(i32x4.trunc_sat_f32x4_u(v), v128.not(inside)), end - i);
  }
}
