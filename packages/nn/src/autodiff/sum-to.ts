import { type Shape, sameShape, sizeOf } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import { constantOf, fill } from "../ops/fill.js";
import { reduce } from "../ops/reduce.js";
import { reshape } from "../ops/reshape.js";

/** The gradient of an operand of shape `shape` that was broadcast: the sum of dy over its repetitions. */
export function sumTo(dy: Tensor, shape: Shape): Tensor {
  if (sameShape(dy.shape, shape)) return dy;
  const constant = constantOf(dy);
  if (constant !== undefined) return fill(shape, (constant * sizeOf(dy.shape)) / sizeOf(shape));
  const lead = dy.shape.length - shape.length;
  const repeated = (axis: number) => axis < lead || (shape[axis - lead] === 1 && dy.shape[axis] !== 1);
  const axes = dy.shape.map((_, axis) => axis).filter(repeated);
  return reshape(sizeOf(dy.shape) === sizeOf(shape) ? dy : reduce("sum", dy, { axes }), shape);
}
