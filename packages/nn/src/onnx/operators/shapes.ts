import { broadcastShape, type Shape, sizeOf } from "../../graph/shape.js";
import type { Tensor } from "../../graph/tensor.js";
import { add } from "../../ops/add.js";
import { broadcastTo } from "../../ops/broadcast-to.js";
import { cast } from "../../ops/cast.js";
import { less } from "../../ops/comparisons.js";
import { fill } from "../../ops/fill.js";
import { gather } from "../../ops/gather.js";
import { concat, pad, slice } from "../../ops/parts.js";
import { reshape } from "../../ops/reshape.js";
import { takeAlongAxis } from "../../ops/take-along-axis.js";
import { transpose } from "../../ops/transpose.js";
import { where } from "../../ops/where.js";
import type { Call, Operator } from "../call.js";
import { repeated } from "../repeated.js";
import { isKnown, type Known, type Value } from "../value.js";

const whole = (values: readonly number[], shape: Shape = [values.length]): Known => ({
  type: "int64",
  shape,
  values,
});

/** Longer lists of places no network has; a file that asks for one wants the memory. */
const MOST_LISTED = 1 << 20;

const reshaped: Operator = (call) => {
  const x = call.x();
  const wanted = call.numbers("shape", 1) ?? [];
  const keep = !call.flag("allowzero");
  const sizes = wanted.map((size, i) => (size === 0 && keep ? (x.shape[i] ?? 0) : size));
  const rest = sizeOf(sizes.filter((size) => size !== -1));
  const shape = sizes.map((size) => (size === -1 ? sizeOf(x.shape) / (rest || 1) : size));
  return call.result(reshape(x, call.sizes(shape)));
};

const flattened: Operator = (call) => {
  const x = call.x();
  const given = call.number("axis", 1);
  const axis = given < 0 ? given + x.shape.length : given;
  return call.result(reshape(x, [sizeOf(x.shape.slice(0, axis)), sizeOf(x.shape.slice(axis))]));
};

const squeezed: Operator = (call) => {
  const x = call.x();
  const axes = call.numbers("axes", 1)?.map((axis) => call.axis(axis));
  return call.result(
    reshape(
      x,
      x.shape.filter((size, axis) => (axes ? !axes.includes(axis) : size !== 1)),
    ),
  );
};

const unsqueezed: Operator = (call) => {
  const x = call.x();
  const axes = call.numbers("axes", 1) ?? [];
  const rank = x.shape.length + axes.length;
  const added = new Set(axes.map((axis) => call.axis(axis, rank)));
  const left = [...x.shape];
  return call.result(
    reshape(
      x,
      Array.from({ length: rank }, (_, axis) => (added.has(axis) ? 1 : left.shift()!)),
    ),
  );
};

const sliced: Operator = (call) => {
  const starts = call.numbers("starts", 1) ?? [];
  const ends = call.numbers("ends", 2) ?? [];
  const axes = call.numbers("axes", 3) ?? starts.map((_, i) => i);
  const steps = call.numbers("steps", 4) ?? starts.map(() => 1);
  return call.result(slice(call.x(), { starts, ends, axes, steps }));
};

const split: Operator = (call) => {
  const x = call.x();
  const axis = call.axis(call.number("axis", 0));
  const parts = call.node.outputs.length;
  const size = Math.ceil(x.shape[axis]! / parts);
  const sizes =
    call.numbers("split", 1) ??
    Array.from({ length: parts }, (_, i) => Math.min(size, x.shape[axis]! - i * size));
  let start = 0;
  return sizes.map((length) => {
    const part = slice(x, { axes: [axis], starts: [start], ends: [start + length] });
    start += length;
    return call.result(part);
  });
};

/** Which elements of an axis stand where a border repeats the edge, or mirrors what is behind it. */
function bordered(size: number, before: number, behind: number, mode: "edge" | "reflect"): number[] {
  const period = Math.max(1, 2 * (size - 1));
  return Array.from({ length: before + size + behind }, (_, i) => {
    const at = i - before;
    if (mode === "edge") return Math.min(size - 1, Math.max(0, at));
    const turn = ((at % period) + period) % period;
    return turn < size ? turn : period - turn;
  });
}

