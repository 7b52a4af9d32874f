import { ShapeError } from "../errors.js";
import type { Op } from "../graph/op.js";
import { formatShape } from "../graph/shape.js";
import { makeTensor, type Tensor } from "../graph/tensor.js";
import { emitCopy, stridesOf } from "./expand.js";

type Attributes = {
  /** Which of x's axes comes i-th. */
  readonly order: readonly number[];
};

const transposeOp: Op<Attributes> = {
  name: "transpose",
  gradient: (dy, { attributes: { order } }) => [
    transpose(
      dy,
      order.map((_, axis) => order.indexOf(axis)),
    ),
  ],
  lower: ({ node, emit, y, x: [x] }) => {
    const strides = stridesOf(node.inputs[0]!.shape);
    emitCopy(emit, {
      x: x!,
      y,
      sizes: node.shape,
      strides: node.attributes.order.map((axis) => strides[axis]!),
    });
  },
};

/**
 * The axes of x in another order: y's i-th axis is x's `order[i]`-th; reversed unless given.
 * @throws {ShapeError} `axis-out-of-range` when `order` does not name each axis once.
 */
export function transpose(
  x: Tensor,
  order: readonly number[] = x.shape.map((_, axis) => axis).reverse(),
): Tensor {
  if (order.length !== x.shape.length || x.shape.some((_, axis) => !order.includes(axis))) {
    throw new ShapeError(
      "axis-out-of-range",
      `transpose: expected each axis of ${formatShape(x.shape)} once, got ${formatShape(order)}.`,
    );
  }
  const shape = order.map((axis) => x.shape[axis]!);
  return makeTensor(transposeOp, [x], { order }, shape, x.type);
}
