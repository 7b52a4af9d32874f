// The error function of f32 lanes. Below 0.92 in size an odd polynomial, above it 1 − e^P(|x|); the coefficients are those of N. Juffa's erff
// (stackoverflow.com/q/35148198).
import { constant } from "./constant";
import { exp_negative4 } from "./exp";
import { madd } from "./madd";

const TABLE = memory.data<f32>([
  0.921875,
  -0.0,
  1,
  // P
  -1.7285347e-5,
  3.83197126e-4,
  -3.88396438e-3,
  2.42546219e-2,
  -1.06777877e-1,
  -6.34846687e-1,
  -1.28717512e-1,
  // the odd polynomial
  -5.96761703e-4,
  4.99119423e-3,
  -2.67681349e-2,
  1.12819925e-1,
  -3.76125336e-1,
  1.28379166e-1,
]);

/** erf x per lane. NaN passes. */
// @ts-ignore: decorator
@inline
export function erf4(x: v128): v128 {
  const t = f32x4.abs(x);
  const s = f32x4.mul(x, x);
  let p = madd(constant(TABLE, 12), t, constant(TABLE, 16));
  p = madd(p, s, madd(constant(TABLE, 20), t, constant(TABLE, 24)));
  p = madd(p, t, constant(TABLE, 28));
  p = madd(p, t, constant(TABLE, 32));
  p = madd(p, t, constant(TABLE, 36));
  p = madd(p, t, f32x4.neg(t));
  // From 4 on the answer is 1, and the polynomial is no longer meant.
  const one = constant(TABLE, 8);
  const tail = f32x4.sub(one, exp_negative4(f32x4.pmin(f32x4.splat(0), p)));
  const far = v128.or(v128.bitselect(one, tail, f32x4.gt(t, f32x4.splat(4))), v128.and(x, constant(TABLE, 4)));
  let q = madd(constant(TABLE, 40), s, constant(TABLE, 44));
  q = madd(q, s, constant(TABLE, 48));
  q = madd(q, s, constant(TABLE, 52));
  q = madd(q, s, constant(TABLE, 56));
  q = madd(q, s, constant(TABLE, 60));
  q = madd(q, x, x);
  return v128.bitselect(far, q, f32x4.gt(t, constant(TABLE, 0)));
}
