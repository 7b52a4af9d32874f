// The yardstick: how fast this binary multiplies and adds when nothing is loaded or stored.
import { madd } from "../math/madd";

/**
 * `iterations` times x ← x·a + b in twelve independent vectors: as many as the latency of a multiplication and an addition can hide
 * behind, and as the registers hold.
 *
 * factors: byte address of eight f32, a four times and b four times, such as 0.999 and 0.001. They come from memory since engines
 * sink constants into loops, where they would be made again in every iteration.
 */
export function peak_f32(factors: usize, iterations: u32): f32 {
  const a = v128.load(factors);
  const b = v128.load(factors, 16);
  let x0 = b;
  let x1 = f32x4.add(x0, b);
  let x2 = f32x4.add(x1, b);
  let x3 = f32x4.add(x2, b);
  let x4 = f32x4.add(x3, b);
  let x5 = f32x4.add(x4, b);
  let x6 = f32x4.add(x5, b);
  let x7 = f32x4.add(x6, b);
  let x8 = f32x4.add(x7, b);
  let x9 = f32x4.add(x8, b);
  let x10 = f32x4.add(x9, b);
  let x11 = f32x4.add(x10, b);
  while (iterations > 0) {
    x0 = madd(x0, a, b);
    x1 = madd(x1, a, b);
    x2 = madd(x2, a, b);
    x3 = madd(x3, a, b);
    x4 = madd(x4, a, b);
    x5 = madd(x5, a, b);
    x6 = madd(x6, a, b);
    x7 = madd(x7, a, b);
    x8 = madd(x8, a, b);
    x9 = madd(x9, a, b);
    x10 = madd(x10, a, b);
    x11 = madd(x11, a, b);
    iterations--;
  }
  const y0 = f32x4.add(f32x4.add(f32x4.add(x0, x1), f32x4.add(x2, x3)), f32x4.add(f32x4.add(x4, x5), f32x4.add(x6, x7)));
  return f32x4.extract_lane(f32x4.add(y0, f32x4.add(f32x4.add(x8, x9), f32x4.add(x10, x11))), 0);
}
