// Natural logarithm in float64: x = 2ᵏ·(1 + f) with 1 + f in [√½, √2), s = f / (2 + f), log(1 + f) = 2·atanh s = 2s + 2s³/3 + 2s⁵/5 + …
import { type DoubleDouble, splitByPowerOfTwo, twoProduct, twoSum } from "./float64.js";

/** ln 2 in two parts; the first has 33 bits, so that k times it is exact. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

/** 2/3, 2/5 … 2/25: s² ≤ 0.0295, so that the next term is below 2⁻⁶⁴ of the first. */
const COEFFICIENTS = [
  2 / 3,
  2 / 5,
  2 / 7,
  2 / 9,
  2 / 11,
  2 / 13,
  2 / 15,
  2 / 17,
  2 / 19,
  2 / 21,
  2 / 23,
  2 / 25,
] as const;

/** c[from] + c[from + 1]·z + … */
function series(z: number, from: number): number {
  let sum = 0;
  for (let i = COEFFICIENTS.length - 1; i >= from; i--) sum = sum * z + COEFFICIENTS[i]!;
  return sum;
}

/** log 0 = −∞, log ∞ = ∞, NaN for NaN and below 0; undefined where there is something to compute. */
function special(x: number): number | undefined {
  if (Number.isNaN(x) || x < 0) return Number.NaN;
  if (x === 0) return Number.NEGATIVE_INFINITY;
  return x === Number.POSITIVE_INFINITY ? x : undefined;
}

/** log x, at most 1 ULP off; the same bits on every host. */
export function log(x: number): number {
  const known = special(x);
  if (known !== undefined) return known;
  const { m, k } = splitByPowerOfTwo(x);
  const f = m - 1;
  const s = f / (2 + f);
  const z = s * s;
  // 2s = f − s·f, and s·f = f²/2 − s·f²/2: the large parts are exact, and what is rounded is small.
  const half = 0.5 * f * f;
  const small = s * (half + z * series(z, 0)) + k * LN2_LOW;
  return k * LN2_HIGH - (half - small - f);
}

/** log x to about 2⁻⁶⁴ of itself, for a finite x > 0: what `pow` multiplies by a large exponent. */
export function logDoubleDouble(x: number): DoubleDouble {
  const { m, k } = splitByPowerOfTwo(x);
  const f = m - 1;
  // s as a quotient with its remainder.
  const below = twoSum(2, f);
  const s = f / below.high;
  const back = twoProduct(s, below.high);
  const sLow = (f - back.high - back.low - s * below.low) / below.high;
  // 2s·(1 + z/3 + …), the leading term of the tail with its error as well.
  const z = s * s;
  const third = twoProduct(z * s, 2 / 3);
  const tail = twoSum(third.high, z * z * s * series(z, 1));
  const zs = twoProduct(z, s);
  const zLow = twoProduct(s, s).low;
  const tailLow =
    tail.low + third.low + (zs.low + zLow * s) * (2 / 3) + z * s * TWO_THIRDS_LOW + 2 * z * sLow;
  const main = twoSum(2 * s, tail.high);
  const scaled = twoSum(k * LN2_HIGH, main.high);
  const low = scaled.low + main.low + (tailLow + 2 * sLow + k * LN2_LOW);
  return twoSum(scaled.high, low);
}

/** What 2/3 as a float64 lacks. */
const TWO_THIRDS_LOW = 3.700743415417188e-17;
