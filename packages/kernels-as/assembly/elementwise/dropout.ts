// Inverted dropout: y = keep ? x / (1 − rate) : 0, the decisions drawn anew from (seed, stream, step, index) wherever they are needed.
//
// A decision compares 16 random bits with K = round((1 − rate)·65536), and the scale is 65536 / K: the expectation is exact for the rate
// that is really used. Only the upper 8 bits are drawn for every element, 16 elements to a block of four words; in the one case of 256 in
// which they do not decide, the lower 8 come from the words' twins.
//
// Element i takes byte (i >> 2) & 3 of word (i >> 4) & 3 of block (i >> 6)·4 + (i & 3), so that four blocks side by side give the
// decisions of four elements side by side. Words: see random/expand.ts.
import { load_up_to, store_up_to } from "../math/partial";
import {
  expand_begin,
  expand_fold,
  expand_key,
  expand_step,
  key_w,
  key_x,
  key_y,
  key_z,
} from "../random/expand";
import { copy_f32, fill_f32 } from "./linear";

/** Elements that four blocks decide. Shares of threads begin at multiples of it. */
export const DROPOUT_GROUP: u32 = 64;

/** K of 65536 are kept. */
// @ts-ignore: decorator
@inline
export function kept_of(rate: f32): u32 {
  return <u32>nearest<f64>(min<f64>(max<f64>(1.0 - <f64>rate, 0.0), 1.0) * 65536.0);
}

/** What the kept are multiplied by. */
// @ts-ignore: decorator
@inline
export function dropout_scale(kept: u32): f32 {
  return kept ? <f32>(65536.0 / <f64>kept) : 0;
}

// What a rate comes to, in all lanes. Globals belong to one instance, and so to one thread; read ahead of the loop they stay out of it,
// where the engine would sink the arithmetic behind a mere local into every turn.
let rate_limit: v128 = i32x4(0, 0, 0, 0);
let rate_tie: v128 = i32x4(0, 0, 0, 0);
let rate_lower: v128 = i32x4(0, 0, 0, 0);
let rate_minus_lift: v128 = i32x4(0, 0, 0, 0);
let rate_scale: v128 = i32x4(0, 0, 0, 0);

/**
 * For 0 < kept < 65536. Bytes are compared as signed numbers; all bits below the byte in question only ever add to it. At a tie the byte is
 * moved: a kept one below the limit, or, where the limit lies above the tie (the lift is 1), a dropped one up to it.
 */
function set_rate(kept: u32): void {
  const upper = <i32>(kept >> 8) - 128;
  const lift: i32 = upper < 127 ? 1 : 0;
  rate_limit = i32x4.splat((upper + lift) << 24);
  rate_tie = i8x16.splat(<i8>upper);
  rate_lower = i8x16.splat(<i8>(kept & 255));
  rate_minus_lift = i8x16.splat(<i8>-lift);
  rate_scale = f32x4.splat(dropout_scale(kept));
}

/** 16 elements, or `left` if that is fewer, by the bytes of `words`. */
function apply_some(to: usize, from: usize, left: usize, words: v128, limit: v128, scale: v128): void {
  for (let j: i32 = 24; ; j -= 8) {
    const mask = i32x4.lt_s(i32x4.shl(words, j), limit);
    store_up_to(to, v128.and(f32x4.mul(load_up_to(from, left), scale), mask), left);
    if (left <= 4 || j == 0) return;
    left -= 4;
    from += 16;
    to += 16;
  }
}

/** Four elements whose upper bytes are the top bytes of `words`. */
// @ts-ignore: decorator
@inline
function apply(to: usize, from: usize, words: v128, limit: v128, scale: v128): void {
  v128.store(to, v128.and(f32x4.mul(v128.load(from), scale), i32x4.lt_s(words, limit)));
}

// @ts-ignore: decorator
@inline
function apply_16(to: usize, from: usize, words: v128, limit: v128, scale: v128): void {
  apply(to, from, i32x4.shl(words, 24), limit, scale);
  apply(to + 16, from + 16, i32x4.shl(words, 16), limit, scale);
  apply(to + 32, from + 32, i32x4.shl(words, 8), limit, scale);
  apply(to + 48, from + 48, words, limit, scale);
}

/**
 * to[i] = keep(i) ? scale·from[i] : 0 for begin <= i < end; begin is a multiple of 64. The same call on dy is the gradient.
 *
 * to, from: byte addresses of f32; they may be the same. rate in [0, 1]; 1 drops all. The seed is (seed0, seed1), the step
 * (step_low, step_high).
 */
