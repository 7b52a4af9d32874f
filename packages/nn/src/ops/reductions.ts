import type { Op } from "../graph/op.js";
import { sizeOf } from "../graph/shape.js";
import { makeTensor, type Tensor } from "../graph/tensor.js";
import { constantOf } from "./fill.js";
import { mul } from "./mul.js";
import { type ReduceOptions, reduce, resolveAxes } from "./reduce.js";
import { scale } from "./scale.js";
import { sign } from "./sign.js";

/** Sums lie in any layout: what order they are taken in is that of memory. */
const anyLayout: Op["layout"] = (_, inputs) => ({ inputs, output: undefined });

/** y = Σ x, over everything (a scalar) or over some axes; see `reduce`. */
export function sum(x: Tensor, options: ReduceOptions = {}): Tensor {
  return reduce("sum", x, options);
}

/** y = Σ x / count, over everything (a scalar) or over some axes; see `reduce`. */
export function mean(x: Tensor, options: ReduceOptions = {}): Tensor {
  const axes = options.axes && resolveAxes("mean", x.shape, options.axes);
  const count = sizeOf(axes ? axes.map((axis) => x.shape[axis]!) : x.shape);
  return reduce("sum", x, options, 1 / count);
}

const sumSquaresOp: Op = {
  name: "sumSquares",
  layout: anyLayout,
  gradient: (dy, { inputs: [x] }) => {
    const constant = constantOf(dy);
    return [constant === undefined ? mul(scale(x!, 2), dy) : scale(x!, 2 * constant)];
  },
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
  lower: ({ node, emit, y, x }) =>
    emit("sum_abs", { y, x: x[0]!, n: sizeOf(node.inputs[0]!.shape), scale: 1, accumulate: 0 }),
};

/** y = Σ |x| over everything: a scalar. dy/dx is the sign of x. */
export function sumAbs(x: Tensor): Tensor {
  return makeTensor(sumAbsOp, [x], {}, []);
}
