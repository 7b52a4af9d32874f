// Slices, joins and borders in one file: the gradients of each are made of the others.
import { ConfigError, ShapeError } from "../errors.js";
import type { Op } from "../graph/op.js";
import { formatShape, sizeOf } from "../graph/shape.js";
import { makeTensor, type Tensor } from "../graph/tensor.js";
import { emitCopy, stridesOf } from "./expand.js";
import { fill } from "./fill.js";
import { resolveAxes } from "./reduce.js";
import { reshape } from "./reshape.js";

type SliceAttributes = {
  /** By axis: the first element that is taken, and how far the next one is. */
  readonly starts: readonly number[];
  readonly steps: readonly number[];
};

export interface SliceOptions {
  /** Where to begin along each of `axes`; a negative number counts from the end. */
  readonly starts: readonly number[];
  /** Before which element to stop; a negative number counts from the end. Through the last one (with a negative step, the first) unless given. */
  readonly ends?: readonly (number | undefined)[];
  /** 1 unless given; a negative step goes backwards. */
  readonly steps?: readonly number[];
  /** The first ones unless given. */
  readonly axes?: readonly number[];
}

const sliceOp: Op<SliceAttributes> = {
  name: "slice",
  gradient: (dy, { inputs: [x], attributes }) => {
    const { starts, steps } = attributes;
    let dx = dy;
    starts.forEach((start, axis) => {
      dx = spread(dx, axis, start, steps[axis]!, x!.shape[axis]!);
    });
    return [dx];
  },
  lower: ({ node, emit, y, x: [x] }) => {
    const { starts, steps } = node.attributes;
    const strides = stridesOf(node.inputs[0]!.shape);
    const first = starts.reduce((place, start, axis) => place + start * strides[axis]!, 0);
    emitCopy(emit, {
      x: x! + 4 * first,
      y,
      sizes: node.shape,
      strides: strides.map((stride, axis) => stride * steps[axis]!),
    });
  },
};

/** Whether a tensor is a part of another one. */
export const isSlice = ({ op }: Tensor): boolean => op === (sliceOp as Op);

/** Puts the elements of dy along an axis where they came from in `size` elements, with zeros between. */
function spread(dy: Tensor, axis: number, start: number, step: number, size: number): Tensor {
  const count = dy.shape[axis]!;
  if (count === 0 || step < 0) {
    if (count < 2) return spread(dy, axis, count === 0 ? 0 : start, 1, size);
    const backwards = slice(dy, { axes: [axis], starts: [-1], steps: [-1] });
    return spread(backwards, axis, start + (count - 1) * step, -step, size);
  }
  let dx = dy;
  if (step > 1) {
    const { shape } = dy;
    const parted = reshape(dy, [...shape.slice(0, axis + 1), 1, ...shape.slice(axis + 1)]);
    const apart = pad(parted, [[0, step - 1]], [axis + 1]);
    const joined = reshape(apart, [...shape.slice(0, axis), count * step, ...shape.slice(axis + 1)]);
    dx = slice(joined, { axes: [axis], starts: [0], ends: [(count - 1) * step + 1] });
  }
  return pad(dx, [[start, size - start - dx.shape[axis]!]], [axis]);
}

/**
 * A part of x: along each of `axes` the elements from `start` to before `end` in steps, as NumPy's slices have it; what lies beyond x is left
 * out.
 * @throws {ShapeError} `axis-out-of-range`; {ConfigError} `slice-step` for a step of 0 or no whole number.
 */
export function slice(x: Tensor, { starts, ends = [], steps = [], axes }: SliceOptions): Tensor {
  const named = axes ?? starts.map((_, i) => i);
  const whole = x.shape.map((size) => ({ start: 0, step: 1, count: size }));
  resolveAxes("slice", x.shape, named);
  named.forEach((given, i) => {
    const axis = given < 0 ? given + x.shape.length : given;
    const step = steps[i] ?? 1;
    const size = x.shape[axis]!;
    if (!Number.isInteger(step) || step === 0 || !Number.isInteger(starts[i])) {
      throw new ConfigError(
        "slice-step",
        `slice: expected whole starts and steps other than 0, got ${formatShape(starts)} and ${formatShape(steps)}.`,
      );
    }
    const [least, most] = step > 0 ? [0, size] : [-1, size - 1];
    const within = (place: number) => Math.min(most, Math.max(least, place < 0 ? place + size : place));
    const start = within(starts[i]!);
    const end = ends[i] === undefined ? (step > 0 ? size : -1) : within(ends[i]);
    whole[axis] = { start, step, count: Math.max(0, Math.ceil((end - start) / step)) };
  });
  const attributes = { starts: whole.map(({ start }) => start), steps: whole.map(({ step }) => step) };
  const shape = whole.map(({ count }) => count);
  const all = whole.every(
    ({ start, step, count }, axis) => start === 0 && step === 1 && count === x.shape[axis],
  );
  return all ? x : makeTensor(sliceOp, [x], attributes, shape, x.type);
}

