import type { Op } from "../graph/op.js";
import { makeTensor, type Tensor } from "../graph/tensor.js";
import { constantOf, fill } from "./fill.js";

const scaleShift: Op = {
  name: "scaleShift",
  layout: "alike",
  inPlace: 0,
  gradient: (dy, y) => [scale(dy, y.attributes.scale as number)],
  reference: ([x], { attributes }) =>
    x!.data.map((value) => value * (attributes.scale as number) + (attributes.shift as number)),
  lower: ({ node, emit, y, x, n }) =>
    emit("scale_shift", {
      y,
      x: x[0]!,
      n,
      scale: node.attributes.scale as number,
      shift: node.attributes.shift as number,
    }),
};

/** y = factor·x, elementwise, any shape. */
export function scale(x: Tensor, factor: number): Tensor {
  const constant = constantOf(x);
  if (constant !== undefined) return fill(x.shape, constant * factor);
  return factor === 1 ? x : makeTensor(scaleShift, [x], { scale: factor, shift: 0 }, x.shape);
}

/** y = −x, elementwise, any shape. */
export function neg(x: Tensor): Tensor {
  return scale(x, -1);
}

/** y = x + summand, elementwise, any shape. */
export function addScalar(x: Tensor, summand: number): Tensor {
  return makeTensor(scaleShift, [x], { scale: 1, shift: summand }, x.shape);
}
