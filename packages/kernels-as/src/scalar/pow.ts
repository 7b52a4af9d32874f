import { expOfSum } from "./exp.js";
import { twoProduct, twoSum } from "./float64.js";
import { logDoubleDouble } from "./log.js";

/** Beyond these exponents e^… is ∞ or 0 whatever the digits. */
const TOO_LARGE = 800;

/**
 * x^y in float64, at most 1 ULP off; the same bits on every host. Special cases are those of IEEE 754: x⁰ = 1 and 1^y = 1 even for NaN,
 * a negative x wants a whole y (NaN otherwise), 0 and ∞ go to 0 or ∞ with the sign of an odd y.
 */
export function pow(x: number, y: number): number {
  if (y === 0 || x === 1) return 1;
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN;
  const whole = Math.floor(y) === y;
  if (x < 0 && !whole && Number.isFinite(x)) return Number.NaN;
  const odd = Number.isFinite(y) && whole && y % 2 !== 0;
  const negative = odd && (x < 0 || Object.is(x, -0));
  const size = magnitude(Math.abs(x), y);
  return negative ? -size : size;
}

function magnitude(x: number, y: number): number {
  if (x === 1) return 1;
  if (x === 0 || x === Number.POSITIVE_INFINITY || !Number.isFinite(y)) {
    return x > 1 === y > 0 ? Number.POSITIVE_INFINITY : 0;
  }
  const { high, low } = logDoubleDouble(x);
  const guess = high * y;
  if (guess > TOO_LARGE) return Number.POSITIVE_INFINITY;
  if (guess < -TOO_LARGE) return 0;
  if (Math.abs(guess) < 1e-20) return 1 + guess;
  const product = twoProduct(high, y);
  const sum = twoSum(product.high, product.low + low * y);
  return expOfSum(sum.high, sum.low);
}
