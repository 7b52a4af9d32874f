// Filling, copying, and y = scale·x + shift.
import { madd } from "../math/madd";
import { load_up_to, store_up_to } from "../math/partial";

/** y[i] = value for begin <= i < end. */
export function fill_f32(y: usize, value: f32, begin: usize, end: usize): void {
  const v = f32x4.splat(value);
  let at = y + (begin << 2);
  let left = end - begin;
  for (; left >= 4; left -= 4, at += 16) v128.store(at, v);
  if (left) store_up_to(at, v, left);
}

/** y[i] = x[i] for begin <= i < end. The ranges may overlap when one thread does it all. */
export function copy_f32(y: usize, x: usize, begin: usize, end: usize): void {
  if (end > begin) memory.copy(y + (begin << 2), x + (begin << 2), (end - begin) << 2);
}

/** y[i] = scale·x[i] + shift for begin <= i < end. y may be x. */
export function scale_shift_f32(y: usize, x: usize, scale: f32, shift: f32, begin: usize, end: usize): void {
  const s = f32x4.splat(scale);
  const t = f32x4.splat(shift);
  let at = begin << 2;
  let left = end - begin;
  for (; left >= 8; left -= 8, at += 32) {
    v128.store(y + at, madd(v128.load(x + at), s, t));
    v128.store(y + at, madd(v128.load(x + at, 16), s, t), 16);
  }
  while (left > 0) {
    store_up_to(y + at, madd(load_up_to(x + at, left), s, t), left);
    if (left <= 4) break;
    left -= 4;
    at += 16;
  }
}
