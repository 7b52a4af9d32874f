import type { Op } from "../graph/op.js";
import { sizeOf } from "../graph/shape.js";
import { makeTensor, type Tensor } from "../graph/tensor.js";

function rowsOf(node: Tensor): { rows: number; cols: number } {
  const cols = node.shape.at(-1) ?? 1;
  return { rows: sizeOf(node.shape) / cols, cols };
}

/** Rows of exp(x − m) / Σ exp(x − m), m the row's greatest. */
export function referenceSoftmax(x: Float64Array, cols: number): Float64Array {
  const y = new Float64Array(x.length);
  for (let start = 0; start < x.length; start += cols) {
    const row = x.subarray(start, start + cols);
    const greatest = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    const total = row.reduce((sum, value) => sum + Math.exp(value - greatest), 0);
    row.forEach((value, i) => {
      y[start + i] = Math.exp(value - greatest) / total;
    });
  }
  return y;
}

const op: Op = {
  name: "softmax",
  gradient: (dy, y) => [makeTensor(gradientOp, [y, dy], {}, y.shape)],
  reference: ([x], node) => referenceSoftmax(x!.data, rowsOf(node).cols),
  lower: ({ node, emit, y, x: [x] }) => emit("softmax", { y, x: x!, ...rowsOf(node) }),
};

/** dx = y·(dy − Σ y·dy), the sum along each row. */
const gradientOp: Op = {
  name: "softmaxGradient",
  reference: ([y, dy], node) => {
    const { cols } = rowsOf(node);
    return y!.data.map((value, i) => {
      const start = i - (i % cols);
      let dot = 0;
      for (let j = start; j < start + cols; j++) dot += y!.data[j]! * dy!.data[j]!;
      return value * (dy!.data[i]! - dot);
    });
  },
  lower: ({ node, emit, y: dx, x: [y, dy] }) => emit("softmax_grad", { dx, y: y!, dy: dy!, ...rowsOf(node) }),
};

/** y = eˣ / Σ eˣ along the last dimension, with the row's maximum taken out first so that nothing overflows. Any shape. */
export function softmax(x: Tensor): Tensor {
  return makeTensor(op, [x], {}, x.shape);
}
