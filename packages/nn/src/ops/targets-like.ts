import { ShapeError } from "../errors.js";
import { formatShape, sameShape, sizeOf } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import { reshape } from "./reshape.js";

/**
 * Targets in the prediction's shape: one number a sample may come as [batch] for a prediction [batch, 1], and one a step as [batch, steps] for one
 * of [batch, steps, 1].
 * @throws {ShapeError} `targets-shape` when they do not fit.
 */
export function targetsLike(owner: string, prediction: Tensor, target: Tensor): Tensor {
  if (sameShape(prediction.shape, target.shape)) return target;
  const { shape } = prediction;
  const single = shape.at(-1) === 1 && sameShape(target.shape, shape.slice(0, -1));
  const one = sizeOf(shape) === shape[0] && sameShape(target.shape, [shape[0]]);
  if (single || one) return reshape(target, shape);
  throw new ShapeError(
    "targets-shape",
    `${owner}: expected targets of shape ${formatShape(prediction.shape)}, got ${formatShape(target.shape)}.`,
  );
}
