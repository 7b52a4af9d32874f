import { ShapeError } from "../errors.js";
import type { Op } from "../graph/op.js";
import { formatShape, sameShape } from "../graph/shape.js";
import { makeTensor, type Tensor } from "../graph/tensor.js";

const op: Op = {
  name: "sigmoidCrossEntropy",
  gradient: (dy, { inputs: [logits, targets] }) => [
    makeTensor(gradientOp, [logits!, targets!, dy], {}, logits!.shape),
    undefined,
  ],
  reference: ([logits, targets]) =>
    logits!.data.map((x, i) => Math.max(x, 0) - x * targets!.data[i]! + Math.log1p(Math.exp(-Math.abs(x)))),
  lower: ({ emit, y, x: [logits, targets], n }) =>
    emit("sigmoid_cross_entropy", { loss: y, dx: 0, logits: logits!, targets: targets!, n, gradScale: 0 }),
};

/** dlogits = (sigmoid(logits) − targets)·dloss. */
const gradientOp: Op = {
  name: "sigmoidCrossEntropyGradient",
  reference: ([logits, targets, dloss]) =>
    logits!.data.map((x, i) => (1 / (1 + Math.exp(-x)) - targets!.data[i]!) * dloss!.data[i]!),
  lower: ({ emit, y, x: [logits, targets, dloss], n }) =>
    emit("sigmoid_cross_entropy_grad", { dx: y, logits: logits!, targets: targets!, dloss: dloss!, n }),
};

/**
 * −t·log σ(x) − (1 − t)·log(1 − σ(x)), elementwise, as max(x, 0) − x·t + log(1 + e^−|x|).
 *
 * logits and targets (in [0, 1]) of one shape → loss of that shape.
 * @throws {ShapeError} `targets-shape` when they differ.
 */
export function sigmoidCrossEntropyWithLogits(logits: Tensor, targets: Tensor): Tensor {
  if (!sameShape(logits.shape, targets.shape)) {
    throw new ShapeError(
      "targets-shape",
      `sigmoidCrossEntropy: expected targets of shape ${formatShape(logits.shape)}, got ${formatShape(targets.shape)}.`,
    );
  }
  return makeTensor(op, [logits, targets], {}, logits.shape);
}
