import { ShapeError } from "../errors.js";
import type { Op } from "../graph/op.js";
import { formatShape, sameShape, sizeOf } from "../graph/shape.js";
import { makeTensor, type Tensor } from "../graph/tensor.js";
import { reshape } from "./reshape.js";

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
 * logits [batch, …, classes]; labels class indices [batch, …] (u32), or rows [batch, …, classes] that sum to 1 → loss [batch, …].
 * @throws {ShapeError} `labels-shape` when the labels fit neither way.
 */
export function softmaxCrossEntropyWithLogits(logits: Tensor, labels: Tensor): Tensor {
  const lead = logits.shape.slice(0, -1);
  const sparse = labels.type === "u32";
  if (lead.length === 0 || !sameShape(labels.shape, sparse ? lead : logits.shape)) {
    throw new ShapeError(
      "labels-shape",
      `softmaxCrossEntropy: expected logits [batch, ..., classes] and labels [batch, ...] or [batch, ..., classes], got ${formatShape(logits.shape)} and ${formatShape(labels.shape)}.`,
    );
  }
  const rows = sizeOf(lead);
  if (lead.length === 1) return makeTensor(softmaxCrossEntropyOp, [logits, labels], {}, lead);
  const classes = logits.shape.at(-1)!;
  const flat = [reshape(logits, [rows, classes]), reshape(labels, sparse ? [rows] : [rows, classes])];
  return reshape(makeTensor(softmaxCrossEntropyOp, flat, {}, [rows]), lead);
}
