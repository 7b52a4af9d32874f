// The parts of a float64, and sums and products whose rounding error is kept.

const parts = new DataView(new ArrayBuffer(8));

/** x·2ⁿ for a finite x, also where 2ⁿ itself is out of range; rounds once, unless the result is denormal. */
export function scaleByPowerOfTwo(x: number, n: number): number {
  if (n > 1023) return x * powerOfTwo(1023) * powerOfTwo(Math.min(n - 1023, 1023));
  if (n < -1022) return x * powerOfTwo(Math.max(n + 1022, -1022)) * powerOfTwo(-1022);
  return x * powerOfTwo(n);
}

/** 2ⁿ for −1022 ≤ n ≤ 1023. */
function powerOfTwo(n: number): number {
  parts.setUint32(0, (n + 1023) << 20);
  parts.setUint32(4, 0);
  return parts.getFloat64(0);
}

const TWO_TO_54 = 18014398509481984;
const SQRT_HALF = Math.SQRT1_2;

/** x = m·2ᵏ with m in [√½, √2), for a finite x > 0. */
export function splitByPowerOfTwo(x: number): { m: number; k: number } {
  const denormal = x < 2.2250738585072014e-308;
  parts.setFloat64(0, denormal ? x * TWO_TO_54 : x);
  const upper = parts.getUint32(0);
  parts.setUint32(0, (upper & 0xfffff) | 0x3ff00000);
  const m = parts.getFloat64(0);
  const k = (upper >>> 20) - 1023 - (denormal ? 54 : 0);
  return m >= 2 * SQRT_HALF ? { m: m / 2, k: k + 1 } : { m, k };
}

/** A number as a sum of two, of which the second is below half a unit in the last place of the first. */
export interface DoubleDouble {
  readonly high: number;
  readonly low: number;
}

/** a + b exactly. */
export function twoSum(a: number, b: number): DoubleDouble {
  const high = a + b;
  const share = high - a;
  return { high, low: a - (high - share) + (b - share) };
}

const SPLITTER = 134217729; // 2²⁷ + 1: halves a mantissa (Dekker 1971)

/** a·b exactly, for factors below 2⁹⁹⁶ whose product's error is not denormal. */
export function twoProduct(a: number, b: number): DoubleDouble {
  const high = a * b;
  const a1 = a * SPLITTER - (a * SPLITTER - a);
  const b1 = b * SPLITTER - (b * SPLITTER - b);
  const a0 = a - a1;
  const b0 = b - b1;
  return { high, low: a1 * b1 - high + a1 * b0 + a0 * b1 + a0 * b0 };
}
