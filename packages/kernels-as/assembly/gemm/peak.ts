// The yardstick: how fast this binary multiplies and adds when nothing is loaded or stored. No one loop is the fastest on every machine and in
// both binaries, so there are several; the benchmarks take the best.
import { madd } from "../math/madd";
import { PEAK_EIGHT, PEAK_THIRTEEN, PEAK_TWELVE } from "../program/opcodes.gen";

/**
 * `iterations` times the loop's PEAK_…_FLOPS multiplications and additions in vectors that depend on nothing but themselves. @returns a sum of them all.
 *
 * factors: byte address of twelve f32: a four times, b four times and −1 four times, with a such as 0.999 and b 0.001. They come from memory
 * since engines sink constants into loops, where they would be made again in every iteration. kind: which loop.
 */
export function peak_f32(factors: usize, iterations: u32, kind: u32): f32 {
  const a = v128.load(factors);
  const b = v128.load(factors, 16);
  if (kind == PEAK_TWELVE) return f32x4.extract_lane(twelve(a, b, iterations), 0);
  if (kind == PEAK_THIRTEEN) return f32x4.extract_lane(thirteen(a, b, iterations), 0);
  if (kind == PEAK_EIGHT) return f32x4.extract_lane(eight(a, b, iterations), 0);
  return f32x4.extract_lane(pairs(b, v128.load(factors, 32), iterations), 0);
}

/** x ← x·a + b in twelve vectors, two steps: as many as the latencies of a product and a sum can hide behind. */
function twelve(a: v128, b: v128, iterations: u32): v128 {
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
  let sum = x0;
  sum = f32x4.add(sum, x1);
  sum = f32x4.add(sum, x2);
  sum = f32x4.add(sum, x3);
  sum = f32x4.add(sum, x4);
  sum = f32x4.add(sum, x5);
  sum = f32x4.add(sum, x6);
  sum = f32x4.add(sum, x7);
  sum = f32x4.add(sum, x8);
  sum = f32x4.add(sum, x9);
  sum = f32x4.add(sum, x10);
  sum = f32x4.add(sum, x11);
  return sum;
}

/** The same in eight, three steps: enough where both are one instruction, and all of them in registers everywhere. */
function eight(a: v128, b: v128, iterations: u32): v128 {
  let x0 = b;
  let x1 = f32x4.add(x0, b);
  let x2 = f32x4.add(x1, b);
  let x3 = f32x4.add(x2, b);
  let x4 = f32x4.add(x3, b);
  let x5 = f32x4.add(x4, b);
  let x6 = f32x4.add(x5, b);
  let x7 = f32x4.add(x6, b);
  while (iterations > 0) {
    x0 = madd(x0, a, b);
    x1 = madd(x1, a, b);
    x2 = madd(x2, a, b);
    x3 = madd(x3, a, b);
    x4 = madd(x4, a, b);
    x5 = madd(x5, a, b);
    x6 = madd(x6, a, b);
    x7 = madd(x7, a, b);
    x0 = madd(x0, a, b);
    x1 = madd(x1, a, b);
    x2 = madd(x2, a, b);
    x3 = madd(x3, a, b);
    x4 = madd(x4, a, b);
    x5 = madd(x5, a, b);
    x6 = madd(x6, a, b);
    x7 = madd(x7, a, b);
    x0 = madd(x0, a, b);
    x1 = madd(x1, a, b);
    x2 = madd(x2, a, b);
    x3 = madd(x3, a, b);
    x4 = madd(x4, a, b);
    x5 = madd(x5, a, b);
    x6 = madd(x6, a, b);
    x7 = madd(x7, a, b);
    iterations--;
  }
  let sum = x0;
  sum = f32x4.add(sum, x1);
  sum = f32x4.add(sum, x2);
  sum = f32x4.add(sum, x3);
  sum = f32x4.add(sum, x4);
  sum = f32x4.add(sum, x5);
  sum = f32x4.add(sum, x6);
  sum = f32x4.add(sum, x7);
  return sum;
}

