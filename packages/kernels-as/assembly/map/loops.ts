// y = f(a, b, c) over n elements. One loop, compiled once for each primitive. Sixteen elements a turn; an operand that is one number lies there in
// sixteen copies and does not move on (its step is 0, else 64 bytes). y may be any operand.
import { erf4 } from "../math/erf";
import { exp4, expm1_4 } from "../math/exp";
import { log1p_4, log4 } from "../math/log";
import { madd } from "../math/madd";
import { load_up_to, store_up_to } from "../math/partial";
import { sigmoid4 } from "../math/sigmoid";
import { tanh4 } from "../math/tanh";
import { cos4, sin4 } from "../math/trigonometry";
import { relu4 } from "../elementwise/relu";
import { sign4 } from "../elementwise/smooth";
import * as op from "../program/opcodes.gen";

// @ts-ignore: decorator
@inline
function zero(): v128 {
  return f32x4.splat(0);
}

/** Comparisons answer 1 or 0. */
// @ts-ignore: decorator
@inline
function answer(mask: v128): v128 {
  return v128.and(mask, f32x4.splat(1));
}

// @ts-ignore: decorator
@inline
function value(kind: u32, a: v128, b: v128, c: v128): v128 {
  if (kind == op.MAP_COPY) return a;
  if (kind == op.MAP_NEG) return f32x4.neg(a);
  if (kind == op.MAP_ABS) return f32x4.abs(a);
  if (kind == op.MAP_SIGN) return sign4(a);
  if (kind == op.MAP_SQUARE) return f32x4.mul(a, a);
  if (kind == op.MAP_SQRT) return f32x4.sqrt(a);
  if (kind == op.MAP_RSQRT) return f32x4.div(f32x4.splat(1), f32x4.sqrt(a));
  if (kind == op.MAP_RECIPROCAL) return f32x4.div(f32x4.splat(1), a);
  if (kind == op.MAP_EXP) return exp4(a);
  if (kind == op.MAP_EXPM1) return expm1_4(a);
  if (kind == op.MAP_LOG) return log4(a);
  if (kind == op.MAP_LOG1P) return log1p_4(a);
  if (kind == op.MAP_ERF) return erf4(a);
  if (kind == op.MAP_SIN) return sin4(a);
  if (kind == op.MAP_COS) return cos4(a);
  if (kind == op.MAP_TANH) return tanh4(a);
  if (kind == op.MAP_SIGMOID) return sigmoid4(a);
  if (kind == op.MAP_RELU) return relu4(a);
  if (kind == op.MAP_FLOOR) return f32x4.floor(a);
  if (kind == op.MAP_CEIL) return f32x4.ceil(a);
  if (kind == op.MAP_ROUND) return f32x4.nearest(a);
  if (kind == op.MAP_NOT) return answer(f32x4.eq(a, zero()));
  if (kind == op.MAP_ADD) return f32x4.add(a, b);
  if (kind == op.MAP_SUB) return f32x4.sub(a, b);
  if (kind == op.MAP_MUL) return f32x4.mul(a, b);
  if (kind == op.MAP_DIV) return f32x4.div(a, b);
  if (kind == op.MAP_MAX) return f32x4.max(a, b);
  if (kind == op.MAP_MIN) return f32x4.min(a, b);
  if (kind == op.MAP_LT) return answer(f32x4.lt(a, b));
  if (kind == op.MAP_LE) return answer(f32x4.le(a, b));
  if (kind == op.MAP_GT) return answer(f32x4.gt(a, b));
  if (kind == op.MAP_GE) return answer(f32x4.ge(a, b));
  if (kind == op.MAP_EQ) return answer(f32x4.eq(a, b));
  if (kind == op.MAP_NE) return answer(f32x4.ne(a, b));
  if (kind == op.MAP_AND) return answer(v128.and(f32x4.ne(a, zero()), f32x4.ne(b, zero())));
  if (kind == op.MAP_OR) return answer(v128.or(f32x4.ne(a, zero()), f32x4.ne(b, zero())));
  if (kind == op.MAP_WHERE) return v128.bitselect(b, c, f32x4.ne(a, zero()));
  if (kind == op.MAP_MADD) return madd(a, b, c);
  return f32x4.convert_i32x4_u(a);
}

/** Functions of many instructions go one vector a turn, which keeps the binary small; the loop's own instructions do not show beside them. */
// @ts-ignore: decorator
@inline
function one(kind: u32, y: usize, a: usize, step: usize, n: usize): void {
  for (; n >= 4; n -= 4, y += 16, a += step >> 2) v128.store(y, value(kind, v128.load(a), zero(), zero()));
  if (n) store_up_to(y, value(kind, load_up_to(a, n), zero(), zero()), n);
}

// @ts-ignore: decorator
@inline
function two(kind: u32, y: usize, a: usize, b: usize, stepA: usize, stepB: usize, n: usize): void {
  for (; n >= 16; n -= 16, y += 64, a += stepA, b += stepB) {
    v128.store(y, value(kind, v128.load(a), v128.load(b), zero()));
    v128.store(y, value(kind, v128.load(a, 16), v128.load(b, 16), zero()), 16);
    v128.store(y, value(kind, v128.load(a, 32), v128.load(b, 32), zero()), 32);
    v128.store(y, value(kind, v128.load(a, 48), v128.load(b, 48), zero()), 48);
  }
  while (n > 0) {
    store_up_to(y, value(kind, load_up_to(a, n), load_up_to(b, n), zero()), n);
    if (n <= 4) return;
    n -= 4;
    y += 16;
    a += stepA >> 2;
    b += stepB >> 2;
  }
}

