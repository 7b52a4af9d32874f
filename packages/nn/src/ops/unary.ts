import type { Instructions, Op } from "../graph/op.js";
import { type Attributes, makeTensor, type Tensor } from "../graph/tensor.js";

interface UnaryDefinition {
  readonly name: string;
  /** f(x), and the number that belongs to the function (a slope), where it has one. */
  readonly f: (x: number, alpha: number) => number;
  /** Which of the kernel's unary functions computes it. */
  readonly kind: Instructions["unary"]["kind"];
  readonly gradient: (dy: Tensor, y: Tensor) => Tensor;
}

interface Unary {
  readonly op: Op;
  make(x: Tensor, attributes?: Attributes): Tensor;
}

interface UnaryGradient {
  readonly op: Op;
  make(kept: Tensor, dy: Tensor, attributes?: Attributes): Tensor;
}

/** An elementwise function of one tensor, any shape, y = f(x). */
export function defineUnary(definition: UnaryDefinition): Unary {
  const { name, f, kind, gradient } = definition;
  const op: Op = {
    name,
    layout: "alike",
    inPlace: 0,
    gradient: (dy, y) => [gradient(dy, y)],
    reference: ([x], node) => x!.data.map((value) => f(value, alphaOf(node))),
    lower: ({ node, emit, y, x, n }) => emit("unary", { y, x: x[0]!, n, kind, alpha: alphaOf(node) }),
  };
  return { op, make: (x, attributes = {}) => makeTensor(op, [x], attributes, x.shape) };
}

interface UnaryGradientDefinition {
  readonly name: string;
  /** dx / dy, from the value that was kept (the function's output or its input). */
  readonly slope: (kept: number, alpha: number) => number;
  readonly kind: Instructions["unary"]["kind"];
}

/** dx = f'(x)·dy, elementwise, where f' is formed from what was kept of the function. */
export function defineUnaryGradient(definition: UnaryGradientDefinition): UnaryGradient {
  const { name, slope, kind } = definition;
  const op: Op = {
    name,
    layout: "alike",
    inPlace: 1,
    reference: ([kept, dy], node) => dy!.data.map((value, i) => value * slope(kept!.data[i]!, alphaOf(node))),
    lower: ({ node, emit, y, x, n }) =>
      emit("unary_grad", { dx: y, v: x[0]!, dy: x[1]!, n, kind, alpha: alphaOf(node) }),
  };
  return { op, make: (kept, dy, attributes = {}) => makeTensor(op, [kept, dy], attributes, dy.shape) };
}

function alphaOf(node: Tensor): number {
  return (node.attributes.alpha as number | undefined) ?? 0;
}
