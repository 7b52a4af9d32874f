import { ShapeError } from "../errors.js";
import { type Layout, type MemoryAxis, memoryAxes } from "../graph/layout.js";
import type { Lowering, Op } from "../graph/op.js";
import { formatShape, type Shape, sizeOf } from "../graph/shape.js";
import { makeTensor, type Tensor } from "../graph/tensor.js";
import { elementwise } from "./elementwise.js";
import { emitCopy, stridesOf } from "./expand.js";
import { constantOf, fill } from "./fill.js";
import { mul } from "./mul.js";
import { reshape } from "./reshape.js";

export type Reduction = "sum" | "max" | "min";

export type ReduceAttributes = {
  readonly kind: Reduction;
  /** In ascending order. */
  readonly axes: readonly number[];
  readonly keepDims: boolean;
  /** What a sum is multiplied by. */
  readonly scale: number;
};

export interface ReduceOptions {
  /** Over which axes, counted from 0, or from the last one back with negative numbers; over all unless given. */
  readonly axes?: readonly number[];
  /** Whether these axes stay, with size 1, so that the result broadcasts over x. */
  readonly keepDims?: boolean;
}

export const reduceOp: Op<ReduceAttributes> = {
  name: "reduce",
  // Over everything, what order a sum is taken in is that of memory.
  layout: ({ inputs: [x], attributes }, inputs) => {
    const isWhole = attributes.axes.length === x!.shape.length;
    return {
      inputs: isWhole || isPlain(x!.shape, attributes, inputs[0]) ? inputs : [undefined],
      output: undefined,
    };
  },
  gradient: (dy, y) => {
    const { kind, axes, scale } = y.attributes;
    const x = y.inputs[0]!;
    if (kind !== "sum") return [extremeGradient(x, y, dy)];
    const constant = constantOf(dy);
    if (constant !== undefined) return [fill(x.shape, constant * scale)];
    return [mul(fill(x.shape, scale), reshape(dy, keptShape(x.shape, axes)))];
  },
  lower: lowerReduce,
};

/** A tensor that is reduced, as it lies: [before, what is reduced, behind]. */
interface Sides {
  readonly before: number;
  readonly behind: number;
}

/** The sides of a tensor; undefined where what is reduced does not lie together, or what is kept not in the order of the axes. */
function sidesOf(shape: Shape, axes: readonly number[], layout: Layout | undefined): Sides | undefined {
  const lying = memoryAxes(shape, layout);
  if (!lying) return undefined;
  const isGone = ({ axis }: MemoryAxis) => axes.includes(axis);
  const kept = lying.filter((one) => !isGone(one));
  if (kept.some(({ rank }, i) => i > 0 && rank < kept[i - 1]!.rank)) return undefined;
  const first = lying.findIndex(isGone);
  const next = first + lying.length - kept.length;
  if (first < 0) return { before: sizeOf(shape), behind: 1 };
  if (!lying.slice(first, next).every(isGone)) return undefined;
  const [before, behind] = [lying.slice(0, first), lying.slice(next)].map((part) =>
    sizeOf(part.map(({ size }) => size)),
  );
  return { before: before!, behind: behind! };
}

/** Whether a reduction has an instruction over what lies so: sums always, the greatest where nothing lies behind. */
function isPlain(shape: Shape, { kind, axes }: ReduceAttributes, layout?: Layout): boolean {
  const sides = sidesOf(shape, axes, layout);
  return sides !== undefined && (kind === "sum" || sides.behind === 1);
}

/** Whether a reduction has an instruction over a row-major tensor. */
export function isPlainReduction({ op, attributes, inputs: [x] }: Tensor): boolean {
  return op === reduceOp && isPlain(x!.shape, attributes as ReduceAttributes);
}

