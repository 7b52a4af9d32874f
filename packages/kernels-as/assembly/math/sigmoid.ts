// Logistic sigmoid 1 / (1 + e^−x), formed from e = e^−|x| as (x ≥ 0 ? 1 : e) / (1 + e), so that nothing overflows.
//
// Measured over every eleventh f32 against float64, plain binary: 2.36 ULP; 0 where the result is below the smallest normal number. NaN passes.
import { constant } from "./constant";
import { exp_negative4 } from "./exp";

const TABLE = memory.data<f32>([1, -0.0]);
const ONE: usize = 0;
const SIGN: usize = 4;

/** 1 / (1 + e^−x) per lane. */
// @ts-ignore: decorator
@inline
export function sigmoid4(x: v128): v128 {
  const one = constant(TABLE, ONE);
  const e = exp_negative4(v128.or(x, constant(TABLE, SIGN)));
  return f32x4.div(v128.bitselect(e, one, f32x4.lt(x, f32x4.splat(0))), f32x4.add(one, e));
}

/** 1 / (1 + e^−x), the same bits as a lane of sigmoid4. */
export function sigmoid_f32(x: f32): f32 {
  return f32x4.extract_lane(sigmoid4(f32x4.splat(x)), 0);
}
