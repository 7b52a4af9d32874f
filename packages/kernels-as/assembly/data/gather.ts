// A batch from a data set in memory: row b of y is row indices[b] of x.
import { madd } from "../math/madd";
import { load_up_to, store_up_to } from "../math/partial";

/** y = (x − centre)·scale + shift, by feature where addresses of per-feature arrays are given (0: no centre, the same for all). */
// @ts-ignore: decorator
@inline
function scaled(
  x: v128,
  feature: usize,
  left: usize,
  scale: v128,
  shift: v128,
  centers: usize,
  scales: usize,
  shifts: usize,
): v128 {
  // A branch and no zero: x − 0 would be x, but the bits of data without a centre are to cost nothing.
  if (centers) x = f32x4.sub(x, load_up_to(centers + (feature << 2), left));
  if (scales) scale = load_up_to(scales + (feature << 2), left);
  if (shifts) shift = load_up_to(shifts + (feature << 2), left);
  return madd(x, scale, shift);
}

/** Four bytes at `at`, or `left` if that is fewer, as f32. */
// @ts-ignore: decorator
@inline
function bytes_up_to(at: usize, left: usize): v128 {
  let word: u32 = 0;
  if (left >= 4) word = load<u32>(at);
  else for (let i: usize = 0; i < left; i++) word |= <u32>load<u8>(at + i) << (<u32>i << 3);
  const wide = i16x8.extend_low_i8x16_u(i32x4.splat(word));
  return f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(wide));
}

/**
 * y[b, j] = (x[indices[b], j] − centre)·scale + shift for begin <= b < end; with `scales` or `shifts` not 0, scale and shift by feature
 * from there. The centre is by feature from `centers`, or 0: subtracted first, it takes no digits from values that lie far from 0.
 *
 * y: byte address of f32 [batch, features]; x: of u8 [samples, features]; indices: of u32; centers, scales, shifts: of f32 [features].
 */
export function gather_u8(
  y: usize,
  x: usize,
  indices: usize,
  features: usize,
  scale: f32,
  shift: f32,
  centers: usize,
  scales: usize,
  shifts: usize,
  begin: usize,
  end: usize,
): void {
  const s = f32x4.splat(scale);
  const t = f32x4.splat(shift);
  for (let b = begin; b < end; b++) {
    const from = x + <usize>load<u32>(indices + (b << 2)) * features;
    const to = y + ((b * features) << 2);
    let j: usize = 0;
    if (!centers && !scales && !shifts) {
      for (; j + 16 <= features; j += 16) {
        const raw = v128.load(from + j);
        const low = i16x8.extend_low_i8x16_u(raw);
        const high = i16x8.extend_high_i8x16_u(raw);
        const at = to + (j << 2);
        // Below 2¹⁵ signed and unsigned agree, and the signed conversion is one instruction.
        v128.store(at, madd(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(low)), s, t));
        v128.store(at, madd(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(low)), s, t), 16);
        v128.store(at, madd(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(high)), s, t), 32);
        v128.store(at, madd(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(high)), s, t), 48);
      }
    }
    for (; j < features; j += 4) {
      const left = features - j;
      const value = scaled(bytes_up_to(from + j, left), j, left, s, t, centers, scales, shifts);
      store_up_to(to + (j << 2), value, left);
    }
  }
}

/** The same from x in f32 [samples, features]. */
export function gather_f32(
  y: usize,
  x: usize,
  indices: usize,
  features: usize,
  scale: f32,
  shift: f32,
  centers: usize,
  scales: usize,
  shifts: usize,
  begin: usize,
  end: usize,
): void {
  const s = f32x4.splat(scale);
  const t = f32x4.splat(shift);
  for (let b = begin; b < end; b++) {
    const from = x + ((<usize>load<u32>(indices + (b << 2)) * features) << 2);
    const to = y + ((b * features) << 2);
    for (let j: usize = 0; j < features; j += 4) {
      const left = features - j;
      const value = scaled(load_up_to(from + (j << 2), left), j, left, s, t, centers, scales, shifts);
      store_up_to(to + (j << 2), value, left);
    }
  }
}

/** y[b, j] = x[indices[b], j], 32-bit words as they are, for begin <= b < end. */
export function gather_u32(y: usize, x: usize, indices: usize, features: usize, begin: usize, end: usize): void {
  const bytes = features << 2;
  for (let b = begin; b < end; b++) {
    const from = x + <usize>load<u32>(indices + (b << 2)) * bytes;
    if (bytes == 4) store<u32>(y + (b << 2), load<u32>(from));
    else memory.copy(y + b * bytes, from, bytes);
  }
}

/** y[b, j] = x[indices[b], j] for begin <= b < end, widened from u8 to u32: class labels. */
export function gather_labels_u8(
  y: usize,
  x: usize,
  indices: usize,
  features: usize,
  begin: usize,
  end: usize,
): void {
  for (let b = begin; b < end; b++) {
    const from = x + <usize>load<u32>(indices + (b << 2)) * features;
    for (let j: usize = 0; j < features; j++) {
      store<u32>(y + ((b * features + j) << 2), load<u8>(from + j));
    }
  }
}
