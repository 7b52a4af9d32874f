// y = f(x) and dx = f′·dy over a flat range. One loop, compiled once for each function: `kind` is known at compile time there.
import { exp4 } from "../math/exp";
import { log4 } from "../math/log";
import { load_up_to, store_up_to } from "../math/partial";
import { sigmoid4 } from "../math/sigmoid";
import { tanh4 } from "../math/tanh";
import * as op from "../program/opcodes.gen";
import { elu4, elu_grad4 } from "./elu";
import { leaky_relu4, leaky_relu_grad4, relu4, relu_grad4 } from "./relu";
import {
  abs_grad4,
  exp_grad4,
  log_grad4,
  reciprocal_grad4,
  sigmoid_grad4,
  sign4,
  sqrt_grad4,
  square_grad4,
  tanh_grad4,
} from "./smooth";

// @ts-ignore: decorator
@inline
function value(kind: u32, x: v128, alpha: v128): v128 {
  if (kind == op.UNARY_NEG) return f32x4.neg(x);
  if (kind == op.UNARY_ABS) return f32x4.abs(x);
  if (kind == op.UNARY_SQUARE) return f32x4.mul(x, x);
  if (kind == op.UNARY_SQRT) return f32x4.sqrt(x);
  if (kind == op.UNARY_EXP) return exp4(x);
  if (kind == op.UNARY_LOG) return log4(x);
  if (kind == op.UNARY_RELU) return relu4(x);
  if (kind == op.UNARY_LEAKY_RELU) return leaky_relu4(x, alpha);
  if (kind == op.UNARY_ELU) return elu4(x, alpha);
  if (kind == op.UNARY_SIGMOID) return sigmoid4(x);
  if (kind == op.UNARY_TANH) return tanh4(x);
  if (kind == op.UNARY_RECIPROCAL) return f32x4.div(f32x4.splat(1), x);
  return sign4(x);
}

// @ts-ignore: decorator
@inline
function gradient(kind: u32, v: v128, dy: v128, alpha: v128): v128 {
  if (kind == op.UNARY_NEG) return f32x4.neg(dy);
  if (kind == op.UNARY_ABS) return abs_grad4(v, dy);
  if (kind == op.UNARY_SQUARE) return square_grad4(v, dy);
  if (kind == op.UNARY_SQRT) return sqrt_grad4(v, dy);
  if (kind == op.UNARY_EXP) return exp_grad4(v, dy);
  if (kind == op.UNARY_LOG) return log_grad4(v, dy);
  if (kind == op.UNARY_RELU) return relu_grad4(v, dy);
  if (kind == op.UNARY_LEAKY_RELU) return leaky_relu_grad4(v, dy, alpha);
  if (kind == op.UNARY_ELU) return elu_grad4(v, dy, alpha);
  if (kind == op.UNARY_SIGMOID) return sigmoid_grad4(v, dy);
  if (kind == op.UNARY_TANH) return tanh_grad4(v, dy);
  if (kind == op.UNARY_RECIPROCAL) return reciprocal_grad4(v, dy);
  return f32x4.splat(0);
}

/** Cheap functions go four vectors a turn, so that the loop's own instructions do not outweigh them. */
// @ts-ignore: decorator
@inline
function run(kind: u32, y: usize, x: usize, begin: usize, end: usize, alpha: f32): void {
  const a = f32x4.splat(alpha);
  const shift = y - x;
  let at = x + (begin << 2);
  let left = end - begin;
  if (kind == op.UNARY_RELU || kind == op.UNARY_LEAKY_RELU || kind == op.UNARY_NEG || kind == op.UNARY_SQUARE) {
    for (; left >= 16; left -= 16, at += 64) {
      v128.store(at + shift, value(kind, v128.load(at), a));
      v128.store(at + shift, value(kind, v128.load(at, 16), a), 16);
      v128.store(at + shift, value(kind, v128.load(at, 32), a), 32);
      v128.store(at + shift, value(kind, v128.load(at, 48), a), 48);
    }
  }
  for (; left >= 4; left -= 4, at += 16) v128.store(at + shift, value(kind, v128.load(at), a));
  if (left) store_up_to(at + shift, value(kind, load_up_to(at, left), a), left);
}

