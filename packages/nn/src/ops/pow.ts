import type { Formula } from "../graph/formula.js";
import type { Tensor } from "../graph/tensor.js";
import { elementwise } from "./elementwise.js";

/** Whole exponents up to here are products. */
const MOST_FACTORS = 64;

/** aᵇ = e^(b·ln a), where a⁰ = 1 of any a. */
const general = (a: Formula, b: Formula) => b.eq(0).where(1, a.log().mul(b).exp());

/** xⁿ for a whole n ≥ 1, by repeated squaring. */
function product(x: Formula, n: number): Formula {
  if (n === 1) return x;
  const half = product(x, Math.floor(n / 2)).square();
  return n % 2 === 0 ? half : half.mul(x);
}

/** x to a constant power. */
function toConstant(x: Formula, exponent: number): Formula {
  // x⁰ is 1 of any x; the formula keeps x for its shape.
  if (exponent === 0) return x.eq(x).or(1).where(1, 0);
  if (Number.isInteger(exponent) && Math.abs(exponent) <= MOST_FACTORS) {
    const power = product(x, Math.abs(exponent));
    return exponent < 0 ? power.reciprocal() : power;
  }
  if (exponent === 0.5) return x.sqrt();
  if (exponent === -0.5) return x.rsqrt();
  return x.log().mul(exponent).exp();
}

const constantPower = elementwise(
  "pow",
  ["x"],
  ({ x }, { exponent }: { exponent: number }) => toConstant(x, exponent),
  {
    gradient: ({ x }, { dy }, { exponent }) =>
      exponent === 0 ? {} : { x: dy.mul(exponent).mul(toConstant(x, exponent - 1)) },
  },
);

const power = elementwise("pow", ["a", "b"], ({ a, b }) => general(a, b), {
  gradient: ({ a, b }, { y, dy }) => ({
    // a⁰ is 1 of 0 too, where a⁻¹ is not finite.
    a: b.eq(0).where(0, dy.mul(b).mul(general(a, b.sub(1)))),
    // 0ᵇ is 0 for every b > 0, while ln 0 is not finite.
    b: a.eq(0).and(b.ge(0)).where(0, dy.mul(y).mul(a.log())),
  }),
});

/**
 * y = aᵇ, elementwise; the shapes broadcast, and b may be a number. da = b·aᵇ⁻¹, db = aᵇ·ln a.
 *
 * A whole number of at most 64 in size as b makes a product, for a of any sign; ½ and −½ make roots. Every other power is e^(b·ln a), to a
 * relative error of about |b·ln a|·2⁻²³, for a > 0. Beyond, 0ᵇ is 0 for b > 0 and ∞ for b < 0, a⁰ is 1, and any other power of a < 0 is NaN.
 */
export function pow(a: Tensor, b: Tensor | number): Tensor {
  if (typeof b !== "number") return power(a, b);
  return b === 1 ? a : constantPower(a, { exponent: b });
}
