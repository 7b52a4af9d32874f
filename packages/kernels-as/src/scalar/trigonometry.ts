// sin and cos in float64: x = n·π/2 + r with |r| ≤ π/4, then Taylor series to r¹⁷ and r¹⁶ (the next terms are below 2⁻⁵⁸).
import { type DoubleDouble, twoSum } from "./float64.js";
import { reduceLarge } from "./reduce-angle.js";

const TWO_OVER_PI = 0.6366197723675814;
/** π/2 in three parts of 33 bits and a rest: n times one of them is exact for n below 2²⁰. */
const PI_2_A = 1.5707963267341256;
const PI_2_B = 6.077100506303966e-11;
const PI_2_C = 2.0222662487111665e-21;
const PI_2_D = 8.4784276603689e-32;
const LARGE = 1e6;

const SIN = [
  -1 / 6,
  1 / 120,
  -1 / 5040,
  1 / 362880,
  -1 / 39916800,
  1 / 6227020800,
  -1 / 1307674368000,
  1 / 355687428096000,
];
const COS = [1 / 24, -1 / 720, 1 / 40320, -1 / 3628800, 1 / 479001600, -1 / 87178291200, 1 / 20922789888000];

function horner(coefficients: readonly number[], z: number): number {
  let sum = 0;
  for (let i = coefficients.length - 1; i >= 0; i--) sum = sum * z + coefficients[i]!;
  return sum;
}

/** sin(r + low) for |r| ≤ π/4. */
function sinKernel({ high: r, low }: DoubleDouble): number {
  const z = r * r;
  return r + (r * z * horner(SIN, z) + low * (1 - z / 2));
}

/** cos(r + low) for |r| ≤ π/4. */
function cosKernel({ high: r, low }: DoubleDouble): number {
  const z = r * r;
  const one = 1 - z / 2;
  return one + (1 - one - z / 2 + (z * z * horner(COS, z) - r * low));
}

/** x = n·π/2 + r: r in two parts, and n modulo 4. */
interface Reduced {
  readonly r: DoubleDouble;
  readonly quadrant: number;
}

function reduceSmall(x: number): Reduced {
  const n = Math.floor(x * TWO_OVER_PI + 0.5);
  const a = twoSum(x - n * PI_2_A, -n * PI_2_B);
  const b = twoSum(a.high, -n * PI_2_C);
  return { r: twoSum(b.high, a.low + b.low - n * PI_2_D), quadrant: ((n % 4) + 4) % 4 };
}

const reduce = (x: number): Reduced => (Math.abs(x) > LARGE ? reduceLarge(x) : reduceSmall(x));

function sinOf({ r, quadrant }: Reduced): number {
  const size = quadrant % 2 === 0 ? sinKernel(r) : cosKernel(r);
  return quadrant < 2 ? size : -size;
}

function cosOf({ r, quadrant }: Reduced): number {
  return sinOf({ r, quadrant: (quadrant + 1) % 4 });
}

/** sin x, at most 1 ULP off for every x; the same bits on every host. NaN for ±∞; −0 is −0. */
export function sin(x: number): number {
  if (!Number.isFinite(x)) return Number.NaN;
  return x === 0 ? x : sinOf(reduce(x));
}

/** cos x, at most 1 ULP off for every x; the same bits on every host. NaN for ±∞. */
export function cos(x: number): number {
  return Number.isFinite(x) ? cosOf(reduce(x)) : Number.NaN;
}

/** sin x for 0 < |x| ≤ 10⁶, without what larger angles take: a page that needs only these does not download it. */
export const sinSmall = (x: number): number => sinOf(reduceSmall(x));

/** cos x for |x| ≤ 10⁶, likewise. */
export const cosSmall = (x: number): number => cosOf(reduceSmall(x));
