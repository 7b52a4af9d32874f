/** What one step of a formula does to its arguments, an element at a time. */
export type Primitive = UnaryPrimitive | BinaryPrimitive | TernaryPrimitive;

export type UnaryPrimitive =
  | "neg"
  | "abs"
  /** −1, 0 or 1. */
  | "sign"
  | "square"
  | "sqrt"
  | "rsqrt"
  | "reciprocal"
  | "exp"
  | "expm1"
  | "log"
  | "log1p"
  | "erf"
  | "sin"
  | "cos"
  | "tanh"
  | "sigmoid"
  | "relu"
  | "floor"
  | "ceil"
  /** To the nearest whole number, the even one of two. */
  | "round"
  | "not";

/** Comparisons and logic give 1 or 0. */
export type BinaryPrimitive =
  | ("add" | "sub" | "mul" | "div" | "max" | "min")
  | ("lt" | "le" | "gt" | "ge" | "eq" | "ne")
  | ("and" | "or");

export type TernaryPrimitive =
  /** where(c, a, b): a where c is not 0, b elsewhere. It selects and never multiplies. */
  | "where"
  /** madd(a, b, c) = a·b + c. */
  | "madd";

/** A formula over an op's inputs, element by element. Shared parts may be one object, and are then computed once. */
export interface Expression {
  readonly primitive: Primitive | "input" | "constant";
  readonly args: readonly Expression[];
  /** Which of the op's inputs it is. */
  readonly input?: number;
  /** The number that a constant is. */
  readonly value?: number;
}

const TRUTHS: ReadonlySet<string> = new Set(["lt", "le", "gt", "ge", "eq", "ne", "and", "or", "not"]);

/** Whether an expression is 1 or 0 everywhere. */
export function isTruth({ primitive }: Expression): boolean {
  return TRUTHS.has(primitive);
}

export function inputAt(input: number): Expression {
  return { primitive: "input", args: [], input };
}

export function constant(value: number): Expression {
  return { primitive: "constant", args: [], value };
}

/** A primitive applied to its arguments, in its simplest form: constants are folded, x·1, x/1, x + 0, x − 0, −(−x) and where(c, a, a) vanish. */
export function apply(primitive: Primitive, ...args: readonly Expression[]): Expression {
  const [a, b, c] = args;
  const is = (x: Expression | undefined, value: number) => x?.primitive === "constant" && x.value === value;
  if (args.every((x) => x.primitive === "constant")) {
    const value = FOLDED[primitive]?.(a!.value!, b?.value ?? 0, c?.value ?? 0);
    if (value !== undefined) return constant(value);
  }
  if (primitive === "mul" && (is(a, 1) || is(b, 1))) return is(a, 1) ? b! : a!;
  if (primitive === "add" && (is(a, 0) || is(b, 0))) return is(a, 0) ? b! : a!;
  if ((primitive === "sub" && is(b, 0)) || (primitive === "div" && is(b, 1))) return a!;
  if (primitive === "sub" && is(a, 0)) return apply("neg", b!);
  if (primitive === "neg" && a!.primitive === "neg") return a!.args[0]!;
  if (primitive === "where" && keyOf(b!) === keyOf(c!)) return b!;
  return { primitive, args };
}

/** What is folded when nothing but constants is left: exact or rounded as everywhere, and so no function that hosts compute differently. */
const FOLDED: Partial<Record<Primitive, (a: number, b: number, c: number) => number>> = {
  neg: (a) => -a,
  abs: Math.abs,
  sign: Math.sign,
  square: (a) => a * a,
  sqrt: Math.sqrt,
  reciprocal: (a) => 1 / a,
  floor: Math.floor,
  ceil: Math.ceil,
  relu: (a) => Math.max(a, 0),
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  max: (a, b) => Math.max(a, b),
  min: (a, b) => Math.min(a, b),
};

const keys = new WeakMap<Expression, string>();

/** A text that two expressions share exactly when they are the same formula: `add(#0,2)` for input 0 plus 2. */
export function keyOf(expression: Expression): string {
  const known = keys.get(expression);
  if (known !== undefined) return known;
  const { primitive, args, input, value } = expression;
  const key =
    primitive === "input"
      ? `#${input}`
      : primitive === "constant"
        ? `${value}`
        : `${primitive}(${args.map(keyOf).join()})`;
  keys.set(expression, key);
  return key;
}

/** The parts of some expressions, each once, arguments before what they are arguments of. */
export function partsOf(expressions: readonly Expression[]): Expression[] {
  const seen = new Set<Expression>();
  const visit = (part: Expression) => {
    if (seen.has(part)) return;
    part.args.forEach(visit);
    seen.add(part);
  };
  expressions.forEach(visit);
  return [...seen];
}

/** Expressions with something else in place of each input. */
export function substitute(
  expressions: readonly Expression[],
  inputs: (input: number) => Expression,
): Expression[] {
  const become = new Map<Expression, Expression>();
  for (const part of partsOf(expressions)) {
    const { primitive, args, input } = part;
    if (primitive === "input") become.set(part, inputs(input!));
    else if (primitive === "constant") become.set(part, part);
    else become.set(part, apply(primitive, ...args.map((arg) => become.get(arg)!)));
  }
  return expressions.map((expression) => become.get(expression)!);
}

/** Which inputs some expressions read, in ascending order. */
export function inputsOf(expressions: readonly Expression[]): number[] {
  const found = new Set(
    partsOf(expressions).flatMap(({ primitive, input }) => (primitive === "input" ? [input!] : [])),
  );
  return [...found].sort((a, b) => a - b);
}
