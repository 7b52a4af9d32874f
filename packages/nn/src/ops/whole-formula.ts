import { InternalError } from "../errors.js";
import { type Expression, keyOf, partsOf } from "../graph/expression.js";
import type { Instructions, Lowering, Tensor } from "../graph/op.js";
import { sizeOf } from "../graph/shape.js";

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

/** The instruction that says a formula whole, over operands with an element for each of the output's. */
function instructionOf(expression: Expression): ((lowering: Lowering) => void) | undefined {
  const key = keyOf(expression);
  const linear = scaleShiftOf(expression);
  const forward = kindOf(unary, expression);
  const back = kindOf(unaryGradient, expression);
  const two = binaryOf(expression);
  if (linear) return ({ emit, y, x: [v], n }) => emit("scale_shift", { y, x: v!, n, ...linear });
  if (forward) return ({ emit, y, x: [v], n }) => emit("unary", { y, x: v!, n, ...forward });
  if (two) {
    const [i, j] = two.inputs;
    return ({ emit, y, x, n }) => emit("binary", { y, a: x[i]!, b: x[j]!, n, kind: two.kind });
  }
  if (back) return ({ emit, y, x: [v, dy], n }) => emit("unary_grad", { dx: y, v: v!, dy: dy!, n, ...back });
  if (key === CROSS_ENTROPY)
    return ({ emit, y, x: [logits, targets], n }) =>
      emit("sigmoid_cross_entropy", { loss: y, dx: 0, logits: logits!, targets: targets!, n, gradScale: 0 });
  if (key === CROSS_ENTROPY_GRADIENT)
    return ({ emit, y, x: [logits, targets, dloss], n }) =>
      emit("sigmoid_cross_entropy_grad", {
        ...{ dx: y, n },
        ...{ logits: logits!, targets: targets!, dloss: dloss! },
      });
  return undefined;
}

/** Which inputs a formula of one binary function takes. */
function binaryOf({ primitive, args }: Expression) {
  const [a, b] = args;
  if (!binary.has(primitive) || a!.primitive !== "input" || b!.primitive !== "input") return undefined;
  return { kind: primitive as BinaryKind, inputs: [a!.input!, b!.input!] as const };
}

function wholeOf(node: Tensor): ((lowering: Lowering) => void) | undefined {
  const [expression, ...others] = node.op.expressions?.(node) ?? [];
  const size = sizeOf(node.shape);
  if (!expression || others.length > 0 || node.inputs.some(({ shape }) => sizeOf(shape) !== size))
    return undefined;
  return instructionOf(expression);
}

/** Whether one instruction computes an elementwise op, so that it needs no map when it runs by itself. */
export const isWholeFormula = (node: Tensor): boolean => wholeOf(node) !== undefined;

/** Emits that instruction. */
export function lowerWholeFormula(lowering: Lowering): void {
  const { node, n } = lowering;
  if (n === 0) return;
  const emit = wholeOf(node);
  if (!emit) throw new InternalError("no-instruction", `${node.op.name} has no instruction of its own.`);
  emit(lowering);
}
