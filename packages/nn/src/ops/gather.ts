// Picking rows and adding rows up in one file: each is the other's gradient.
import { ConfigError, requireNonNegativeInteger, ShapeError } from "../errors.js";
import type { Op } from "../graph/op.js";
import { formatShape, type Shape, sameShape, sizeOf } from "../graph/shape.js";
import { makeTensor, type Tensor } from "../graph/tensor.js";
import { requireIndices } from "./indices.js";
import { resolveAxes } from "./reduce.js";

/** The bits of NaN, and an index that is out of every range. */
const NAN_WORD = 0x7fc00000;
const NO_INDEX = 0xffffffff;

type GatherAttributes = {
  readonly axis: number;
  /** The word of which an element that is not there consists. */
  readonly missing: number;
};

type ScatterAttributes = { readonly axis: number };

export interface GatherOptions {
  /** Along which axis of x to pick; 0 unless given, and from the last one back with a negative number. */
  readonly axis?: number;
}

export interface ScatterAddOptions {
  /** How long the result is along `axis`; indices count up to it. */
  readonly size: number;
  /** The result's axis along which the indices say where to add, in place of which updates have the indices' own; 0 unless given. */
  readonly axis?: number;
}

const gatherOp: Op<GatherAttributes> = {
  name: "gather",
  indices: true,
  gradient: (dy, { inputs: [x, indices], attributes: { axis } }) => [
    scatterAdd(dy, indices!, { size: x!.shape[axis]!, axis }),
  ],
  lower: ({ node, emit, y, x: [x, indices], n }) => {
    if (n === 0) return;
    const { axis, missing } = node.attributes;
    const sizes = sizesOf(node.inputs[0]!.shape, axis, node);
    emit("gather_rows", { y, x: x!, indices: indices!, ...sizes, missing });
  },
};

const scatterAddOp: Op<ScatterAttributes> = {
  name: "scatterAdd",
  indices: true,
  // What was left out has no gradient, so that a row that is not there is 0 here.
  gradient: (dy, { inputs: [, indices], attributes: { axis } }) => [makeGather(dy, indices!, axis, 0)],
  lower: ({ node, emit, y, x: [x, indices], n }) => {
    if (n === 0) return;
    const sizes = sizesOf(node.shape, node.attributes.axis, node);
    emit("scatter_add_rows", { y, x: x!, indices: indices!, ...sizes });
  },
};

/** An array of rows seen as [outer, n, inner], and how many indices there are. */
function sizesOf(shape: Shape, axis: number, { inputs: [, indices] }: Tensor) {
  return {
    outer: sizeOf(shape.slice(0, axis)),
    n: shape[axis]!,
    count: sizeOf(indices!.shape),
    inner: sizeOf(shape.slice(axis + 1)),
  };
}

function makeGather(x: Tensor, indices: Tensor, axis: number, missing: number): Tensor {
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
  return makeTensor(gatherOp, [x, indices], { axis, missing }, shape, x.type);
}

/**
 * Picks along an axis, as NumPy's `take` and ONNX's Gather: y[a, i, b] = x[a, indices[i], b], where a stands for the axes before `axis`, b for
 * those behind it and i for all of the indices'.
 *
 * x [A, n, B], indices u32 [I] → [A, I, B], of x's type; A, B and I may be any number of dimensions. An index of n or more gives NaN (2³² − 1 of
 * a u32), which passes on and is found where numbers must be finite. The gradient is `scatterAdd`, to which such an index adds nothing.
 * @throws {ShapeError} `axis-out-of-range`; {ConfigError} `not-indices` when indices are not u32.
 */
export function gather(x: Tensor, indices: Tensor, { axis = 0 }: GatherOptions = {}): Tensor {
  requireIndices("gather", indices);
  const [along] = resolveAxes("gather", x.shape, [axis]) as [number];
  return makeGather(x, indices, along, x.type === "u32" ? NO_INDEX : NAN_WORD);
}

/**
 * Adds up what goes to one place: y[a, t, b] = Σ updates[a, i, b] over the i with indices[i] = t, 0 where there is none; a, b and i as in `gather`.
 *
 * updates [A, I, B], indices u32 [I] → [A, size, B]. Sums are float32, in the order of the indices, and so the same bits on any number of
 * threads. An index of `size` or more is left out. dupdates = gather(dy, indices), 0 where an index was left out.
 * @throws {ShapeError} `updates-shape` when updates do not have the indices' shape in place of `axis`, `axis-out-of-range`; {ConfigError}
 * `not-indices` when indices are not u32, `labels-not-dense` when updates are, `size-negative`.
 */
export function scatterAdd(updates: Tensor, indices: Tensor, { size, axis = 0 }: ScatterAddOptions): Tensor {
  requireIndices("scatterAdd", indices);
  // The op takes u32 for its indices, and so nobody else would see.
  if (updates.type === "u32") {
    throw new ConfigError(
      "labels-not-dense",
      'scatterAdd: expected updates that are numbers, got u32; convert them with cast(updates, "f32").',
    );
  }
  requireNonNegativeInteger("scatterAdd", "size", size);
  const { length } = indices.shape;
  const rank = updates.shape.length - length + 1;
  const at = axis < 0 ? axis + rank : axis;
  const own = updates.shape.slice(at, at + length);
  if (rank < 1 || !sameShape(own, indices.shape)) {
    throw new ShapeError(
      "updates-shape",
      `scatterAdd: expected updates with the indices' ${formatShape(indices.shape)} at axis ${axis}, got ${formatShape(updates.shape)}.`,
    );
  }
  const shape = [...updates.shape.slice(0, at), size, ...updates.shape.slice(at + length)];
  const [along] = resolveAxes("scatterAdd", shape, [axis]) as [number];
  return makeTensor(scatterAddOp, [updates, indices], { axis: along }, shape);
}
