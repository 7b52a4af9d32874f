import { ShapeError } from "../errors.js";
import { formatShape, sameShape } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import { elementwise } from "./elementwise.js";

const crossEntropy = elementwise(
  "sigmoidCrossEntropy",
  ["z", "t"],
  ({ z, t }) => z.max(0).sub(z.mul(t)).add(z.abs().neg().exp().log1p()),
  { gradient: ({ z, t }, { dy }) => ({ z: z.sigmoid().sub(t).mul(dy), t: z.mul(dy).neg() }) },
);

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
  return crossEntropy(logits, targets);
}
