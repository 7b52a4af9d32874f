/** xⁿ in float64 by repeated squaring: at most 2·64 roundings, where a running product would make n. x⁰ = 1. */
export function power_f64(x: f64, n: u64): f64 {
  let result: f64 = 1;
  let square = x;
  for (; n != 0; n >>= 1) {
    if (n & 1) result *= square;
    square *= square;
  }
  return result;
}
