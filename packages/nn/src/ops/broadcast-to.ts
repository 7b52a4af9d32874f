import { ShapeError } from "../errors.js";
import type { Op } from "../graph/op.js";
import { broadcastShape, formatShape, type Shape, sameShape } from "../graph/shape.js";
import { makeTensor, type Tensor } from "../graph/tensor.js";
import { emitExpanded } from "./expand.js";

const broadcastToOp: Op = {
  name: "broadcastTo",
  // The differentiator sums over what was repeated.
  gradient: (dy) => [dy],
  lower: ({ node, emit, y, x: [x] }) =>
    emitExpanded(emit, { x: x!, y, from: node.inputs[0]!.shape, to: node.shape }),
};

/**
 * x repeated over a shape to which it broadcasts, in memory; elementwise ops need no such thing.
 * @throws {ShapeError} `shapes-do-not-fit` when x does not broadcast to `shape`.
 */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const common = broadcastShape([x.shape, shape]);
  if (!common || !sameShape(common, shape)) {
    throw new ShapeError(
      "shapes-do-not-fit",
      `broadcastTo: expected a shape to which ${formatShape(x.shape)} broadcasts, got ${formatShape(shape)}.`,
    );
  }
  return makeTensor(broadcastToOp, [x], {}, shape, x.type);
}
