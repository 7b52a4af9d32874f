import { constant } from "../graph/expression.js";
import type { Op } from "../graph/op.js";
import type { Shape } from "../graph/shape.js";
import { makeTensor, type Tensor } from "../graph/tensor.js";

const op: Op = {
  name: "fill",
  layout: "alike",
  expressions: ({ attributes }) => [constant(attributes.value as number)],
  lower: ({ node, emit, y, n }) => emit("fill", { y, n, value: node.attributes.value as number }),
};

/** A tensor whose every element is `value`. */
export function fill(shape: Shape, value: number): Tensor {
  return makeTensor(op, [], { value }, shape);
}

/** The value of a tensor made by `fill`, so that rules can fold it; undefined for every other. */
export function constantOf(tensor: Tensor): number | undefined {
  return tensor.op === op ? (tensor.attributes.value as number) : undefined;
}