type ConcatAttributes = { readonly axis: number };

const concatOp: Op<ConcatAttributes> = {
  name: "concat",
  gradient: (dy, { inputs, attributes: { axis } }) => {
    let start = 0;
    return inputs.map((x) => {
      const end = start + x.shape[axis]!;
      const dx = slice(dy, { axes: [axis], starts: [start], ends: [end] });
      start = end;
      return dx;
    });
  },
  lower: ({ node, emit, y, x, n, scratch }) => {
    const { axis } = node.attributes;
    const lead = sizeOf(node.shape.slice(0, axis));
    const inner = sizeOf(node.shape.slice(axis + 1));
    // With the axis outermost, what is joined lies one behind the other.
    let to = lead === 1 ? y : scratch(4 * n);
    node.inputs.forEach(({ shape }, i) => {
      const along = shape[axis]!;
      const size = lead * along * inner;
      if (size === 0) return;
      if (lead === 1) emit("copy", { y: to, x: x[i]!, n: size });
      else
        emitCopy(emit, { x: x[i]!, y: to, sizes: [along, lead, inner], strides: [inner, along * inner, 1] });
      to += 4 * size;
    });
    if (lead === 1 || n === 0) return;
    const sizes = [lead, node.shape[axis]!, inner];
    emitCopy(emit, { x: to - 4 * n, y, sizes, strides: [inner, lead * inner, 1] });
  },
};

/**
 * Tensors joined along an axis, one behind the other; their other dimensions and their types are equal.
 * @throws {ShapeError} `shapes-do-not-fit` when they are not, `axis-out-of-range`.
 */
export function concat(tensors: readonly Tensor[], axis: number): Tensor {
  const [first, ...others] = tensors;
  if (!first) throw new ShapeError("shapes-do-not-fit", "concat: expected tensors, got none.");
  const along = resolveAxes("concat", first.shape, [axis])[0]!;
  const fits = ({ shape, type }: Tensor) =>
    type === first.type &&
    shape.length === first.shape.length &&
    shape.every((size, i) => i === along || size === first.shape[i]);
  if (!others.every(fits)) {
    throw new ShapeError(
      "shapes-do-not-fit",
      `concat: expected tensors of one type whose dimensions are equal but for axis ${along}, got ${tensors.map(({ shape }) => formatShape(shape)).join(" and ")}.`,
    );
  }
  if (others.length === 0) return first;
  const total = tensors.reduce((sum, { shape }) => sum + shape[along]!, 0);
  const shape = first.shape.map((size, i) => (i === along ? total : size));
  return makeTensor(concatOp, tensors, { axis: along }, shape, first.type);
}

/**
 * x with `pads[i]` = [before, behind] elements of `value` along `axes[i]` (the first ones unless given).
 * @throws {ShapeError} `pads-negative` for a negative number of elements; cut with `slice`.
 */
export function pad(
  x: Tensor,
  pads: readonly (readonly [before: number, behind: number])[],
  axes: readonly number[] = pads.map((_, i) => i),
  value = 0,
): Tensor {
  let y = x;
  pads.forEach(([before, behind], i) => {
    const axis = axes[i]!;
    if (!(before >= 0 && behind >= 0)) {
      throw new ShapeError("pads-negative", `pad: expected pads of at least 0, got ${before} and ${behind}.`);
    }
    const border = (size: number) =>
      fill(
        y.shape.map((own, at) => (at === axis ? size : own)),
        value,
      );
    const parts = [...(before ? [border(before)] : []), y, ...(behind ? [border(behind)] : [])];
    y = concat(parts, axis);
  });
  return y;
}
