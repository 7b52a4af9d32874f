import type { Padding, Pair } from "../../graph/geometry.js";
import { sizeOf } from "../../graph/shape.js";
import type { Tensor } from "../../graph/tensor.js";
import { add } from "../../ops/add.js";
import { avgPool2d } from "../../ops/avg-pool2d.js";
import { conv2d } from "../../ops/conv2d.js";
import { conv2dTranspose } from "../../ops/conv2d-transpose.js";
import { max } from "../../ops/extremes.js";
import { maxPool2d } from "../../ops/max-pool2d.js";
import { pad, slice } from "../../ops/parts.js";
import type { ReduceOptions } from "../../ops/reduce.js";
import { mean } from "../../ops/reductions.js";
import { reshape } from "../../ops/reshape.js";
import type { Call, Operator } from "../call.js";
import { repeated } from "../repeated.js";

/** A window along one axis of an image. */
interface Side {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly behind: number;
}

/** Images of one row, for what runs along one axis. */
function asImage(x: Tensor): Tensor {
  const [batch, channels, ...sizes] = x.shape as [number, number, ...number[]];
  return sizes.length === 1 ? reshape(x, [batch, channels, 1, ...sizes]) : x;
}

/** The result with as many dimensions as the node's input has. */
function asInput(y: Tensor, rank: number): Tensor {
  return rank === 3 ? reshape(y, [y.shape[0]!, y.shape[1]!, y.shape[3]!]) : y;
}

/** Two sides, the first of one row where there is only one axis. */
function sidesOf<T>(list: readonly T[], one: T): readonly [T, T] {
  return list.length === 1 ? [one, list[0]!] : [list[0]!, list[1]!];
}

const ONE_ROW: Side = { kernel: 1, stride: 1, dilation: 1, before: 0, behind: 0 };

/** How windows move, one number an axis. */
function listsOf(call: Call, kernel: readonly number[]) {
  const sizes = call.shape().slice(2);
  const lists = {
    kernel,
    strides: call.list("strides") ?? sizes.map(() => 1),
    dilations: call.list("dilations") ?? sizes.map(() => 1),
  };
  for (const list of Object.values(lists)) {
    if (list.length !== sizes.length)
      throw call.unsupported(`windows over ${list.length} of ${sizes.length} axes`);
    call.sizes(list, 1);
  }
  return { ...lists, pads: call.sizes(call.list("pads") ?? []) };
}

function windowsOf(call: Call, kernel: readonly number[]): Side[] {
  const sizes = call.shape().slice(2);
  const { strides, dilations, pads } = listsOf(call, kernel);
  const auto = call.text("auto_pad", "NOTSET");
  if (!["NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"].includes(auto))
    throw call.unsupported(`auto_pad "${auto}"`);
  return sizes.map((size, i) => {
    const [stride, dilation] = [strides[i]!, dilations[i]!];
    const side = { kernel: kernel[i]!, stride, dilation };
    if (auto === "VALID") return { ...side, before: 0, behind: 0 };
    if (auto === "NOTSET") return { ...side, before: pads[i] ?? 0, behind: pads[i + sizes.length] ?? 0 };
    const total = Math.max(
      0,
      (Math.ceil(size / stride) - 1) * stride + dilation * (kernel[i]! - 1) + 1 - size,
    );
    const less = Math.floor(total / 2);
    const [before, behind] = auto === "SAME_UPPER" ? [less, total - less] : [total - less, less];
    return { ...side, before, behind };
  });
}

const pairOf = (sides: readonly [Side, Side], of: (side: Side) => number): Pair => [
  of(sides[0]),
  of(sides[1]),
];

const paddingOf = ([rows, columns]: readonly [Side, Side]): Padding => [
  ...([rows.before, rows.behind] as const),
  ...([columns.before, columns.behind] as const),
];

function withBias(call: Call, y: Tensor): Tensor {
  const bias = call.optional(2);
  return bias ? add(y, reshape(bias, [1, sizeOf(bias.shape), 1, 1])) : y;
}

const convolution: Operator = (call) => {
  call.requireRank(0, 3, 4);
  const sides = sidesOf(windowsOf(call, call.shape(1).slice(2)), ONE_ROW);
  const y = conv2d(asImage(call.x(0)), asImage(call.x(1)), {
    stride: pairOf(sides, ({ stride }) => stride),
    dilation: pairOf(sides, ({ dilation }) => dilation),
    padding: paddingOf(sides),
    groups: call.sizes([call.number("group", 1)], 1)[0]!,
  });
  return call.result(asInput(withBias(call, y), call.shape().length));
};

