// Sums over a contiguous range. Chunks of 256 elements are added in f32, 16 running sums side by side; the chunks' sums in float64, in order.
// The order depends on n alone. Error: at most 16·2⁻²⁴·Σ|x|. A chunk whose sum float32 does not hold is added once more in float64: a mean of numbers of
// 2e38 is one.
import { load_up_to } from "../math/partial";
import { lanes_f64 } from "./lanes";

const CHUNK: usize = 256;

const PLAIN = 0;
const SQUARES = 1;
const MAGNITUDES = 2;
const PRODUCTS = 3;

// @ts-ignore: decorator
@inline
function term(kind: i32, x: v128, y: v128): v128 {
  if (kind == PRODUCTS) return f32x4.mul(x, y);
  if (kind == SQUARES) return f32x4.mul(x, x);
  if (kind == MAGNITUDES) return f32x4.abs(x);
  return x;
}

/** The vector that lies `beside` bytes on from `at`, where products are summed. */
// @ts-ignore: decorator
@inline
function other(kind: i32, at: usize, beside: usize): v128 {
  return kind == PRODUCTS ? v128.load(at + beside) : f32x4.splat(0);
}

// @ts-ignore: decorator
@inline
function total(kind: i32, x: usize, beside: usize, n: usize, sum: f64): f64 {
  let left = n;
  while (left > 0) {
    const count = min(left, CHUNK);
    const chunk = x;
    let in_chunk = count;
    left -= in_chunk;
    let a = f32x4.splat(0);
    let b = a;
    let c = a;
    let d = a;
    for (; in_chunk >= 16; in_chunk -= 16, x += 64) {
      a = f32x4.add(a, term(kind, v128.load(x), other(kind, x, beside)));
      b = f32x4.add(b, term(kind, v128.load(x, 16), other(kind, x + 16, beside)));
      c = f32x4.add(c, term(kind, v128.load(x, 32), other(kind, x + 32, beside)));
      d = f32x4.add(d, term(kind, v128.load(x, 48), other(kind, x + 48, beside)));
    }
    while (in_chunk > 0) {
      const y = kind == PRODUCTS ? load_up_to(x + beside, in_chunk) : f32x4.splat(0);
      a = f32x4.add(a, term(kind, load_up_to(x, in_chunk), y));
      if (in_chunk <= 4) break;
      in_chunk -= 4;
      x += 16;
    }
    const added = lanes_f64(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)));
    sum += isFinite(added) ? added : in_float64(kind, chunk, beside, count);
  }
  return sum;
}

/** The sum of a chunk in float64, or what is not finite in it. */
function in_float64(kind: i32, x: usize, beside: usize, n: usize): f64 {
  let sum: f64 = 0;
  for (; n > 0; n--, x += 4) {
    const value = <f64>load<f32>(x);
    if (kind == PRODUCTS) sum += <f64>(load<f32>(x) * load<f32>(x + beside));
    else sum += kind == SQUARES ? value * value : kind == MAGNITUDES ? abs(value) : value;
  }
  return sum;
}

/** Σ x[i] for 0 <= i < n. x: byte address of f32. */
export function sum_f32(x: usize, n: usize): f64 {
  return total(PLAIN, x, 0, n, 0);
}

/** sum + Σ x[i], for a sum in pieces of a multiple of 256: the bits are those of one piece. */
export function add_f32(sum: f64, x: usize, n: usize): f64 {
  return total(PLAIN, x, 0, n, sum);
}

/** Σ x[i]·y[i], each product rounded to f32: the bits of sum_f32 over them. */
export function dot_f32(x: usize, y: usize, n: usize): f64 {
  return total(PRODUCTS, x, y - x, n, 0);
}

/** add_f32 of the products x[i]·y[i]. */
export function add_dot_f32(sum: f64, x: usize, y: usize, n: usize): f64 {
  return total(PRODUCTS, x, y - x, n, sum);
}

/** Σ x[i]². */
export function sum_squares_f32(x: usize, n: usize): f64 {
  return total(SQUARES, x, 0, n, 0);
}

/** Σ |x[i]|. */
export function sum_abs_f32(x: usize, n: usize): f64 {
  return total(MAGNITUDES, x, 0, n, 0);
}
