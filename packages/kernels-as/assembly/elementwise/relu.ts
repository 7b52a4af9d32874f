/** y = max(x, 0). NaN passes. */
// @ts-ignore: decorator
@inline
export function relu4(x: v128): v128 {
  return f32x4.pmax(x, f32x4.splat(0)); // keeps its first operand where that is NaN, in one instruction
}

/** dx = y > 0 ? dy : 0, where y may be the op's input or its output: their signs agree. Where y is NaN, dx is 0. */
// @ts-ignore: decorator
@inline
export function relu_grad4(y: v128, dy: v128): v128 {
  return v128.and(dy, f32x4.gt(y, f32x4.splat(0)));
}

/** y = x > 0 ? x : α·x. */
// @ts-ignore: decorator
@inline
export function leaky_relu4(x: v128, alpha: v128): v128 {
  return v128.bitselect(x, f32x4.mul(x, alpha), f32x4.gt(x, f32x4.splat(0)));
}

/** dx = y > 0 ? dy : α·dy, from the output; for α ≥ 0, so that the signs of x and y agree. */
// @ts-ignore: decorator
@inline
export function leaky_relu_grad4(y: v128, dy: v128, alpha: v128): v128 {
  return v128.bitselect(dy, f32x4.mul(dy, alpha), f32x4.gt(y, f32x4.splat(0)));
}