const transposed: Operator = (call) => {
  call.requireRank(0, 3, 4);
  const sizes = call.shape().slice(2);
  const { kernel, strides, dilations, pads } = listsOf(call, call.shape(1).slice(2));
  const extra = call.sizes(call.list("output_padding") ?? sizes.map(() => 0));
  const auto = call.text("auto_pad", "NOTSET");
  const wanted =
    call.list("output_shape") ??
    (auto.startsWith("SAME") ? sizes.map((size, i) => size * strides[i]!) : undefined);
  const sides = sizes.map((size, i) => {
    const [stride, dilation] = [strides[i]!, dilations[i]!];
    const whole = stride * (size - 1) + dilation * (kernel[i]! - 1) + 1;
    const total = wanted ? whole + extra[i]! - wanted[i]! : 0;
    // What is missing is added behind.
    const less = Math.max(0, Math.floor(total / 2));
    const before = wanted ? (auto === "SAME_LOWER" ? Math.max(0, total - less) : less) : (pads[i] ?? 0);
    const behind = wanted ? total - before : (pads[i + sizes.length] ?? 0);
    return { stride, dilation, before, size: whole + extra[i]! - before - behind };
  });
  const [rows, columns] = sidesOf(sides, { stride: 1, dilation: 1, before: 0, size: 1 });
  const full = conv2dTranspose(asImage(call.x(0)), asImage(call.x(1)), {
    stride: [rows.stride, columns.stride],
    dilation: [rows.dilation, columns.dilation],
    groups: call.sizes([call.number("group", 1)], 1)[0]!,
  });
  // What is left out of the border, or is there beyond it, is taken from the whole.
  const axes = [2, 3];
  const behind = [rows, columns].map(({ before, size }, i) =>
    Math.max(0, before + size - full.shape[axes[i]!]!),
  );
  const y = slice(
    pad(
      full,
      behind.map((more) => [0, more] as const),
      axes,
    ),
    {
      axes,
      starts: [rows.before, columns.before],
      ends: [rows.before + rows.size, columns.before + columns.size],
    },
  );
  return call.result(asInput(withBias(call, y), call.shape().length));
};

/** Pooling windows; with ceil_mode the border grows until the last window that begins inside has its elements. */
function poolOf(call: Call) {
  call.requireRank(0, 3, 4);
  if (call.node.outputs[1]) throw call.unsupported("the places of the maxima as a second output");
  const windows = windowsOf(call, call.list("kernel_shape") ?? []);
  if (windows.some(({ dilation }) => dilation !== 1)) throw call.unsupported("windows with dilations");
  const grown = windows.map((side, i) => {
    const length = call.shape()[i + 2]! + side.before + side.behind - side.kernel;
    const more = call.flag("ceil_mode") ? Math.ceil(length / side.stride) * side.stride - length : 0;
    return { ...side, behind: side.behind + more };
  });
  const sides = sidesOf(grown, ONE_ROW);
  const grows = grown.some((side, i) => side.behind !== windows[i]!.behind);
  return {
    grows,
    options: {
      kernelSize: pairOf(sides, ({ kernel }) => kernel),
      stride: pairOf(sides, ({ stride }) => stride),
      padding: paddingOf(sides),
    },
  };
}

const maxPool: Operator = (call) =>
  call.result(asInput(maxPool2d(asImage(call.x()), poolOf(call).options), call.shape().length));

const avgPool: Operator = (call) => {
  const { grows, options } = poolOf(call);
  const includePadding = call.flag("count_include_pad");
  if (grows && includePadding) throw call.unsupported("ceil_mode where the padding counts");
  return call.result(
    asInput(avgPool2d(asImage(call.x()), { ...options, includePadding }), call.shape().length),
  );
};

const globalPool =
  (f: (x: Tensor, options: ReduceOptions) => Tensor): Operator =>
  (call) => {
    const axes = call.shape().flatMap((_, axis) => (axis < 2 ? [] : [axis]));
    return call.result(f(call.x(), { axes, keepDims: true }));
  };

/** Where "nearest" comes to repeating every element as often as a whole number says. */
function repeats(call: Call): boolean {
  const mode = call.text("mode", "nearest");
  if (call.node.operator === "Upsample" || call.opset < 11) return mode === "nearest";
  const place = call.text("coordinate_transformation_mode", "half_pixel");
  const rounding = call.text("nearest_mode", "round_prefer_floor");
  const asWindows = place === "asymmetric" && rounding === "floor";
  return (
    mode === "nearest" && (asWindows || (place.endsWith("half_pixel") && rounding.startsWith("round_prefer")))
  );
}

const enlarged: Operator = (call) => {
  const x = call.x();
  const scales = call.has(2) ? call.known(2) : call.has(1) ? call.known(1) : (call.list("scales") ?? []);
  const sizes = call.has(3) ? call.known(3) : [];
  const times = x.shape.map((size, axis) => (sizes.length > 0 ? sizes[axis]! / size : (scales[axis] ?? 0)));
  if (!repeats(call) || !times.every((n) => Number.isInteger(n) && n >= 1)) {
    throw call.unsupported("another way than to repeat elements a whole number of times");
  }
  return call.result(times.reduce((y, count, axis) => repeated(y, axis, count, "each"), x));
};

export const windowOperators: Readonly<Record<string, Operator>> = {
  Conv: convolution,
  ConvTranspose: transposed,
  MaxPool: maxPool,
  AveragePool: avgPool,
  GlobalAveragePool: globalPool(mean),
  GlobalMaxPool: globalPool(max),
  Resize: enlarged,
  Upsample: enlarged,
};
