// Elementwise functions in float64, as the formulas have them: what the kernels are tested against.
import type { BinaryKind, UnaryKind } from "../../src/instructions/index.js";

type Values = ArrayLike<number>;

/** y = f(x); alpha is the slope of leaky_relu and the α of elu. */
export const unary: Record<UnaryKind, (x: number, alpha: number) => number> = {
  neg: (x) => -x,
  abs: Math.abs,
  square: (x) => x * x,
  sqrt: Math.sqrt,
  exp: Math.exp,
  log: Math.log,
  relu: (x) => Math.max(x, 0),
  leaky_relu: (x, alpha) => (x > 0 ? x : alpha * x),
  elu: (x, alpha) => (x > 0 ? x : alpha * Math.expm1(x)),
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  tanh: Math.tanh,
  reciprocal: (x) => 1 / x,
  sign: Math.sign,
};

/** dy/dx at x, from the input alone; at a kink the value from the left, and 0 for abs at 0. */
export const unarySlope: Record<UnaryKind, (x: number, alpha: number) => number> = {
  neg: () => -1,
  abs: Math.sign,
  square: (x) => 2 * x,
  sqrt: (x) => 0.5 / Math.sqrt(x),
  exp: Math.exp,
  log: (x) => 1 / x,
  relu: (x) => (x > 0 ? 1 : 0),
  leaky_relu: (x, alpha) => (x > 0 ? 1 : alpha),
  elu: (x, alpha) => (x > 0 ? 1 : alpha * Math.exp(x)),
  sigmoid: (x) => Math.exp(-Math.abs(x)) / (1 + Math.exp(-Math.abs(x))) ** 2,
  tanh: (x) => 1 / Math.cosh(x) ** 2,
  reciprocal: (x) => -1 / (x * x),
  sign: () => 0,
};

/** Whether a function's gradient is formed from its output or from its input. */
export const gradientFrom: Record<UnaryKind, "output" | "input"> = {
  neg: "input",
  abs: "input",
  square: "input",
  sqrt: "output",
  exp: "output",
  log: "input",
  relu: "output",
  leaky_relu: "output",
  elu: "output",
  sigmoid: "output",
  tanh: "output",
  reciprocal: "output",
  sign: "input",
};

export const binary: Record<BinaryKind, (a: number, b: number) => number> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  max: Math.max,
  min: Math.min,
};

/** y[i₀, i₁ …] = x[Σ iₖ·strides[k]], y contiguous with `dims`. */
export function permute(x: Values, dims: readonly number[], strides: readonly number[]): Float64Array {
  const y = new Float64Array(dims.reduce((product, d) => product * d, 1));
  for (let i = 0; i < y.length; i++) {
    let rest = i;
    let from = 0;
    for (let d = dims.length - 1; d >= 0; d--) {
      from += (rest % dims[d]!) * strides[d]!;
      rest = Math.floor(rest / dims[d]!);
    }
    y[i] = x[from]!;
  }
  return y;
}
