// sin and cos of f32 lanes, two lanes at a time in float64: x = n·π/2 + r with |r| ≤ π/4, then Taylor series to r⁹ and r¹⁰ (the next terms are
// below 2⁻²⁸). π/2 comes in two parts, and n times the first, of 26 bits, is exact for |x| ≤ 2²⁷. Beyond, where an f32 is a multiple of 16: NaN.

const TWO_OVER_PI: f64 = 0.6366197723675814;
const HALF_PI_HIGH: f64 = 1.5707963109016418;
const HALF_PI_LOW: f64 = 1.5893254773528196e-8;
const MOST: f32 = 134217728;

/** sin(x + turns·π/2) of two float64 lanes. */
function sine(x: v128, turns: f64): v128 {
  const n = f64x2.nearest(f64x2.mul(x, f64x2.splat(TWO_OVER_PI)));
  const high = f64x2.sub(x, f64x2.mul(n, f64x2.splat(HALF_PI_HIGH)));
  const r = f64x2.sub(high, f64x2.mul(n, f64x2.splat(HALF_PI_LOW)));
  const z = f64x2.mul(r, r);
  let s = f64x2.splat(1.0 / 362880);
  s = f64x2.add(f64x2.mul(s, z), f64x2.splat(-1.0 / 5040));
  s = f64x2.add(f64x2.mul(s, z), f64x2.splat(1.0 / 120));
  s = f64x2.add(f64x2.mul(s, z), f64x2.splat(-1.0 / 6));
  s = f64x2.add(f64x2.mul(f64x2.mul(s, z), r), r);
  let c = f64x2.splat(-1.0 / 3628800);
  c = f64x2.add(f64x2.mul(c, z), f64x2.splat(1.0 / 40320));
  c = f64x2.add(f64x2.mul(c, z), f64x2.splat(-1.0 / 720));
  c = f64x2.add(f64x2.mul(c, z), f64x2.splat(1.0 / 24));
  c = f64x2.add(f64x2.mul(c, z), f64x2.splat(-0.5));
  c = f64x2.add(f64x2.mul(c, z), f64x2.splat(1));
  // m: quarter turns, 0 to 3. Odd ones take the cosine, the last two the sign.
  const all = f64x2.add(n, f64x2.splat(turns));
  const m = f64x2.sub(all, f64x2.mul(f64x2.splat(4), f64x2.floor(f64x2.mul(all, f64x2.splat(0.25)))));
  const half = f64x2.floor(f64x2.mul(m, f64x2.splat(0.5)));
  const odd = f64x2.ne(f64x2.mul(half, f64x2.splat(2)), m);
  const y = v128.bitselect(c, s, odd);
  return v128.bitselect(f64x2.neg(y), y, f64x2.ne(half, f64x2.splat(0)));
}

// @ts-ignore: decorator
@inline
function four(x: v128, turns: f64): v128 {
  const low = f32x4.demote_f64x2_zero(sine(f64x2.promote_low_f32x4(x), turns));
  const upper = f64x2.promote_low_f32x4(v128.shuffle<i64>(x, x, 1, 1));
  const high = f32x4.demote_f64x2_zero(sine(upper, turns));
  const y = v128.shuffle<i64>(low, high, 0, 2);
  return v128.or(y, f32x4.gt(f32x4.abs(x), f32x4.splat(MOST)));
}

/** sin x per lane. */
// @ts-ignore: decorator
@inline
export function sin4(x: v128): v128 {
  // The reduction loses the sign of −0.
  return v128.bitselect(x, four(x, 0), f32x4.eq(x, f32x4.splat(0)));
}

/** cos x per lane. */
// @ts-ignore: decorator
@inline
export function cos4(x: v128): v128 {
  return four(x, 1);
}
