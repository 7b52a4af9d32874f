import { ShapeError } from "../errors.js";
import { nhwc, splitSides } from "../graph/layout.js";
import type { Op } from "../graph/op.js";
import { formatShape, sizeOf } from "../graph/shape.js";
import { makeTensor, type Tensor } from "../graph/tensor.js";

/** The layout in which the dimension that the bias runs along is the innermost. */
function biasInnermost(tensor: Tensor) {
  return tensor.shape.length === 4 ? nhwc(tensor.shape) : undefined;
}

export const addBiasOp: Op = {
  name: "addBias",
  inPlace: 0,
  layout: (node, [x]) => {
    // Permuted rows do not matter to a bias along the columns.
    const rows = node.shape.length === 2 ? splitSides(x, node.shape[0]!) : undefined;
    const lies = rows && !rows.columns && !rows.transposed ? x : biasInnermost(node);
    return { inputs: [lies, undefined], output: lies };
  },
  gradient: (dy) => [dy, biasGradient(dy)],
  lower: ({ node, emit, y, x: [x, b], n }) => {
    const cols = node.shape[1]!;
    emit("binary_rows", { y, a: x!, b: b!, rows: n / cols, cols, kind: "add" });
  },
};

export const biasGradientOp: Op = {
  name: "biasGradient",
  layout: (node, [dy]) => {
    const x = node.inputs[0]!;
    const sides = x.shape.length === 2 ? splitSides(dy, x.shape[0]!) : undefined;
    return {
      inputs: [sides && !sides.columns && !sides.transposed ? dy : biasInnermost(x)],
      output: undefined,
    };
  },
  lower: ({ node, emit, y, x: [dy] }) => {
    const cols = node.shape[0]!;
    const rows = sizeOf(node.inputs[0]!.shape) / cols;
    emit("sum_rows", { y, x: dy!, batch: 1, rows, cols, scale: 1, accumulate: 0 });
  },
};

/** db[c] = Σ dy over everything but dimension 1: the sum over the batch and, for images, over the pixels. */
function biasGradient(dy: Tensor): Tensor {
  return makeTensor(biasGradientOp, [dy], {}, [dy.shape[1]!]);
}

/**
 * y = x + b along dimension 1: x [batch, units] or [batch, channels, height, width], b [units] or [channels].
 * @throws {ShapeError} `bias-shape` when b does not fit.
 */
export function addBias(x: Tensor, b: Tensor): Tensor {
  if ((x.shape.length !== 2 && x.shape.length !== 4) || b.shape.length !== 1 || b.shape[0] !== x.shape[1]) {
    throw new ShapeError(
      "bias-shape",
      `addBias: expected a bias of shape [${x.shape[1]}] for ${formatShape(x.shape)}, got ${formatShape(b.shape)}.`,
    );
  }
  return makeTensor(addBiasOp, [x, b], {}, x.shape);
}
