// Taking a tensor apart along an axis, and putting it together again: the gradient of each is made of the other.
import { ShapeError } from "../errors.js";
import type { Op } from "../graph/op.js";
import { sizeOf } from "../graph/shape.js";
import { makeTensors, type Tensor } from "../graph/tensor.js";
import { emitCopy } from "./expand.js";
import { fill } from "./fill.js";
import { concat } from "./parts.js";
import { resolveAxes } from "./reduce.js";
import { reshape } from "./reshape.js";

type UnstackAttributes = { readonly axis: number };

const unstackOp: Op<UnstackAttributes> = {
  name: "unstack",
  indices: true,
  gradients: (dys, { outputs, attributes: { axis } }) => [
    stack(
      outputs.map(({ shape }, i) => dys[i] ?? fill(shape, 0)),
      axis,
    ),
  ],
  lower: ({ node, emit, ys, x: [x], n }) => {
    const { axis } = node.attributes;
    const { shape } = node.inputs[0]!;
    const [lead, inner] = [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis + 1))];
    if (n === 0) return;
    ys.forEach((y, i) => {
      const from = x! + 4 * i * inner;
      emitCopy(emit, { x: from, y, sizes: [lead, inner], strides: [shape[axis]! * inner, 1] });
    });
  },
};

/**
 * The parts of x [d₀, …] along an axis, each without it: as many tensors as x has elements there.
 * @throws {ShapeError} `axis-out-of-range`
 */
export function unstack(x: Tensor, axis = 0): readonly Tensor[] {
  const at = resolveAxes("unstack", x.shape, [axis])[0]!;
  const shape = x.shape.filter((_, i) => i !== at);
  const count = x.shape[at]!;
  if (count === 0) return [];
  return makeTensors(unstackOp, [x], { axis: at }, Array(count).fill({ shape, type: x.type }));
}

/**
 * Tensors of one shape and type side by side along a new axis, which comes at place `axis` of the result's.
 * @throws {ShapeError} `shapes-do-not-fit` when they differ or there is none, `axis-out-of-range`.
 */
export function stack(tensors: readonly Tensor[], axis = 0): Tensor {
  const [first] = tensors;
  if (!first) throw new ShapeError("shapes-do-not-fit", "stack: expected tensors, got none.");
  const at = resolveAxes("stack", [...first.shape, 1], [axis])[0]!;
  const wide = tensors.map((x) => reshape(x, [...x.shape.slice(0, at), 1, ...x.shape.slice(at)]));
  return concat(wide, at);
}
