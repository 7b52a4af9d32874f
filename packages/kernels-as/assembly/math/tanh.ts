// tanh x = sign(x)·(−t)/(t + 2) with t = e^(−2|x|) − 1, which loses no digits near 0 and cannot overflow.
//
// Measured over every eleventh f32 against float64, plain binary: 2.50 ULP. NaN passes.
import { constant } from "./constant";
import { expm1_negative4 } from "./exp";

const TABLE = memory.data<f32>([-0.0, 2]);
const SIGN: usize = 0;
const TWO: usize = 4;

/** tanh x per lane. */
// @ts-ignore: decorator
@inline
export function tanh4(x: v128): v128 {
  const two = constant(TABLE, TWO);
  const sign = constant(TABLE, SIGN);
  const t = expm1_negative4(f32x4.mul(v128.or(x, sign), two)); // −2|x|
  // t ≤ 0, so that −t / (t + 2) is t / (t + 2) without its sign.
  return v128.or(v128.andnot(f32x4.div(t, f32x4.add(t, two)), sign), v128.and(x, sign));
}

/** tanh x, the same bits as a lane of tanh4. */
export function tanh_f32(x: f32): f32 {
  return f32x4.extract_lane(tanh4(f32x4.splat(x)), 0);
}
