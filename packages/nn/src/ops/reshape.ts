import { ShapeError } from "../errors.js";
import type { Op } from "../graph/op.js";
import { formatShape, type Shape, sameShape, sizeOf } from "../graph/shape.js";
import { makeTensor, type Tensor } from "../graph/tensor.js";
import { constantOf, fill } from "./fill.js";

/** A view: no lowering, the output is its input's memory, and keeps its layout. */
export const reshapeOp: Op = {
  name: "reshape",
  layout: (_, [x]) => ({ inputs: [x], output: x }),
  gradient: (dy, y) => {
    const { shape } = y.inputs[0]!;
    const constant = constantOf(dy);
    // So that rules which look for a constant see one.
    return [constant === undefined ? reshape(dy, shape) : fill(shape, constant)];
  },
};

/** The same elements in row-major order under another shape of the same size. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  if (sizeOf(x.shape) !== sizeOf(shape)) {
    throw new ShapeError(
      "sizes-differ",
      `reshape: expected a shape of ${sizeOf(x.shape)} elements for ${formatShape(x.shape)}, got ${formatShape(shape)}.`,
    );
  }
  return makeTensor(reshapeOp, [x], {}, shape, x.type);
}
