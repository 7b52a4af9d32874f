import type { Op } from "../graph/op.js";
import { sizeOf } from "../graph/shape.js";
import { makeTensor, type Tensor } from "../graph/tensor.js";
import { constantOf, fill } from "./fill.js";
import { mul } from "./mul.js";
import { scale } from "./scale.js";
import { sign } from "./sign.js";

/** A scalar repeated over a shape: the gradient of a sum. */
function spread(dy: Tensor, like: Tensor, factor: number): Tensor {
  const constant = constantOf(dy);
  if (constant !== undefined) return fill(like.shape, constant * factor);
  return mul(fill(like.shape, factor), dy);
}

/** Sums lie in any layout: what order they are taken in is that of memory. */
const anyLayout: Op["layout"] = (_, inputs) => ({ inputs, output: undefined });

const sumOp: Op = {
  name: "sum",
  layout: anyLayout,
  gradient: (dy, y) => [spread(dy, y.inputs[0]!, y.attributes.scale as number)],
  reference: ([x], { attributes }) =>
    Float64Array.of(x!.data.reduce((total, value) => total + value, 0) * (attributes.scale as number)),
  lower: ({ node, emit, y, x }) => {
    const cols = sizeOf(node.inputs[0]!.shape);
    emit("sum_cols", { y, x: x[0]!, rows: 1, cols, scale: node.attributes.scale as number, accumulate: 0 });
  },
};

/** y = Σ x over everything: a scalar. */
export function sum(x: Tensor): Tensor {
  return makeTensor(sumOp, [x], { scale: 1 }, []);
}

/** y = Σ x / size over everything: a scalar. */
export function mean(x: Tensor): Tensor {
  return makeTensor(sumOp, [x], { scale: 1 / sizeOf(x.shape) }, []);
}

const sumSquaresOp: Op = {
  name: "sumSquares",
  layout: anyLayout,
  gradient: (dy, { inputs: [x] }) => {
    const constant = constantOf(dy);
    return [constant === undefined ? mul(scale(x!, 2), dy) : scale(x!, 2 * constant)];
  },
  reference: ([x]) => Float64Array.of(x!.data.reduce((total, value) => total + value * value, 0)),
  lower: ({ node, emit, y, x }) =>
    emit("sum_squares", { y, x: x[0]!, n: sizeOf(node.inputs[0]!.shape), scale: 1, accumulate: 0 }),
};

/** y = Σ x² over everything: a scalar. dy/dx = 2x. */
export function sumSquares(x: Tensor): Tensor {
  return makeTensor(sumSquaresOp, [x], {}, []);
}

const sumAbsOp: Op = {
  name: "sumAbs",
  layout: anyLayout,
  gradient: (dy, { inputs: [x] }) => {
    const constant = constantOf(dy);
    return [constant === undefined ? mul(sign(x!), dy) : scale(sign(x!), constant)];
  },
  reference: ([x]) => Float64Array.of(x!.data.reduce((total, value) => total + Math.abs(value), 0)),
  lower: ({ node, emit, y, x }) =>
    emit("sum_abs", { y, x: x[0]!, n: sizeOf(node.inputs[0]!.shape), scale: 1, accumulate: 0 }),
};

/** y = Σ |x| over everything: a scalar. dy/dx is the sign of x. */
export function sumAbs(x: Tensor): Tensor {
  return makeTensor(sumAbsOp, [x], {}, []);
}
