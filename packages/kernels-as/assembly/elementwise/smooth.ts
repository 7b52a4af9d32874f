// Gradients of the smooth functions, each from what the forward pass leaves behind: y is the op's output, x its input.

/** y = e^x: dx = dy·y. */
// @ts-ignore: decorator
@inline
export function exp_grad4(y: v128, dy: v128): v128 {
  return f32x4.mul(dy, y);
}

/** y = log x: dx = dy / x. */
// @ts-ignore: decorator
@inline
export function log_grad4(x: v128, dy: v128): v128 {
  return f32x4.div(dy, x);
}

/** y = √x: dx = dy / (2y). */
// @ts-ignore: decorator
@inline
export function sqrt_grad4(y: v128, dy: v128): v128 {
  return f32x4.div(dy, f32x4.add(y, y));
}

/** y = x²: dx = dy·2x. */
// @ts-ignore: decorator
@inline
export function square_grad4(x: v128, dy: v128): v128 {
  return f32x4.mul(dy, f32x4.add(x, x));
}

/** y = 1 / (1 + e^−x): dx = dy·y·(1 − y). */
// @ts-ignore: decorator
@inline
export function sigmoid_grad4(y: v128, dy: v128): v128 {
  return f32x4.mul(dy, f32x4.mul(y, f32x4.sub(f32x4.splat(1), y)));
}

/** y = tanh x: dx = dy·(1 − y)·(1 + y), which keeps the digits that 1 − y² would lose where |y| is near 1. */
// @ts-ignore: decorator
@inline
export function tanh_grad4(y: v128, dy: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.mul(dy, f32x4.mul(f32x4.sub(one, y), f32x4.add(one, y)));
}

/** y = 1 / x: dx = −dy·y². */
// @ts-ignore: decorator
@inline
export function reciprocal_grad4(y: v128, dy: v128): v128 {
  return f32x4.neg(f32x4.mul(dy, f32x4.mul(y, y)));
}

/** y = sign x: −1, 0 or 1 with x's own sign at 0; NaN passes. */
// @ts-ignore: decorator
@inline
export function sign4(x: v128): v128 {
  const sign = v128.or(v128.and(x, i32x4.splat(0x80000000)), f32x4.splat(1));
  // |x| > 0 takes ±1; everything else, ±0 and NaN, is its own sign.
  return v128.bitselect(sign, x, f32x4.gt(f32x4.abs(x), f32x4.splat(0)));
}

/** y = |x|: dx = dy·sign x, 0 at 0. */
// @ts-ignore: decorator
@inline
export function abs_grad4(x: v128, dy: v128): v128 {
  return f32x4.mul(dy, sign4(x));
}
