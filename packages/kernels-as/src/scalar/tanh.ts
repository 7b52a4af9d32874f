import { expm1 } from "./exp.js";

/** Beyond this, tanh is 1 to the last bit. */
const FLAT = 22;

/** tanh x in float64, at most 2 ULP off; the same bits on every host. −0 is −0, NaN passes. */
export function tanh(x: number): number {
  if (Number.isNaN(x) || x === 0) return x;
  const a = Math.abs(x);
  const y = a > FLAT ? 1 : a < 1 ? small(a) : 1 - 2 / (expm1(2 * a) + 2);
  return x < 0 ? -y : y;
}

function small(a: number): number {
  const t = expm1(-2 * a);
  return -t / (t + 2);
}
