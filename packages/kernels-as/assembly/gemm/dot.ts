import { madd } from "../math/madd";

/**
 * Σ x[i]·y[i] for 0 <= i < n.
 *
 * x, y: byte addresses of f32; n: elements. Summed in sixteen lanes, lane l taking every i with i mod 16 = l, then pairwise, and the
 * last n mod 16 one by one: the error grows with n/16.
 */
export function dot_f32(x: usize, y: usize, n: u32): f32 {
  let s0 = f32x4.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  while (n >= 16) {
    s0 = madd(v128.load(x), v128.load(y), s0);
    s1 = madd(v128.load(x, 16), v128.load(y, 16), s1);
    s2 = madd(v128.load(x, 32), v128.load(y, 32), s2);
    s3 = madd(v128.load(x, 48), v128.load(y, 48), s3);
    x += 64;
    y += 64;
    n -= 16;
  }
  const s = f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3));
  let sum = f32x4.extract_lane(s, 0) + f32x4.extract_lane(s, 1) + (f32x4.extract_lane(s, 2) + f32x4.extract_lane(s, 3));
  while (n > 0) {
    sum += f32.load(x) * f32.load(y);
    x += 4;
    y += 4;
    n--;
  }
  return sum;
}