// @ts-ignore: decorator
@inline
function run_grad(kind: u32, dx: usize, v: usize, dy: usize, begin: usize, end: usize, alpha: f32): void {
  const a = f32x4.splat(alpha);
  let at = begin << 2;
  let left = end - begin;
  for (; left >= 8; left -= 8, at += 32) {
    v128.store(dx + at, gradient(kind, v128.load(v + at), v128.load(dy + at), a));
    v128.store(dx + at, gradient(kind, v128.load(v + at, 16), v128.load(dy + at, 16), a), 16);
  }
  while (left > 0) {
    const g = gradient(kind, load_up_to(v + at, left), load_up_to(dy + at, left), a);
    store_up_to(dx + at, g, left);
    if (left <= 4) break;
    left -= 4;
    at += 16;
  }
}

/**
 * y[i] = f(x[i]) for begin <= i < end, f the UNARY_ function `kind`; alpha is the slope of leaky_relu and the α of elu.
 * y, x: byte addresses of f32; y may be x. NaN passes through every function.
 */
export function unary_f32(y: usize, x: usize, begin: usize, end: usize, kind: u32, alpha: f32): void {
  if (kind == op.UNARY_RELU) run(op.UNARY_RELU, y, x, begin, end, alpha);
  else if (kind == op.UNARY_NEG) run(op.UNARY_NEG, y, x, begin, end, alpha);
  else if (kind == op.UNARY_ABS) run(op.UNARY_ABS, y, x, begin, end, alpha);
  else if (kind == op.UNARY_SQUARE) run(op.UNARY_SQUARE, y, x, begin, end, alpha);
  else if (kind == op.UNARY_SQRT) run(op.UNARY_SQRT, y, x, begin, end, alpha);
  else if (kind == op.UNARY_EXP) run(op.UNARY_EXP, y, x, begin, end, alpha);
  else if (kind == op.UNARY_LOG) run(op.UNARY_LOG, y, x, begin, end, alpha);
  else if (kind == op.UNARY_LEAKY_RELU) run(op.UNARY_LEAKY_RELU, y, x, begin, end, alpha);
  else if (kind == op.UNARY_ELU) run(op.UNARY_ELU, y, x, begin, end, alpha);
  else if (kind == op.UNARY_SIGMOID) run(op.UNARY_SIGMOID, y, x, begin, end, alpha);
  else if (kind == op.UNARY_TANH) run(op.UNARY_TANH, y, x, begin, end, alpha);
  else if (kind == op.UNARY_RECIPROCAL) run(op.UNARY_RECIPROCAL, y, x, begin, end, alpha);
  else if (kind == op.UNARY_SIGN) run(op.UNARY_SIGN, y, x, begin, end, alpha);
}

/**
 * dx[i] = f′·dy[i] for begin <= i < end, where f′ is formed from v: the op's output for sqrt, exp, relu, leaky_relu, elu, sigmoid, tanh and
 * reciprocal, its input for abs, square and log; neg and sign ask for none. dx may be dy or v.
 */
export function unary_grad_f32(
  dx: usize,
  v: usize,
  dy: usize,
  begin: usize,
  end: usize,
  kind: u32,
  alpha: f32,
): void {
  if (kind == op.UNARY_RELU) run_grad(op.UNARY_RELU, dx, v, dy, begin, end, alpha);
  else if (kind == op.UNARY_NEG) run_grad(op.UNARY_NEG, dx, v, dy, begin, end, alpha);
  else if (kind == op.UNARY_ABS) run_grad(op.UNARY_ABS, dx, v, dy, begin, end, alpha);
  else if (kind == op.UNARY_SQUARE) run_grad(op.UNARY_SQUARE, dx, v, dy, begin, end, alpha);
  else if (kind == op.UNARY_SQRT) run_grad(op.UNARY_SQRT, dx, v, dy, begin, end, alpha);
  else if (kind == op.UNARY_EXP) run_grad(op.UNARY_EXP, dx, v, dy, begin, end, alpha);
  else if (kind == op.UNARY_LOG) run_grad(op.UNARY_LOG, dx, v, dy, begin, end, alpha);
  else if (kind == op.UNARY_LEAKY_RELU) run_grad(op.UNARY_LEAKY_RELU, dx, v, dy, begin, end, alpha);
  else if (kind == op.UNARY_ELU) run_grad(op.UNARY_ELU, dx, v, dy, begin, end, alpha);
  else if (kind == op.UNARY_SIGMOID) run_grad(op.UNARY_SIGMOID, dx, v, dy, begin, end, alpha);
  else if (kind == op.UNARY_TANH) run_grad(op.UNARY_TANH, dx, v, dy, begin, end, alpha);
  else if (kind == op.UNARY_RECIPROCAL) run_grad(op.UNARY_RECIPROCAL, dx, v, dy, begin, end, alpha);
  else if (kind == op.UNARY_SIGN) run_grad(op.UNARY_SIGN, dx, v, dy, begin, end, alpha);
}
