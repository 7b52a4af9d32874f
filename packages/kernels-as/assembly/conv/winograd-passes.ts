// Winograd's 1-D transforms, for many channels at once. A 2-D transform is a pass down the columns and a pass along the rows; each
// runs over all channels before the next begins, since few streams of neighbouring vectors are what a processor can fetch ahead of time.
//
// F(m, 3) makes m outputs of a kernel of 3 from n = m + 2 inputs with n products instead of 3m:
//   y = Aᵀ·((G·g) ⊙ (Bᵀ·d))         in 2-D: Y = Aᵀ·((G·g·Gᵀ) ⊙ (Bᵀ·d·B))·A
// and, with W = A·dY·Aᵀ, the gradients dg = Gᵀ·(W ⊙ V)·G and dd = B·(W ⊙ U)·Bᵀ (U, V: the transformed kernel and input).
//
// The type parameter T stands for m by its size: u16 for F(2, 3) with the points 0, ±1, ∞, and u32 for F(4, 3) with 0, ±1, ±2, ∞;
// what depends on it is chosen by the compiler. Matrices after Lavin & Gray, 2015, arXiv:1509.09308, sections 4.1 and 4.3.
// Addresses, steps and lengths are bytes. Value k of a transform is a row of `bytes` / 4 channels at from + k·by, its result k at
// to + k·step. A pass may not write where it has yet to read.
import { madd } from "../math/madd";

/** Outputs of a tile along one side. */
// @ts-ignore: decorator
@inline
export function outputs_of<T>(): u32 {
  return <u32>sizeof<T>();
}

/** Inputs of a tile along one side, which is also the number of frequencies along it. */
// @ts-ignore: decorator
@inline
export function inputs_of<T>(): u32 {
  return <u32>sizeof<T>() + 2;
}

// @ts-ignore: decorator
@inline
function times(a: v128, b: f32): v128 {
  return f32x4.mul(a, f32x4.splat(b));
}

/** Bᵀ: n values at r0 … r5 (r0 … r3 for m = 2) become n. */
export function input_pass<T>(
  to: usize, step: usize, r0: usize, r1: usize, r2: usize, r3: usize, r4: usize, r5: usize, bytes: usize,
): void {
  const t2 = to + 2 * step;
  const t4 = t2 + 2 * step;
  for (let i: usize = 0; i < bytes; i += 16) {
    const d1 = v128.load(r1 + i);
    const d2 = v128.load(r2 + i);
    const d3 = v128.load(r3 + i);
    if (sizeof<T>() == 2) {
      v128.store(to + i, f32x4.sub(v128.load(r0 + i), d2));
      v128.store(to + step + i, f32x4.add(d1, d2));
      v128.store(t2 + i, f32x4.sub(d2, d1));
      v128.store(t2 + step + i, f32x4.sub(d1, d3));
    } else {
      const d4 = v128.load(r4 + i);
      const four = f32x4.splat(4);
      const five = f32x4.splat(-5);
      v128.store(to + i, madd(v128.load(r0 + i), four, madd(d2, five, d4)));
      const minus = f32x4.splat(-4);
      const a = madd(d2, minus, d4);
      const b = madd(d1, minus, d3);
      v128.store(to + step + i, f32x4.add(a, b));
      v128.store(t2 + i, f32x4.sub(a, b));
      const c = f32x4.sub(d4, d2);
      const e = f32x4.sub(d3, d1);
      const e2 = f32x4.add(e, e);
      v128.store(t2 + step + i, f32x4.add(c, e2));
      v128.store(t4 + i, f32x4.sub(c, e2));
      v128.store(t4 + step + i, madd(d1, four, madd(d3, five, v128.load(r5 + i))));
    }
  }
}

/** Aᵀ: n values, `by` apart, become m. */
export function output_pass<T>(to: usize, step: usize, from: usize, by: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) {
    const at = from + i;
    const put = to + i;
    const m0 = v128.load(at);
    const m1 = v128.load(at + by);
    const m2 = v128.load(at + 2 * by);
    const m3 = v128.load(at + 3 * by);
    const s = f32x4.add(m1, m2);
    const d = f32x4.sub(m1, m2);
    if (sizeof<T>() == 2) {
      v128.store(put, f32x4.add(m0, s));
      v128.store(put + step, f32x4.sub(d, m3));
    } else {
      const m4 = v128.load(at + 4 * by);
      const t = f32x4.add(m3, m4);
      const e = f32x4.sub(m3, m4);
      v128.store(put, f32x4.add(f32x4.add(m0, s), t));
      v128.store(put + step, madd(e, f32x4.splat(2), d));
      v128.store(put + 2 * step, madd(t, f32x4.splat(4), s));
      v128.store(put + 3 * step, f32x4.add(madd(e, f32x4.splat(8), d), v128.load(at + 5 * by)));
    }
  }
}

