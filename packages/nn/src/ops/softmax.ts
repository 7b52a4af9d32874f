import type { Op } from "../graph/op.js";
import { sizeOf } from "../graph/shape.js";
import { makeTensor, type Tensor } from "../graph/tensor.js";
import { alongLast } from "./along-last.js";

function rowsOf(node: Tensor): { rows: number; cols: number } {
  const cols = node.shape.at(-1) ?? 1;
  return { rows: sizeOf(node.shape) / cols, cols };
}

const op: Op = {
  name: "softmax",
  gradient: (dy, y) => [makeTensor(gradientOp, [y, dy], {}, y.shape)],
  lower: ({ node, emit, y, x: [x] }) => emit("softmax", { y, x: x!, ...rowsOf(node) }),
};

/** dx = y·(dy − Σ y·dy), the sum along each row. */
const gradientOp: Op = {
  name: "softmaxGradient",
  lower: ({ node, emit, y: dx, x: [y, dy] }) => emit("softmax_grad", { dx, y: y!, dy: dy!, ...rowsOf(node) }),
};

/** `softmax` along the last axis, for who needs no other: without what it takes to exchange axes. */
export function softmaxOfRows(x: Tensor): Tensor {
  return makeTensor(op, [x], {}, x.shape);
}

/**
 * y = eˣ / Σ eˣ along an axis, the last unless given, with the greatest taken out first so that nothing overflows. Any shape.
 * @throws {ShapeError} `axis-out-of-range`.
 */
export function softmax(x: Tensor, axis = -1): Tensor {
  return alongLast("softmax", x, axis, softmaxOfRows);
}
