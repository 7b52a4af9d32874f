import { ShapeError } from "../errors.js";
import type { Op } from "../graph/op.js";
import { formatShape, sameShape } from "../graph/shape.js";
import { makeTensor, type Tensor } from "../graph/tensor.js";

function sizes(logits: Tensor, labels: Tensor) {
  const [rows, cols] = logits.shape as [number, number];
  return { rows, cols, sparse: labels.type === "u32" ? 1 : 0 };
}

export const softmaxCrossEntropyOp: Op = {
  name: "softmaxCrossEntropy",
  indices: true,
  gradient: (dy, { inputs: [logits, labels] }) => [
    makeTensor(softmaxCrossEntropyGradientOp, [logits!, labels!, dy], {}, logits!.shape),
    undefined,
  ],
  lower: ({ node, emit, y, x: [logits, labels] }) =>
    emit("softmax_cross_entropy", {
      loss: y,
      dx: 0,
      logits: logits!,
      labels: labels!,
      ...sizes(node.inputs[0]!, node.inputs[1]!),
      gradScale: 0,
    }),
};

/** dlogits = (T·softmax(logits) − labels)·dloss, dloss and the labels' total T by row. */
export const softmaxCrossEntropyGradientOp: Op = {
  name: "softmaxCrossEntropyGradient",
  indices: true,
  lower: ({ node, emit, y, x: [logits, labels, dloss] }) =>
    emit("softmax_cross_entropy_grad", {
      dx: y,
      logits: logits!,
      labels: labels!,
      dloss: dloss!,
      ...sizes(node.inputs[0]!, node.inputs[1]!),
    }),
};

/**
 * −Σ labels·log softmax(logits) along each row, by log-sum-exp.
 *
 * logits [batch, classes]; labels class indices [batch] (u32) or [batch, classes] rows that sum to 1 → loss [batch].
 * @throws {ShapeError} `labels-shape` when the labels fit neither way.
 */
export function softmaxCrossEntropyWithLogits(logits: Tensor, labels: Tensor): Tensor {
  const [batch] = logits.shape;
  const fits =
    labels.type === "u32" ? sameShape(labels.shape, [batch!]) : sameShape(labels.shape, logits.shape);
  if (logits.shape.length !== 2 || !fits) {
    throw new ShapeError(
      "labels-shape",
      `softmaxCrossEntropy: expected logits [batch, classes] and labels [batch] or [batch, classes], got ${formatShape(logits.shape)} and ${formatShape(labels.shape)}.`,
    );
  }
  return makeTensor(softmaxCrossEntropyOp, [logits, labels], {}, [batch!]);
}
