/**
 * a·b + c per lane. The plain binary rounds twice (multiply, then add: the same bits everywhere);
 * the relaxed binary lets the host fuse the two where it has the instruction.
 */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}