const padded: Operator = (call) => {
  const x = call.x();
  const mode = call.text("mode", "constant");
  const pads = call.numbers("pads", 1) ?? call.list("paddings") ?? [];
  const axes = call.has(3) ? call.known(3).map((axis) => call.axis(axis)) : x.shape.map((_, axis) => axis);
  const value = call.has(2) ? call.known(2)[0]! : call.number("value", 0);
  const of = (i: number) => [pads[i] ?? 0, pads[i + axes.length] ?? 0] as const;
  if (mode === "edge" || mode === "reflect") {
    let y = x;
    axes.forEach((axis, i) => {
      const [before, behind] = of(i);
      if (before === 0 && behind === 0) return;
      call.sizes([before, behind]);
      if (before + behind > MOST_LISTED || x.shape[axis] === 0)
        throw call.unsupported(`a border of ${before + behind} elements`);
      const places = whole(bordered(x.shape[axis]!, before, behind, mode));
      y = gather(y, cast(call.constant(places), "u32"), { axis });
    });
    return call.result(y);
  }
  if (mode !== "constant") throw call.unsupported(`the mode "${mode}"`);
  // A negative border is cut off.
  const cut = slice(x, {
    axes,
    starts: axes.map((_, i) => Math.max(0, -of(i)[0])),
    ends: axes.map((axis, i) => x.shape[axis]! + Math.min(0, of(i)[1])),
  });
  const borders = axes.map((_, i) => [Math.max(0, of(i)[0]), Math.max(0, of(i)[1])] as const);
  return call.result(pad(cut, borders, axes, value));
};

const expanded: Operator = (call) => {
  const x = call.x();
  const shape = broadcastShape([x.shape, call.sizes(call.known(1))]);
  if (!shape) throw call.unsupported("a shape that its input does not broadcast to");
  return call.result(broadcastTo(x, shape));
};

const tiled: Operator = (call) => {
  const times = call.sizes(call.known(1));
  return call.result(times.reduce((y, count, axis) => repeated(y, axis, count, "whole"), call.x()));
};

/** Indices, of which negative ones count from the end, as Loam takes them. */
function places(call: Call, input: number, size: number): Tensor {
  const value = call.value(input);
  if (isKnown(value)) {
    const values = call.known(input).map((place) => (place < 0 ? place + size : place));
    return cast(call.constant(whole(values, value.shape)), "u32");
  }
  const given = value.tensor;
  return cast(where(less(given, fill([], 0)), add(given, fill([], size)), given), "u32");
}

const gathered: Operator = (call) => {
  const x = call.x();
  const axis = call.axis(call.number("axis", 0));
  return call.result(gather(x, places(call, 1, x.shape[axis]!), { axis }));
};

const gatheredElements: Operator = (call) => {
  const x = call.x();
  const axis = call.axis(call.number("axis", 0));
  return call.result(takeAlongAxis(x, places(call, 1, x.shape[axis]!), { axis }));
};

const constant: Operator = (call): Value => {
  const tensor = call.tensor("value");
  if (tensor) return tensor;
  const { attributes } = call.node;
  const [name] = ["value_int", "value_ints", "value_float", "value_floats"].filter(
    (one) => one in attributes,
  );
  if (!name) throw call.unsupported("a constant of this kind");
  const values = name.endsWith("s") ? call.list(name)! : [call.number(name, 0)];
  return {
    type: name.startsWith("value_int") ? "int64" : "float",
    shape: name.endsWith("s") ? [values.length] : [],
    values,
  };
};

const constantOfShape: Operator = (call) => {
  const shape = call.sizes(call.known(0));
  const { type = "float", values: [value = 0] = [] } = call.tensor("value") ?? {};
  return call.result(fill(shape, value), type);
};

const shapeOfInput: Operator = (call) => {
  const shape = call.shape();
  const ends = (name: string, usual: number) => {
    const at = call.number(name, usual);
    return at < 0 ? at + shape.length : at;
  };
  return whole(shape.slice(ends("start", 0), ends("end", shape.length)));
};

const range: Operator = (call) => {
  const [start, limit, step] = [0, 1, 2].map((input) => call.known(input)[0]!) as [number, number, number];
  const n = Math.max(0, Math.ceil((limit - start) / step));
  if (!(n <= MOST_LISTED)) throw call.unsupported(`a list of ${n} numbers`);
  return { type: call.type(), shape: [n], values: Array.from({ length: n }, (_, i) => start + i * step) };
};

export const shapeOperators: Readonly<Record<string, Operator>> = {
  Reshape: reshaped,
  Flatten: flattened,
  Squeeze: squeezed,
  Unsqueeze: unsqueezed,
  Transpose: (call) => call.result(transpose(call.x(), call.list("perm"))),
  Concat: (call) =>
    call.result(
      concat(
        Array.from({ length: call.count }, (_, i) => call.x(i)),
        call.axis(call.number("axis", 1)),
      ),
    ),
  Slice: sliced,
  Split: split,
  Pad: padded,
  Expand: expanded,
  Tile: tiled,
  Gather: gathered,
  GatherElements: gatheredElements,
  Constant: constant,
  ConstantOfShape: constantOfShape,
  Shape: shapeOfInput,
  Size: (call) => whole([sizeOf(call.shape())], []),
  Range: range,
};
