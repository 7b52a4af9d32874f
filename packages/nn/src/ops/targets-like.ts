import { ShapeError } from "../errors.js";
import { formatShape, sameShape, sizeOf } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import { reshape } from "./reshape.js";

/**
 * Targets in the prediction's shape: one number a sample may come as [batch] for a prediction [batch, 1].
 * @throws {ShapeError} `targets-shape` when they do not fit.
 */
export function targetsLike(owner: string, prediction: Tensor, target: Tensor): Tensor {
  if (sameShape(prediction.shape, target.shape)) return target;
  const [batch] = prediction.shape;
  if (sizeOf(prediction.shape) === batch && sameShape(target.shape, [batch!])) {
    return reshape(target, prediction.shape);
  }
  throw new ShapeError(
    "targets-shape",
    `${owner}: expected targets of shape ${formatShape(prediction.shape)}, got ${formatShape(target.shape)}.`,
  );
}
