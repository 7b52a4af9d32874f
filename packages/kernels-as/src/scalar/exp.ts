// e^x and e^x − 1 in float64: x = n·ln 2 + r with |r| ≤ ln 2 / 2, and r's Taylor series to r¹³ (the next term is below 2⁻⁵⁷).
import { scaleByPowerOfTwo } from "./float64.js";

const LOG2_E = Math.LOG2E;
/** ln 2 in two parts; the first has 33 bits, so that n times it is exact. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const OVERFLOW = 709.782712893384;
const UNDERFLOW = -745.1332191019412;

/** 1/2!, 1/3! … 1/13! */
const COEFFICIENTS = [
  1 / 2,
  1 / 6,
  1 / 24,
  1 / 120,
  1 / 720,
  1 / 5040,
  1 / 40320,
  1 / 362880,
  1 / 3628800,
  1 / 39916800,
  1 / 479001600,
  1 / 6227020800,
] as const;

/** r²·(1/2! + r/3! + …) */
function tail(r: number): number {
  let sum = 0;
  for (let i = COEFFICIENTS.length - 1; i >= 0; i--) sum = sum * r + COEFFICIENTS[i]!;
  return r * r * sum;
}

/** e^x, at most 0.6 ULP off; the same bits on every host. e^−∞ = 0, e^∞ = ∞, NaN passes. */
export function exp(x: number): number {
  return expOfSum(x, 0);
}

/** e^(high + low), where low is small beside high: what `pow` needs. */
export function expOfSum(high: number, low: number): number {
  if (Number.isNaN(high)) return high;
  if (high > OVERFLOW) return Number.POSITIVE_INFINITY;
  if (high < UNDERFLOW) return 0;
  const n = Math.floor(high * LOG2_E + 0.5);
  const first = high - n * LN2_HIGH;
  const second = low - n * LN2_LOW;
  const r = first + second;
  const lost = first - r + second;
  const one = 1 + r;
  return scaleByPowerOfTwo(one + (1 - one + r + (tail(r) + lost)), n);
}

/** e^x − 1 without the loss of digits near 0, at most 1.3 ULP off; −0 is −0, NaN passes. */
export function expm1(x: number): number {
  if (Number.isNaN(x) || x === 0) return x;
  if (x > 40) return exp(x);
  if (x < -40) return -1;
  const n = Math.floor(x * LOG2_E + 0.5);
  const first = x - n * LN2_HIGH;
  const second = -n * LN2_LOW;
  const r = first + second;
  const p = r + (tail(r) + (first - r + second));
  if (n === 0) return p;
  const scale = scaleByPowerOfTwo(1, n);
  return scale - 1 + scale * p;
}
