import { sizeOf } from "../../graph/shape.js";
import type { Tensor } from "../../graph/tensor.js";
import { abs } from "../../ops/abs.js";
import { argmax } from "../../ops/argmax.js";
import { cast } from "../../ops/cast.js";
import { exp } from "../../ops/exp.js";
import { max, min } from "../../ops/extremes.js";
import { log } from "../../ops/log.js";
import { logSoftmax } from "../../ops/log-softmax.js";
import { slice } from "../../ops/parts.js";
import type { ReduceOptions } from "../../ops/reduce.js";
import { mean, sum } from "../../ops/reductions.js";
import { reshape } from "../../ops/reshape.js";
import { addScalar, neg } from "../../ops/scale.js";
import { softmax } from "../../ops/softmax.js";
import { sqrt } from "../../ops/sqrt.js";
import { square } from "../../ops/square.js";
import type { Operator } from "../call.js";

const reduction =
  (f: (x: Tensor, options: ReduceOptions) => Tensor): Operator =>
  (call) => {
    const x = call.x();
    const axes = call.numbers("axes", 1);
    const none = axes === undefined || axes.length === 0;
    if (none && call.flag("noop_with_empty_axes")) return call.result(x);
    const keepDims = call.flag("keepdims", true);
    return call.result(f(x, none ? { keepDims } : { axes: axes.map((axis) => call.axis(axis)), keepDims }));
  };

const place =
  (of: (x: Tensor) => Tensor): Operator =>
  (call) => {
    const axis = call.axis(call.number("axis", 0));
    const keepDims = call.flag("keepdims", true);
    const x = of(call.x());
    if (!call.flag("select_last_index"))
      return call.result(cast(argmax(x, { axis, keepDims }), "f32"), "int64");
    const turned = slice(x, { axes: [axis], starts: [-1], steps: [-1] });
    const fromEnd = cast(argmax(turned, { axis, keepDims }), "f32");
    return call.result(addScalar(neg(fromEnd), x.shape[axis]! - 1), "int64");
  };

/** Before version 13, all axes from the given one on were one. */
const alongAxis =
  (f: (x: Tensor, axis?: number) => Tensor): Operator =>
  (call) => {
    const x = call.x();
    const axis = call.axis(call.number("axis", call.opset < 13 ? 1 : -1));
    if (call.opset >= 13) return call.result(f(x, axis));
    const rows = [sizeOf(x.shape.slice(0, axis)), sizeOf(x.shape.slice(axis))];
    return call.result(reshape(f(reshape(x, rows)), x.shape));
  };

export const reductionOperators: Readonly<Record<string, Operator>> = {
  ReduceSum: reduction(sum),
  ReduceMean: reduction(mean),
  ReduceMax: reduction(max),
  ReduceMin: reduction(min),
  ReduceSumSquare: reduction((x, options) => sum(square(x), options)),
  ReduceL1: reduction((x, options) => sum(abs(x), options)),
  ReduceL2: reduction((x, options) => sqrt(sum(square(x), options))),
  ReduceLogSum: reduction((x, options) => log(sum(x, options))),
  ReduceLogSumExp: reduction((x, options) => log(sum(exp(x), options))),
  ArgMax: place((x) => x),
  ArgMin: place(neg),
  Softmax: alongAxis(softmax),
  LogSoftmax: alongAxis(logSoftmax),
};
