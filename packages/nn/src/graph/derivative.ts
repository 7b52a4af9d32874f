import { apply, constant, type Expression, inputAt, keyOf, type Primitive, partsOf } from "./expression.js";

/**
 * What flows back to a primitive's arguments, from the arguments, its value y and what flows into it; undefined where nothing does, as from
 * comparisons and steps. A function that its value tells of is differentiated from its value, so that its argument need not be kept.
 */
type Rule = (
  args: readonly Expression[],
  y: Expression,
  dy: Expression,
) => readonly (Expression | undefined)[];

const ZERO = constant(0);
const ONE = constant(1);
const add = (a: Expression, b: Expression) => apply("add", a, b);
const sub = (a: Expression, b: Expression) => apply("sub", a, b);
const mul = (a: Expression, b: Expression) => apply("mul", a, b);
const div = (a: Expression, b: Expression) => apply("div", a, b);
const neg = (a: Expression) => apply("neg", a);
const where = (c: Expression, a: Expression, b: Expression) => apply("where", c, a, b);
const none: Rule = () => [];

/** The greater of two takes what flows back; equal ones share it, which is the mean of the slopes on either side. */
const greater = (a: Expression, b: Expression, dy: Expression) => [
  where(apply("gt", a, b), dy, where(apply("eq", a, b), mul(dy, constant(0.5)), ZERO)),
  where(apply("gt", b, a), dy, where(apply("eq", a, b), mul(dy, constant(0.5)), ZERO)),
];

const rules: Readonly<Record<Exclude<Primitive, "where">, Rule>> = {
  neg: (_, _y, dy) => [neg(dy)],
  abs: ([x], _, dy) => [mul(dy, apply("sign", x!))],
  square: ([x], _, dy) => [mul(dy, add(x!, x!))],
  sqrt: (_, y, dy) => [div(dy, add(y, y))],
  rsqrt: (_, y, dy) => [mul(dy, mul(constant(-0.5), mul(y, apply("square", y))))],
  reciprocal: (_, y, dy) => [neg(mul(dy, mul(y, y)))],
  exp: (_, y, dy) => [mul(dy, y)],
  expm1: (_, y, dy) => [mul(dy, add(y, ONE))],
  log: ([x], _, dy) => [div(dy, x!)],
  log1p: ([x], _, dy) => [div(dy, add(x!, ONE))],
  // 2/√π · e^(−x²)
  erf: ([x], _, dy) => [mul(dy, mul(constant(1.1283791670955126), apply("exp", neg(apply("square", x!)))))],
  sin: ([x], _, dy) => [mul(dy, apply("cos", x!))],
  cos: ([x], _, dy) => [neg(mul(dy, apply("sin", x!)))],
  // (1 − y)(1 + y) keeps the digits that 1 − y² would lose where |y| is near 1.
  tanh: (_, y, dy) => [mul(dy, mul(sub(ONE, y), add(ONE, y)))],
  sigmoid: (_, y, dy) => [mul(dy, mul(y, sub(ONE, y)))],
  relu: (_, y, dy) => [where(apply("gt", y, ZERO), dy, ZERO)],
  add: (_, _y, dy) => [dy, dy],
  sub: (_, _y, dy) => [dy, neg(dy)],
  mul: ([a, b], _, dy) => [mul(dy, b!), mul(dy, a!)],
  div: ([, b], y, dy) => [div(dy, b!), neg(div(mul(dy, y), b!))],
  max: ([a, b], _, dy) => greater(a!, b!, dy),
  min: ([a, b], _, dy) => greater(b!, a!, dy),
  madd: ([a, b], _, dy) => [mul(dy, b!), mul(dy, a!), dy],
  sign: none,
  floor: none,
  ceil: none,
  round: none,
  lt: none,
  le: none,
  gt: none,
  ge: none,
  eq: none,
  ne: none,
  and: none,
  or: none,
  not: none,
};

/** What flows into a part of a formula where some `where`s have selected the branch that it is in, keyed by them. */
type Flows = Map<string, { readonly guards: readonly Guard[]; readonly dy: Expression }>;

/** A condition, and which of its branches is meant. */
interface Guard {
  readonly condition: Expression;
  readonly taken: boolean;
}

function addFlow(flows: Flows, guards: readonly Guard[], dy: Expression): void {
  const key = guards.map(({ condition, taken }) => `${taken}:${keyOf(condition)}`).join(";");
  const sofar = flows.get(key)?.dy;
  flows.set(key, { guards, dy: sofar ? add(sofar, dy) : dy });
}

/** All that flows in. Selection comes last, so that what is not selected may be 0/0 without harm. */
function joined(flows: Flows): Expression | undefined {
  let sum: Expression | undefined;
  for (const { guards, dy } of flows.values()) {
    const selected = guards.reduceRight(
      (value, { condition, taken }) =>
        taken ? where(condition, value, ZERO) : where(condition, ZERO, value),
      dy,
    );
    sum = sum ? add(sum, selected) : selected;
  }
  return sum;
}

/**
 * The gradient of a scalar with respect to each of `inputs` inputs of a formula with some outputs, as expressions over the inputs, then the
 * outputs, then what flows into each of those (`flows`: whether anything does); undefined where nothing flows back.
 */
export function derivatives(
  outputs: readonly Expression[],
  inputs: number,
  flows: readonly boolean[],
): (Expression | undefined)[] {
  const kept = new Map(outputs.map((output, i) => [keyOf(output), inputAt(inputs + i)]));
  const parts = partsOf(outputs).reverse();
  const flowing = new Map<Expression, Flows>(parts.map((part) => [part, new Map()]));
  outputs.forEach((output, i) => {
    if (flows[i]) addFlow(flowing.get(output)!, [], inputAt(inputs + outputs.length + i));
  });
  const found: Flows[] = Array.from({ length: inputs }, () => new Map());
  for (const part of parts) {
    const { primitive, args, input } = part;
    if (primitive === "constant") continue;
    for (const { guards, dy } of flowing.get(part)!.values()) {
      if (primitive === "input") addFlow(found[input!]!, guards, dy);
      else if (primitive === "where") {
        const [condition, yes, no] = args as [Expression, Expression, Expression];
        addFlow(flowing.get(yes)!, [...guards, { condition, taken: true }], dy);
        addFlow(flowing.get(no)!, [...guards, { condition, taken: false }], dy);
      } else {
        const dxs = rules[primitive](args, kept.get(keyOf(part)) ?? part, dy);
        args.forEach((arg, i) => {
          if (dxs[i]) addFlow(flowing.get(arg)!, guards, dxs[i]);
        });
      }
    }
  }
  return found.map(joined);
}
