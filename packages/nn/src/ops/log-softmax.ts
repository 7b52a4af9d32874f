import type { Op } from "../graph/op.js";
import { sizeOf } from "../graph/shape.js";
import { makeTensor, type Tensor } from "../graph/tensor.js";
import { alongLast } from "./along-last.js";
import { mul } from "./mul.js";
import { softmax } from "./softmax.js";
import { sub } from "./sub.js";

/** x [..., n] → [..., 1]. */
const logSumExpOp: Op = {
  name: "logSumExp",
  gradient: (dy, { inputs: [x] }) => [mul(softmax(x!), dy)],
  lower: ({ node, emit, y, x: [x], n }) => {
    if (n > 0) emit("log_sum_exp", { y, x: x!, rows: n, cols: sizeOf(node.inputs[0]!.shape) / n });
  },
};

/**
 * y = x − ln Σ eˣ along an axis, the last unless given: the logarithm of `softmax`, exact where that is nearly 0. Any shape.
 * @throws {ShapeError} `axis-out-of-range`.
 */
export function logSoftmax(x: Tensor, axis = -1): Tensor {
  return alongLast("logSoftmax", x, axis, (rows) =>
    sub(rows, makeTensor(logSumExpOp, [rows], {}, [...rows.shape.slice(0, -1), 1])),
  );
}
