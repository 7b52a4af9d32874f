import { ConfigError } from "../errors.js";
import { type Expression, keyOf, partsOf } from "../graph/expression.js";
import type { Instructions, Lowering, Tensor } from "../graph/op.js";
import { type Repetition, repetitionOver } from "../graph/repetition.js";
import { type Shape, sizeOf } from "../graph/shape.js";
import { emitExpanded } from "./expand.js";

type UnaryKind = Instructions["unary"]["kind"] & string;
type BinaryKind = Instructions["binary"]["kind"] & string;

/** Functions of one operand that an instruction computes, with their number α. */
const unary: Readonly<Partial<Record<UnaryKind, (alpha: number) => string>>> = {
  abs: () => "abs(#0)",
  sign: () => "sign(#0)",
  square: () => "square(#0)",
  sqrt: () => "sqrt(#0)",
  exp: () => "exp(#0)",
  log: () => "log(#0)",
  tanh: () => "tanh(#0)",
  sigmoid: () => "sigmoid(#0)",
  relu: () => "relu(#0)",
  reciprocal: () => "reciprocal(#0)",
  leaky_relu: (alpha) => `where(gt(#0,0),#0,mul(#0,${alpha}))`,
  // A factor of 1 is not written down.
  elu: (alpha) => `where(gt(#0,0),#0,${alpha === 1 ? "expm1(min(#0,0))" : `mul(expm1(min(#0,0)),${alpha})`})`,
};

/** Their gradients, from what is kept of them (#0) and what flows in (#1). */
const unaryGradient: typeof unary = {
  abs: () => "mul(#1,sign(#0))",
  square: () => "mul(#1,add(#0,#0))",
  sqrt: () => "div(#1,add(#0,#0))",
  tanh: () => "mul(#1,mul(sub(1,#0),add(1,#0)))",
  sigmoid: () => "mul(#1,mul(#0,sub(1,#0)))",
  relu: () => "where(gt(#0,0),#1,0)",
  reciprocal: () => "neg(mul(#1,mul(#0,#0)))",
  leaky_relu: (alpha) => `where(gt(#0,0),#1,mul(#1,${alpha}))`,
  elu: (alpha) => `where(gt(#0,0),#1,mul(#1,add(#0,${alpha})))`,
};

const CROSS_ENTROPY = "add(sub(max(#0,0),mul(#0,#1)),log1p(exp(neg(abs(#0)))))";
const CROSS_ENTROPY_GRADIENT = "mul(sub(sigmoid(#0),#1),#2)";

const binary: ReadonlySet<string> = new Set<BinaryKind>(["add", "sub", "mul", "div", "max", "min"]);
/** The primitives that run in any formula; others only within those formulas that have a kernel whole. */
const COMPUTED = [
  ...binary,
  "neg",
  ...Object.entries(unary).flatMap(([kind, formula]) => (formula(0) === `${kind}(#0)` ? [kind] : [])),
].sort();

const symmetric: ReadonlySet<string> = new Set<BinaryKind>(["add", "mul", "max", "min"]);

function kindOf(table: typeof unary, expression: Expression): { kind: UnaryKind; alpha: number } | undefined {
  const key = keyOf(expression);
  const numbers = partsOf([expression]).flatMap(({ value }) => (value === undefined ? [] : [value]));
  for (const alpha of [0, 1, ...numbers]) {
    const found = Object.entries(table).find(([, formula]) => formula(alpha) === key);
    if (found) return { kind: found[0] as UnaryKind, alpha };
  }
  return undefined;
}

/** α and β where an expression is α·#0 + β. */
function scaleShiftOf({ primitive, args }: Expression): { scale: number; shift: number } | undefined {
  const [a, b, c] = args.map(({ value }) => value);
  const input = args.map(({ primitive: of }) => of === "input");
  if (primitive === "neg" && input[0]) return { scale: -1, shift: 0 };
  if (primitive === "mul" && input[0] !== input[1] && (a ?? b) !== undefined)
    return { scale: (a ?? b)!, shift: 0 };
  if (primitive === "add" && input[0] !== input[1] && (a ?? b) !== undefined)
    return { scale: 1, shift: (a ?? b)! };
  if (primitive === "sub" && input[0] && b !== undefined) return { scale: 1, shift: -b };
  if (primitive === "sub" && input[1] && a !== undefined) return { scale: -1, shift: a };
  if (primitive === "madd" && input[0] && b !== undefined && c !== undefined) return { scale: b, shift: c };
  return undefined;
}

/** A value in memory, and how it is repeated over the output. */
interface Operand {
  readonly at: number;
  readonly repetition: Repetition;
}

/** Emits an elementwise node: the one instruction that says its formula, or one a primitive over working space. */
export function lowerElementwise(lowering: Lowering): void {
  const { node, ys, n } = lowering;
  const expressions = node.op.expressions!(node);
  if (n === 0) return;
  const parts = new Parts(lowering, node.shape);
  // The first output may lie over an operand, and so is written when nothing else is to be read.
  for (let i = expressions.length - 1; i >= 0; i--) {
    if (expressions.length > 1 || !lowerWhole(lowering, expressions[i]!))
      parts.write(expressions[i]!, ys[i]!);
  }
}

function lowerWhole({ node, emit, y, x, n }: Lowering, expression: Expression): boolean {
  if (!node.inputs.every((input) => sizeOf(input.shape) === n)) return false;
  const [v, dy, dz] = x as [number, number, number];
  const key = keyOf(expression);
  const linear = scaleShiftOf(expression);
  const forward = kindOf(unary, expression);
  const back = kindOf(unaryGradient, expression);
  if (linear) emit("scale_shift", { y, x: v, n, ...linear });
  else if (forward) emit("unary", { y, x: v, n, ...forward });
  else if (back) emit("unary_grad", { dx: y, v, dy, n, ...back });
  else if (key === CROSS_ENTROPY)
    emit("sigmoid_cross_entropy", { loss: y, dx: 0, logits: v, targets: dy, n, gradScale: 0 });
  else if (key === CROSS_ENTROPY_GRADIENT)
    emit("sigmoid_cross_entropy_grad", { dx: y, logits: v, targets: dy, dloss: dz, n });
  else return false;
  return true;
}

/** The parts of a node's formulas, each computed once. */
class Parts {
  readonly #made = new Map<string, Operand>();
  readonly #all: Repetition;

  constructor(
    readonly lowering: Lowering,
    readonly shape: Shape,
  ) {
    this.#all = repetitionOver(shape, shape)!;
  }

  /** Computes a part into y. */
  write(part: Expression, y: number): void {
    const { emit, n, node } = this.lowering;
    const { primitive, args } = part;
    const known = this.#made.get(keyOf(part));
    if (known || primitive === "input") {
      emit("copy", { y, x: this.#full(known ?? this.#operand(part)), n });
    } else if (primitive === "constant") {
      emit("fill", { y, n, value: part.value! });
    } else if (binary.has(primitive)) {
      this.#binary(primitive as BinaryKind, args as [Expression, Expression], y);
    } else if (primitive === "neg") {
      emit("scale_shift", { y, x: this.#full(this.#operand(args[0]!)), n, scale: -1, shift: 0 });
    } else if (primitive in unary) {
      emit("unary", { y, x: this.#full(this.#operand(args[0]!)), n, kind: primitive as UnaryKind, alpha: 0 });
    } else {
      const { op, scope } = node;
      throw new ConfigError(
        "no-kernel",
        `${scope ? `${scope}: ` : ""}${op.name}: expected a formula of ${COMPUTED.join(", ")}, got ${primitive}, which no kernel computes yet; say it with these.`,
        { op: op.name, ...(scope && { layer: scope }) },
      );
    }
    this.#made.set(keyOf(part), { at: y, repetition: this.#all });
  }

  #binary(kind: BinaryKind, [left, right]: readonly [Expression, Expression], y: number): void {
    const { emit, n } = this.lowering;
    let [a, b] = [this.#operand(left), this.#operand(right)];
    if (a.repetition.kind !== "none" && b.repetition.kind === "none" && symmetric.has(kind)) [a, b] = [b, a];
    const { kind: repeat, rows, columns: cols } = b.repetition;
    const from = this.#full(a);
    if (repeat === "none") emit("binary", { y, a: from, b: b.at, n, kind });
    else emit(repeat === "rows" ? "binary_rows" : "binary_cols", { y, a: from, b: b.at, rows, cols, kind });
  }

  #operand(part: Expression): Operand {
    const known = this.#made.get(keyOf(part));
    if (known) return known;
    const { node, x, constant, scratch, n } = this.lowering;
    if (part.primitive === "constant") {
      return { at: constant(part.value!), repetition: repetitionOver(this.shape, [])! };
    }
    if (part.primitive !== "input") {
      const at = scratch(4 * n);
      this.write(part, at);
      return { at, repetition: this.#all };
    }
    const input = node.inputs[part.input!] as Tensor;
    const repetition = repetitionOver(this.shape, input.shape);
    const operand = repetition
      ? { at: x[part.input!]!, repetition }
      : { at: this.#expanded(x[part.input!]!, input.shape), repetition: this.#all };
    this.#made.set(keyOf(part), operand);
    return operand;
  }

  /** The address of an operand with an element for each of the output's. */
  #full({ at, repetition }: Operand): number {
    if (repetition.kind === "none") return at;
    const { rows, columns } = repetition;
    return repetition.kind === "rows"
      ? this.#expanded(at, [1, columns], [rows, columns])
      : this.#expanded(at, [rows, 1], [rows, columns]);
  }

  #expanded(x: number, from: Shape, to = this.shape): number {
    const y = this.lowering.scratch(4 * this.lowering.n);
    emitExpanded(this.lowering.emit, { x, y, from, to });
    return y;
  }
}
