import { ShapeError } from "../errors.js";
import type { Op, ReferenceArray } from "../graph/op.js";
import { formatShape, sameShape } from "../graph/shape.js";
import { makeTensor, type Tensor } from "../graph/tensor.js";
import { referenceSoftmax } from "./softmax.js";

/** What is expected of class c in row r: 1 for the labelled class, or the row of the one-hot (or soft) labels. */
function expected(labels: ReferenceArray, sparse: boolean, r: number, c: number, cols: number): number {
  return sparse ? (labels.data[r] === c ? 1 : 0) : labels.data[r * cols + c]!;
}

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
  reference: ([logits, labels], { inputs }) => {
    const { rows, cols, sparse } = sizes(inputs[0]!, inputs[1]!);
    return Float64Array.from({ length: rows }, (_, r) => {
      const row = logits!.data.subarray(r * cols, (r + 1) * cols);
      const greatest = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
      const logTotal = greatest + Math.log(row.reduce((sum, value) => sum + Math.exp(value - greatest), 0));
      return row.reduce(
        (loss, value, c) => loss + expected(labels!, sparse === 1, r, c, cols) * (logTotal - value),
        0,
      );
    });
  },
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
  reference: ([logits, labels, dloss], { inputs }) => {
    const { cols, sparse } = sizes(inputs[0]!, inputs[1]!);
    return referenceSoftmax(logits!.data, cols).map((p, i) => {
      const r = Math.floor(i / cols);
      let total = 0;
      for (let c = 0; c < cols; c++) total += expected(labels!, sparse === 1, r, c, cols);
      return (total * p - expected(labels!, sparse === 1, r, i % cols, cols)) * dloss!.data[r]!;
    });
  },
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