/** The same in thirteen, as many as the registers hold: where twelve cover the latencies only just. */
function thirteen(a: v128, b: v128, iterations: u32): v128 {
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
  let x12 = f32x4.add(x11, b);
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
    x12 = madd(x12, a, b);
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
    x12 = madd(x12, a, b);
    iterations--;
  }
  let sum = x0;
  sum = f32x4.add(sum, x1);
  sum = f32x4.add(sum, x2);
  sum = f32x4.add(sum, x3);
  sum = f32x4.add(sum, x4);
  sum = f32x4.add(sum, x5);
  sum = f32x4.add(sum, x6);
  sum = f32x4.add(sum, x7);
  sum = f32x4.add(sum, x8);
  sum = f32x4.add(sum, x9);
  sum = f32x4.add(sum, x10);
  sum = f32x4.add(sum, x11);
  sum = f32x4.add(sum, x12);
  return sum;
}

/** p ← −p and q ← q + b in six vectors each, four steps: products that no sum waits for. */
function pairs(b: v128, s: v128, iterations: u32): v128 {
  let p0 = b;
  let q0 = p0;
  let p1 = f32x4.add(p0, b);
  let q1 = p1;
  let p2 = f32x4.add(p1, b);
  let q2 = p2;
  let p3 = f32x4.add(p2, b);
  let q3 = p3;
  let p4 = f32x4.add(p3, b);
  let q4 = p4;
  let p5 = f32x4.add(p4, b);
  let q5 = p5;
  while (iterations > 0) {
    p0 = f32x4.mul(p0, s);
    q0 = f32x4.add(q0, b);
    p1 = f32x4.mul(p1, s);
    q1 = f32x4.add(q1, b);
    p2 = f32x4.mul(p2, s);
    q2 = f32x4.add(q2, b);
    p3 = f32x4.mul(p3, s);
    q3 = f32x4.add(q3, b);
    p4 = f32x4.mul(p4, s);
    q4 = f32x4.add(q4, b);
    p5 = f32x4.mul(p5, s);
    q5 = f32x4.add(q5, b);
    p0 = f32x4.mul(p0, s);
    q0 = f32x4.add(q0, b);
    p1 = f32x4.mul(p1, s);
    q1 = f32x4.add(q1, b);
    p2 = f32x4.mul(p2, s);
    q2 = f32x4.add(q2, b);
    p3 = f32x4.mul(p3, s);
    q3 = f32x4.add(q3, b);
    p4 = f32x4.mul(p4, s);
    q4 = f32x4.add(q4, b);
    p5 = f32x4.mul(p5, s);
    q5 = f32x4.add(q5, b);
    p0 = f32x4.mul(p0, s);
    q0 = f32x4.add(q0, b);
    p1 = f32x4.mul(p1, s);
    q1 = f32x4.add(q1, b);
    p2 = f32x4.mul(p2, s);
    q2 = f32x4.add(q2, b);
    p3 = f32x4.mul(p3, s);
    q3 = f32x4.add(q3, b);
    p4 = f32x4.mul(p4, s);
    q4 = f32x4.add(q4, b);
    p5 = f32x4.mul(p5, s);
    q5 = f32x4.add(q5, b);
    p0 = f32x4.mul(p0, s);
    q0 = f32x4.add(q0, b);
    p1 = f32x4.mul(p1, s);
    q1 = f32x4.add(q1, b);
    p2 = f32x4.mul(p2, s);
    q2 = f32x4.add(q2, b);
    p3 = f32x4.mul(p3, s);
    q3 = f32x4.add(q3, b);
    p4 = f32x4.mul(p4, s);
    q4 = f32x4.add(q4, b);
    p5 = f32x4.mul(p5, s);
    q5 = f32x4.add(q5, b);
    iterations--;
  }
  let sum = p0;
  sum = f32x4.add(sum, q0);
  sum = f32x4.add(sum, p1);
  sum = f32x4.add(sum, q1);
  sum = f32x4.add(sum, p2);
  sum = f32x4.add(sum, q2);
  sum = f32x4.add(sum, p3);
  sum = f32x4.add(sum, q3);
  sum = f32x4.add(sum, p4);
  sum = f32x4.add(sum, q4);
  sum = f32x4.add(sum, p5);
  sum = f32x4.add(sum, q5);
  return sum;
}