// @ts-ignore: decorator
@inline
function three(
  kind: u32,
  y: usize,
  a: usize,
  b: usize,
  c: usize,
  stepA: usize,
  stepB: usize,
  stepC: usize,
  n: usize,
): void {
  for (; n >= 16; n -= 16, y += 64, a += stepA, b += stepB, c += stepC) {
    v128.store(y, value(kind, v128.load(a), v128.load(b), v128.load(c)));
    v128.store(y, value(kind, v128.load(a, 16), v128.load(b, 16), v128.load(c, 16)), 16);
    v128.store(y, value(kind, v128.load(a, 32), v128.load(b, 32), v128.load(c, 32)), 32);
    v128.store(y, value(kind, v128.load(a, 48), v128.load(b, 48), v128.load(c, 48)), 48);
  }
  while (n > 0) {
    store_up_to(y, value(kind, load_up_to(a, n), load_up_to(b, n), load_up_to(c, n)), n);
    if (n <= 4) return;
    n -= 4;
    y += 16;
    a += stepA >> 2;
    b += stepB >> 2;
    c += stepC >> 2;
  }
}

/**
 * y[i] = f(a[i], b[i], c[i]) for i < n, f the MAP_ function `kind`. Steps are 64, or 0 for an operand that is sixteen copies of one number.
 */
export function apply_f32(
  kind: u32,
  y: usize,
  a: usize,
  b: usize,
  c: usize,
  stepA: usize,
  stepB: usize,
  stepC: usize,
  n: usize,
): void {
  // No switch: its equal arms are folded into one before the loops are told apart.
  if (kind == op.MAP_COPY) one(op.MAP_COPY, y, a, stepA, n);
  else if (kind == op.MAP_NEG) one(op.MAP_NEG, y, a, stepA, n);
  else if (kind == op.MAP_ABS) one(op.MAP_ABS, y, a, stepA, n);
  else if (kind == op.MAP_SIGN) one(op.MAP_SIGN, y, a, stepA, n);
  else if (kind == op.MAP_SQUARE) one(op.MAP_SQUARE, y, a, stepA, n);
  else if (kind == op.MAP_SQRT) one(op.MAP_SQRT, y, a, stepA, n);
  else if (kind == op.MAP_RSQRT) one(op.MAP_RSQRT, y, a, stepA, n);
  else if (kind == op.MAP_RECIPROCAL) one(op.MAP_RECIPROCAL, y, a, stepA, n);
  else if (kind == op.MAP_EXP) one(op.MAP_EXP, y, a, stepA, n);
  else if (kind == op.MAP_EXPM1) one(op.MAP_EXPM1, y, a, stepA, n);
  else if (kind == op.MAP_LOG) one(op.MAP_LOG, y, a, stepA, n);
  else if (kind == op.MAP_LOG1P) one(op.MAP_LOG1P, y, a, stepA, n);
  else if (kind == op.MAP_ERF) one(op.MAP_ERF, y, a, stepA, n);
  else if (kind == op.MAP_SIN) one(op.MAP_SIN, y, a, stepA, n);
  else if (kind == op.MAP_COS) one(op.MAP_COS, y, a, stepA, n);
  else if (kind == op.MAP_TANH) one(op.MAP_TANH, y, a, stepA, n);
  else if (kind == op.MAP_SIGMOID) one(op.MAP_SIGMOID, y, a, stepA, n);
  else if (kind == op.MAP_RELU) one(op.MAP_RELU, y, a, stepA, n);
  else if (kind == op.MAP_FLOOR) one(op.MAP_FLOOR, y, a, stepA, n);
  else if (kind == op.MAP_CEIL) one(op.MAP_CEIL, y, a, stepA, n);
  else if (kind == op.MAP_ROUND) one(op.MAP_ROUND, y, a, stepA, n);
  else if (kind == op.MAP_NOT) one(op.MAP_NOT, y, a, stepA, n);
  else if (kind == op.MAP_CONVERT) one(op.MAP_CONVERT, y, a, stepA, n);
  else if (kind == op.MAP_ADD) two(op.MAP_ADD, y, a, b, stepA, stepB, n);
  else if (kind == op.MAP_SUB) two(op.MAP_SUB, y, a, b, stepA, stepB, n);
  else if (kind == op.MAP_MUL) two(op.MAP_MUL, y, a, b, stepA, stepB, n);
  else if (kind == op.MAP_DIV) two(op.MAP_DIV, y, a, b, stepA, stepB, n);
  else if (kind == op.MAP_MAX) two(op.MAP_MAX, y, a, b, stepA, stepB, n);
  else if (kind == op.MAP_MIN) two(op.MAP_MIN, y, a, b, stepA, stepB, n);
  else if (kind == op.MAP_LT) two(op.MAP_LT, y, a, b, stepA, stepB, n);
  else if (kind == op.MAP_LE) two(op.MAP_LE, y, a, b, stepA, stepB, n);
  else if (kind == op.MAP_GT) two(op.MAP_GT, y, a, b, stepA, stepB, n);
  else if (kind == op.MAP_GE) two(op.MAP_GE, y, a, b, stepA, stepB, n);
  else if (kind == op.MAP_EQ) two(op.MAP_EQ, y, a, b, stepA, stepB, n);
  else if (kind == op.MAP_NE) two(op.MAP_NE, y, a, b, stepA, stepB, n);
  else if (kind == op.MAP_AND) two(op.MAP_AND, y, a, b, stepA, stepB, n);
  else if (kind == op.MAP_OR) two(op.MAP_OR, y, a, b, stepA, stepB, n);
  else if (kind == op.MAP_WHERE) three(op.MAP_WHERE, y, a, b, c, stepA, stepB, stepC, n);
  else if (kind == op.MAP_MADD) three(op.MAP_MADD, y, a, b, c, stepA, stepB, stepC, n);
}
