import { type Expression, type Primitive, partsOf } from "../graph/expression.js";
import { type Shape, sizeOf } from "../graph/shape.js";
import { erf } from "./erf.js";
import { placesIn } from "./places.js";
import type { ReferenceArray } from "./reference.js";

const truth = (value: boolean): number => (value ? 1 : 0);

/** The primitives by their definitions, in float64. */
export const primitives: Readonly<Record<Primitive, (a: number, b: number, c: number) => number>> = {
  neg: (a) => -a,
  abs: Math.abs,
  sign: Math.sign,
  square: (a) => a * a,
  sqrt: Math.sqrt,
  rsqrt: (a) => 1 / Math.sqrt(a),
  reciprocal: (a) => 1 / a,
  exp: Math.exp,
  expm1: Math.expm1,
  log: Math.log,
  log1p: Math.log1p,
  erf,
  sin: Math.sin,
  cos: Math.cos,
  tanh: Math.tanh,
  sigmoid: (a) => 1 / (1 + Math.exp(-a)),
  relu: (a) => Math.max(a, 0),
  floor: Math.floor,
  ceil: Math.ceil,
  round: (a) => {
    const below = Math.floor(a);
    if (a - below !== 0.5) return Math.round(a);
    const even = below % 2 === 0 ? below : below + 1;
    return even === 0 ? 0 * Math.sign(a) : even;
  },
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  max: (a, b) => Math.max(a, b),
  min: (a, b) => Math.min(a, b),
  lt: (a, b) => truth(a < b),
  le: (a, b) => truth(a <= b),
  gt: (a, b) => truth(a > b),
  ge: (a, b) => truth(a >= b),
  eq: (a, b) => truth(a === b),
  ne: (a, b) => truth(a !== b),
  and: (a, b) => truth(a !== 0 && b !== 0),
  or: (a, b) => truth(a !== 0 || b !== 0),
  not: (a) => truth(a === 0),
  where: (c, a, b) => (c !== 0 ? a : b),
  madd: (a, b, c) => a * b + c,
};

/** Formulas over inputs that broadcast to `shape`, element by element in float64. */
export function evaluateExpressions(
  expressions: readonly Expression[],
  inputs: readonly ReferenceArray[],
  shape: Shape,
): Float64Array[] {
  const size = sizeOf(shape);
  const places = inputs.map((x) => placesIn(x.shape, shape));
  const values = new Map<Expression, Float64Array>();
  for (const part of partsOf(expressions)) {
    const { primitive, args, input, value } = part;
    const [a, b, c] = args.map((arg) => values.get(arg)!);
    values.set(
      part,
      Float64Array.from({ length: size }, (_, i) => {
        if (primitive === "constant") return value!;
        if (primitive === "input") return inputs[input!]!.data[places[input!]!(i)]!;
        return primitives[primitive](a![i]!, b?.[i] ?? 0, c?.[i] ?? 0);
      }),
    );
  }
  return expressions.map((expression) => values.get(expression)!);
}