/** A: m values, `by` apart, become n. The transpose of output_pass. */
export function output_grad_pass<T>(to: usize, step: usize, from: usize, by: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) {
    const at = from + i;
    const put = to + i;
    const y0 = v128.load(at);
    const y1 = v128.load(at + by);
    v128.store(put, y0);
    if (sizeof<T>() == 2) {
      v128.store(put + step, f32x4.add(y0, y1));
      v128.store(put + 2 * step, f32x4.sub(y0, y1));
      v128.store(put + 3 * step, f32x4.neg(y1));
    } else {
      const y2 = v128.load(at + 2 * by);
      const y3 = v128.load(at + 3 * by);
      const even = f32x4.add(y0, y2);
      const odd = f32x4.add(y1, y3);
      v128.store(put + step, f32x4.add(even, odd));
      v128.store(put + 2 * step, f32x4.sub(even, odd));
      const even2 = madd(y2, f32x4.splat(4), y0);
      const odd2 = madd(y3, f32x4.splat(8), f32x4.add(y1, y1));
      v128.store(put + 3 * step, f32x4.add(even2, odd2));
      v128.store(put + 4 * step, f32x4.sub(even2, odd2));
      v128.store(put + 5 * step, y3);
    }
  }
}

/** B: n values, `by` apart, become n. The transpose of input_pass. */
export function input_grad_pass<T>(to: usize, step: usize, from: usize, by: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) {
    const at = from + i;
    const put = to + i;
    const t0 = v128.load(at);
    const t1 = v128.load(at + by);
    const t2 = v128.load(at + 2 * by);
    const t3 = v128.load(at + 3 * by);
    if (sizeof<T>() == 2) {
      v128.store(put, t0);
      v128.store(put + step, f32x4.add(f32x4.sub(t1, t2), t3));
      v128.store(put + 2 * step, f32x4.sub(f32x4.add(t1, t2), t0));
      v128.store(put + 3 * step, f32x4.neg(t3));
    } else {
      const t4 = v128.load(at + 4 * by);
      const t5 = v128.load(at + 5 * by);
      const s12 = f32x4.add(t1, t2);
      const d12 = f32x4.sub(t1, t2);
      const s34 = f32x4.add(t3, t4);
      const d34 = f32x4.sub(t3, t4);
      const four = f32x4.splat(4);
      const five = f32x4.splat(-5);
      const d34_2 = f32x4.add(d34, d34);
      v128.store(put, f32x4.mul(t0, four));
      v128.store(put + step, f32x4.sub(f32x4.mul(f32x4.sub(t5, d12), four), d34_2));
      v128.store(put + 2 * step, f32x4.sub(madd(t0, five, f32x4.mul(s12, f32x4.splat(-4))), s34));
      v128.store(put + 3 * step, madd(t5, five, f32x4.add(d12, d34_2)));
      v128.store(put + 4 * step, f32x4.add(f32x4.add(t0, s12), s34));
      v128.store(put + 5 * step, t5);
    }
  }
}

/** G: 3 values, `by` apart, become n. */
export function kernel_pass<T>(to: usize, step: usize, from: usize, by: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) {
    const at = from + i;
    const put = to + i;
    const g0 = v128.load(at);
    const g1 = v128.load(at + by);
    const g2 = v128.load(at + 2 * by);
    const s = f32x4.add(g0, g2);
    if (sizeof<T>() == 2) {
      v128.store(put, g0);
      v128.store(put + step, times(f32x4.add(s, g1), 0.5));
      v128.store(put + 2 * step, times(f32x4.sub(s, g1), 0.5));
      v128.store(put + 3 * step, g2);
    } else {
      const sixth: f32 = 1.0 / 6.0;
      v128.store(put, times(g0, 0.25));
      v128.store(put + step, times(f32x4.add(s, g1), -sixth));
      v128.store(put + 2 * step, times(f32x4.sub(g1, s), sixth));
      const even = times(madd(g2, f32x4.splat(4), g0), sixth * 0.25);
      const odd = times(g1, sixth * 0.5);
      v128.store(put + 3 * step, f32x4.add(even, odd));
      v128.store(put + 4 * step, f32x4.sub(even, odd));
      v128.store(put + 5 * step, g2);
    }
  }
}

/** Gᵀ: n values, `by` apart, become 3. The transpose of kernel_pass. */
export function kernel_grad_pass<T>(to: usize, step: usize, from: usize, by: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) {
    const at = from + i;
    const put = to + i;
    const u0 = v128.load(at);
    const u1 = v128.load(at + by);
    const u2 = v128.load(at + 2 * by);
    const u3 = v128.load(at + 3 * by);
    const s = f32x4.add(u1, u2);
    if (sizeof<T>() == 2) {
      const half = times(s, 0.5);
      v128.store(put, f32x4.add(u0, half));
      v128.store(put + step, times(f32x4.sub(u1, u2), 0.5));
      v128.store(put + 2 * step, f32x4.add(half, u3));
    } else {
      const sixth: f32 = 1.0 / 6.0;
      const u4 = v128.load(at + 4 * by);
      const t = f32x4.add(u3, u4);
      v128.store(put, f32x4.add(times(u0, 0.25), times(f32x4.sub(times(t, 0.25), s), sixth)));
      v128.store(put + step, times(madd(f32x4.sub(u3, u4), f32x4.splat(0.5), f32x4.sub(u2, u1)), sixth));
      v128.store(put + 2 * step, f32x4.add(times(f32x4.sub(t, s), sixth), v128.load(at + 5 * by)));
    }
  }
}