export function dropout_f32(
  to: usize,
  from: usize,
  rate: f32,
  seed0: u32,
  seed1: u32,
  stream: u32,
  step_low: u32,
  step_high: u32,
  begin: usize,
  end: usize,
): void {
  const kept = kept_of(rate);
  if (kept == 0) {
    fill_f32(to, 0, begin, end);
    return;
  }
  if (kept == 65536) {
    copy_f32(to, from, begin, end);
    return;
  }
  set_rate(kept);
  const limit = rate_limit;
  const tie = rate_tie;
  const lower = rate_lower;
  const minus_lift = rate_minus_lift;
  const scale = rate_scale;
  expand_key(seed0, seed1, stream, step_low, step_high);
  const kx = key_x;
  const ky = key_y;
  const kz = key_z;
  const kw = key_w;
  const four = i32x4.splat(4);
  let blocks = i32x4.add(i32x4.splat(<i32>(begin >> 4)), i32x4(0, 1, 2, 3));
  for (let i = begin; i < end; i += DROPOUT_GROUP) {
    // Two passes.
    let a = expand_step(expand_begin(blocks, kx), ky, kw);
    let b = expand_step(ky, kz, a);
    let c = expand_step(kz, a, b);
    let d = expand_fold(expand_step(kw, b, c));
    b = expand_fold(b);
    c = expand_fold(c);
    a = expand_step(expand_fold(a), b, d);
    b = expand_step(b, c, a);
    c = expand_step(c, a, b);
    d = expand_step(d, b, c);
    const tie_a = i8x16.eq(a, tie);
    const tie_b = i8x16.eq(b, tie);
    const tie_c = i8x16.eq(c, tie);
    const tie_d = i8x16.eq(d, tie);
    if (v128.any_true(v128.or(v128.or(tie_a, tie_b), v128.or(tie_c, tie_d)))) {
      // A third pass gives the twins.
      const y = expand_fold(b);
      const z = expand_fold(c);
      const w = expand_fold(d);
      const x2 = expand_step(expand_fold(a), y, w);
      const y2 = expand_step(y, z, x2);
      const z2 = expand_step(z, x2, y2);
      const w2 = expand_step(w, y2, z2);
      a = i8x16.add(a, v128.and(tie_a, i8x16.sub(i8x16.lt_u(x2, lower), minus_lift)));
      b = i8x16.add(b, v128.and(tie_b, i8x16.sub(i8x16.lt_u(y2, lower), minus_lift)));
      c = i8x16.add(c, v128.and(tie_c, i8x16.sub(i8x16.lt_u(z2, lower), minus_lift)));
      d = i8x16.add(d, v128.and(tie_d, i8x16.sub(i8x16.lt_u(w2, lower), minus_lift)));
    }
    blocks = i32x4.add(blocks, four);
    const t = to + (i << 2);
    const f = from + (i << 2);
    const left = end - i;
    if (left >= DROPOUT_GROUP) {
      apply_16(t, f, a, limit, scale);
      apply_16(t + 64, f + 64, b, limit, scale);
      apply_16(t + 128, f + 128, c, limit, scale);
      apply_16(t + 192, f + 192, d, limit, scale);
    } else {
      apply_some(t, f, left, a, limit, scale);
      if (left > 16) apply_some(t + 64, f + 64, left - 16, b, limit, scale);
      if (left > 32) apply_some(t + 128, f + 128, left - 32, c, limit, scale);
      if (left > 48) apply_some(t + 192, f + 192, left - 48, d, limit, scale);
    }
  }
}

/**
 * dx[i] = y[i] > 0 ? scale·dy[i] : 0 for begin <= i < end: the gradient through y = dropout(relu(x)) from y alone, since y > 0 ⇔ kept and x > 0.
 * dx may be dy or y. Where y is NaN, dx is 0.
 */
export function dropout_relu_grad_f32(dx: usize, y: usize, dy: usize, rate: f32, begin: usize, end: usize): void {
  const scale = f32x4.splat(dropout_scale(kept_of(rate)));
  const zero = f32x4.splat(0);
  let at = begin << 2;
  let left = end - begin;
  for (; left >= 8; left -= 8, at += 32) {
    const first = f32x4.gt(v128.load(y + at), zero);
    const second = f32x4.gt(v128.load(y + at, 16), zero);
    v128.store(dx + at, v128.and(f32x4.mul(v128.load(dy + at), scale), first));
    v128.store(dx + at, v128.and(f32x4.mul(v128.load(dy + at, 16), scale), second), 16);
  }
  while (left > 0) {
    const mask = f32x4.gt(load_up_to(y + at, left), zero);
    store_up_to(dx + at, v128.and(f32x4.mul(load_up_to(dy + at, left), scale), mask), left);
    if (left <= 4) break;
    left -= 4;
    at += 16;
  }
}
