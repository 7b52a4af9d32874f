// Angles too large for float64 arithmetic, in whole numbers: any float64 is m·2ᵉ, and π/2 to 1300 bits leaves 130 of the remainder.
import { type DoubleDouble, scaleByPowerOfTwo } from "./float64.js";

const BITS = 1300n;
let halfPi: bigint | undefined;

/** π/2·2¹³⁰⁰, by Machin's formula π/4 = 4·arctan(1/5) − arctan(1/239); computed once, on first use. */
function halfPiBits(): bigint {
  if (halfPi === undefined) {
    const guard = 32n;
    const one = 1n << (BITS + guard);
    halfPi = (2n * (4n * arctanInverse(5n, one) - arctanInverse(239n, one))) >> guard;
  }
  return halfPi;
}

/** arctan(1/q)·one: Σ (−1)ⁱ / ((2i + 1)·q²ⁱ⁺¹). */
function arctanInverse(q: bigint, one: bigint): bigint {
  let power = one / q;
  let sum = 0n;
  for (let i = 1n; power !== 0n; i += 2n) {
    sum += i % 4n === 1n ? power / i : -(power / i);
    power /= q * q;
  }
  return sum;
}

/** x − n·π/2 in two parts, and n modulo 4, for a finite |x| ≥ 1. */
export function reduceLarge(x: number): { r: DoubleDouble; quadrant: number } {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, Math.abs(x));
  const bits = view.getBigUint64(0);
  const mantissa = (bits & 0xfffffffffffffn) | 0x10000000000000n;
  const exponent = (bits >> 52n) - 1075n; // x = mantissa·2^exponent
  const quarter = halfPiBits();
  const scaled = mantissa << (BITS + exponent);
  const n = (2n * scaled + quarter) / (2n * quarter);
  const rest = scaled - n * quarter; // r·2¹³⁰⁰
  const high = toFloat64(rest);
  const low = toFloat64(rest - fromFloat64(high));
  const quadrant = Number(n & 3n);
  return x < 0
    ? { r: { high: -high, low: -low }, quadrant: (4 - quadrant) % 4 }
    : { r: { high, low }, quadrant };
}

/** rest·2⁻¹³⁰⁰, in two steps because Number(rest) would be infinite; what is below 2⁻³⁰⁰ is dropped. */
function toFloat64(rest: bigint): number {
  return scaleByPowerOfTwo(Number(rest >> 1000n), -300);
}

/** The whole number of 2⁻¹³⁰⁰ in x, for |x| < 1. */
function fromFloat64(x: number): bigint {
  return BigInt(scaleByPowerOfTwo(x, 300)) << 1000n;
}
