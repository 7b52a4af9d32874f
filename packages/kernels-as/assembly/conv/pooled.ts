// ReLU and 2x2 max pooling of a convolution's output while it is in registers or near: the output as a whole never exists.
//
// `argmax` keeps one byte a pooled value: the place of the maximum in its window (0 1 / 2 3), or DEAD where ReLU let nothing
// through. It is all that the gradient needs: neither the output nor a ReLU mask.
import { constant } from "../math/constant";

/** The maximum was not above 0: no gradient flows. */
export const DEAD: i32 = 4;

/** −2 and −DEAD: how far the places count down. */
const STEPS = memory.data<i32>([-2, -4]);

/**
 * y = max(a, b, c, d, 0) per lane and argmax (four bytes) its place, for a window's values a b / c d.
 * NaN if one of the four is NaN (or if they hold infinities of both signs), with a place that lets the gradient flow.
 */
// @ts-ignore: decorator
@inline
export function pool_four(y: usize, argmax: usize, a: v128, b: v128, c: v128, d: v128): void {
  const ab = f32x4.pmax(a, b);
  const cd = f32x4.pmax(c, d);
  const most = f32x4.pmax(ab, cd);
  const sum = f32x4.add(f32x4.add(a, b), f32x4.add(c, d));
  const nan = f32x4.ne(sum, sum);
  const zero = f32x4.splat(0);
  const dead = v128.andnot(f32x4.le(most, zero), nan);
  v128.store(y, v128.or(f32x4.pmax(most, zero), nan));
  // A mask is −1, and places count down: the right column is −1, the lower row −2, and the least that holds is the place.
  const lower = v128.and(i32x4.add(f32x4.gt(d, c), constant(STEPS, 0)), f32x4.gt(cd, ab));
  const place = i32x4.min_s(i32x4.min_s(f32x4.gt(b, a), lower), v128.and(dead, constant(STEPS, 4)));
  const places = i32x4.abs(place);
  const narrow = i16x8.narrow_i32x4_s(places, places);
  v128.store32_lane(argmax, i8x16.narrow_i16x8_u(narrow, narrow), 0);
}

/** Four bytes of argmax as four lanes. */
// @ts-ignore: decorator
@inline
export function places_of(argmax: usize): v128 {
  return i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(argmax)));
}