function lowerReduce({ node, emit, y, n, x: [input], layout, scratch }: Lowering<ReduceAttributes>): void {
  const { kind, axes, scale } = node.attributes;
  const { shape } = node.inputs[0]!;
  const size = sizeOf(shape);
  if (n === 0) return;
  if (size === 0) {
    const empty = { sum: 0, max: Number.NEGATIVE_INFINITY, min: Number.POSITIVE_INFINITY };
    emit("fill", { y, n, value: empty[kind] });
    return;
  }
  const count = size / n;
  let x = input!;
  const sides = n === 1 ? { before: 1, behind: 1 } : sidesOf(shape, axes, layout(0));
  if (kind === "sum" && sides && sides.behind > 1) {
    emit("sum_rows", {
      ...{ y, x, batch: sides.before, rows: count, cols: sides.behind },
      ...{ scale, accumulate: 0 },
    });
    return;
  }
  if (sides?.behind !== 1) {
    // What is reduced is brought behind what is kept.
    const isGone = (axis: number) => axes.includes(axis);
    const all = shape.map((_, axis) => axis);
    const order = [...all.filter((axis) => !isGone(axis)), ...all.filter(isGone)];
    const strides = stridesOf(shape);
    const copy = scratch(4 * size);
    emitCopy(emit, {
      x,
      y: copy,
      sizes: order.map((axis) => shape[axis]!),
      strides: order.map((axis) => strides[axis]!),
    });
    x = copy;
  }
  if (kind === "sum") emit("sum_cols", { y, x, rows: n, cols: count, scale, accumulate: 0 });
  else if (kind === "max") emit("max_cols", { y, x, rows: n, cols: count });
  else {
    // min x = −max(−x)
    const negated = scratch(4 * size);
    emit("scale_shift", { y: negated, x, n: size, scale: -1, shift: 0 });
    emit("max_cols", { y, x: negated, rows: n, cols: count });
    emit("scale_shift", { y, x: y, n, scale: -1, shift: 0 });
  }
}

const isExtreme = elementwise("isExtreme", ["x", "y"], ({ x, y }) => x.eq(y));
const toExtremes = elementwise("toExtremes", ["x", "y", "share"], ({ x, y, share }) =>
  x.eq(y).where(share, 0),
);
const shareOf = elementwise("shareOf", ["dy", "count"], ({ dy, count }) => dy.div(count));

/** Equal extremes share what flows back, as in PyTorch's amax and amin. */
function extremeGradient(x: Tensor, y: Tensor<ReduceAttributes>, dy: Tensor): Tensor {
  const { axes } = y.attributes;
  const shape = keptShape(x.shape, axes);
  const extreme = reshape(y, shape);
  const count = reduce("sum", isExtreme(x, extreme), { axes, keepDims: true });
  return toExtremes(x, extreme, shareOf(reshape(dy, shape), count));
}

/** A shape with size 1 along some axes. */
function keptShape(shape: Shape, axes: readonly number[]): Shape {
  return shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
}

/** Axes as they are counted from 0, in ascending order. @throws {ShapeError} `axis-out-of-range`. */
export function resolveAxes(owner: string, shape: Shape, axes: readonly number[]): number[] {
  const rank = shape.length;
  const resolved = axes.map((axis) => (axis < 0 ? axis + rank : axis));
  const right = resolved.every((axis) => Number.isInteger(axis) && axis >= 0 && axis < rank);
  if (!right || new Set(resolved).size < resolved.length) {
    throw new ShapeError(
      "axis-out-of-range",
      `${owner}: expected different axes in [${-rank}, ${rank}) for ${formatShape(shape)}, got ${formatShape(axes)}.`,
    );
  }
  return resolved.sort((a, b) => a - b);
}

/**
 * A reduction over some axes of x: Σ times `scale`, the greatest, or the least element.
 *
 * x [d₀, d₁, …] → its shape without these axes, or with size 1 there.
 * @throws {ShapeError} `axis-out-of-range` for an axis that x does not have, or that is named twice.
 */
export function reduce(kind: Reduction, x: Tensor, options: ReduceOptions = {}, scale = 1): Tensor {
  const { keepDims = false } = options;
  const axes = resolveAxes(kind, x.shape, options.axes ?? x.shape.map((_, axis) => axis));
  const shape = keepDims ? keptShape(x.shape, axes) : x.shape.filter((_, axis) => !axes.includes(axis));
  return makeTensor(reduceOp, [x], { kind, axes, keepDims, scale }, shape);
}
