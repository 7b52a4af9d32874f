// Horizontal steps in a fixed order, and sums carried in float64.

/** The sum of the four lanes in float64: (l0 + l2) + (l1 + l3). */
// @ts-ignore: decorator
@inline
export function lanes_f64(v: v128): f64 {
  const pair = f64x2.add(f64x2.promote_low_f32x4(v), f64x2.promote_low_f32x4(v128.shuffle<i64>(v, v, 1, 1)));
  return f64x2.extract_lane(pair, 0) + f64x2.extract_lane(pair, 1);
}

/** The greatest of the four lanes; NaN when one of them is. */
// @ts-ignore: decorator
@inline
export function max_lanes(v: v128): f32 {
  const pair = f32x4.max(v, v128.shuffle<i64>(v, v, 1, 1));
  return f32x4.extract_lane(f32x4.max(pair, v128.shuffle<i32>(pair, pair, 1, 1, 1, 1)), 0);
}

/** y = scale·total, added to what is there when `accumulate` is not 0. */
// @ts-ignore: decorator
@inline
export function store_scaled(y: usize, total: f64, scale: f32, accumulate: u32): void {
  const value = total * <f64>scale;
  store<f32>(y, <f32>(accumulate ? <f64>load<f32>(y) + value : value));
}
