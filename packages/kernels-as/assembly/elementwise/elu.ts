import { expm1_negative4 } from "../math/exp";

/** y = x > 0 ? x : α·(e^x − 1). NaN passes. */
// @ts-ignore: decorator
@inline
export function elu4(x: v128, alpha: v128): v128 {
  const zero = f32x4.splat(0);
  const below = f32x4.mul(alpha, expm1_negative4(f32x4.pmin(x, zero)));
  return v128.bitselect(x, below, f32x4.gt(x, zero));
}

/** dx = y > 0 ? dy : dy·(y + α), from the output; for α ≥ 0. */
// @ts-ignore: decorator
@inline
export function elu_grad4(y: v128, dy: v128, alpha: v128): v128 {
  return v128.bitselect(dy, f32x4.mul(dy, f32x4.add(y, alpha)), f32x4.gt(y, f32x4.splat(0)));
}
