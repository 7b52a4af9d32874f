// ReLU and 2x2 max pooling of a convolution's output while it is in registers or in a tile: the output itself never reaches memory.
//
// `argmax` keeps one byte a pooled value: the place of the maximum in its window (0 1 / 2 3), or DEAD where ReLU let nothing
// through. It is all that the gradient needs: neither the output nor a ReLU mask.

/** The maximum was not above 0: no gradient flows. */
export const DEAD: i32 = 4;

/**
 * y = max(a, b, c, d, 0) per lane and argmax (four bytes) its place, for a window's values a b / c d.
 * NaN if one of the four is NaN (or if they hold infinities of both signs), with a place that lets the gradient flow.
 */
// @ts-ignore: decorator
@inline
export function pool_four(y: usize, argmax: usize, a: v128, b: v128, c: v128, d: v128): void {
  const upper = f32x4.gt(b, a);
  const lower = f32x4.gt(d, c);
  const ab = v128.bitselect(b, a, upper);
  const cd = v128.bitselect(d, c, lower);
  const below = f32x4.gt(cd, ab);
  const most = v128.bitselect(cd, ab, below);
  // A mask is −1: 0 − mask counts.
  const place = v128.bitselect(i32x4.sub(i32x4.splat(2), lower), i32x4.neg(upper), below);
  const sum = f32x4.add(f32x4.add(a, b), f32x4.add(c, d));
  const nan = f32x4.ne(sum, sum);
  const zero = f32x4.splat(0);
  const dead = v128.andnot(f32x4.le(most, zero), nan);
  v128.store(y, v128.or(f32x4.pmax(most, zero), nan));
  const places = v128.bitselect(i32x4.splat(DEAD), place, dead);
  const narrow = i16x8.narrow_i32x4_s(places, places);
  v128.store32_lane(argmax, i8x16.narrow_i16x8_u(narrow, narrow), 0);
}

/** Four bytes of argmax as four lanes. */
// @ts-ignore: decorator
@inline
export function places_of(argmax: usize): v128 {
  return i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(argmax)));
}
