import { sizeOf } from "../../graph/shape.js";
import type { Tensor } from "../../graph/tensor.js";
import { add } from "../../ops/add.js";
import { mul } from "../../ops/mul.js";
import { mean } from "../../ops/reductions.js";
import { reshape } from "../../ops/reshape.js";
import { rsqrt } from "../../ops/rsqrt.js";
import { addScalar, scale } from "../../ops/scale.js";
import { square } from "../../ops/square.js";
import { sub } from "../../ops/sub.js";
import type { Operator } from "../call.js";

/** Numbers a channel, over an image of any number of dimensions. */
function perChannel(x: Tensor, rank: number): Tensor {
  return reshape(x, [1, sizeOf(x.shape), ...Array.from({ length: rank - 2 }, () => 1)]);
}

function momentsOf(x: Tensor, axes: readonly number[]) {
  const middle = mean(x, { axes, keepDims: true });
  const centred = sub(x, middle);
  return { middle, centred, variance: mean(square(centred), { axes, keepDims: true }) };
}

/** (x − mean) / √(variance + ε) · scale + B, with the averages that were kept, or with the batch's own where training_mode says so. */
const batchNorm: Operator = (call) => {
  call.requireRank(0, 2, 8);
  const x = call.x();
  const rank = x.shape.length;
  const epsilon = call.number("epsilon", 1e-5);
  const [weight, bias] = [perChannel(call.x(1), rank), perChannel(call.x(2), rank)];
  const [kept, spread] = [call.state(3), call.state(4)];
  const scaled = (centred: Tensor, variance: Tensor) =>
    call.result(add(mul(mul(centred, rsqrt(addScalar(variance, epsilon))), weight), bias));
  if (!call.flag("training_mode")) {
    if (call.opset < 14 && call.node.outputs.slice(1).some((name) => name !== "")) {
      throw call.unsupported("training by operators before version 14");
    }
    return scaled(sub(x, perChannel(kept, rank)), perChannel(spread, rank));
  }
  const axes = x.shape.flatMap((_, axis) => (axis === 1 ? [] : [axis]));
  const { middle, centred, variance } = momentsOf(x, axes);
  const momentum = call.number("momentum", 0.9);
  const moved = (average: Tensor, now: Tensor) =>
    call.result(add(scale(average, momentum), scale(reshape(now, average.shape), 1 - momentum)));
  return [scaled(centred, variance), moved(kept, middle), moved(spread, variance)];
};

const layerNorm: Operator = (call) => {
  const x = call.x();
  const first = call.axis(call.number("axis", -1));
  const axes = x.shape.flatMap((_, axis) => (axis < first ? [] : [axis]));
  const { middle, centred, variance } = momentsOf(x, axes);
  const inverse = rsqrt(addScalar(variance, call.number("epsilon", 1e-5)));
  const scaled = mul(mul(centred, inverse), call.x(1));
  const bias = call.optional(2);
  return [call.result(bias ? add(scaled, bias) : scaled), call.result(middle), call.result(inverse)];
};

const instanceNorm: Operator = (call) => {
  call.requireRank(0, 3, 8);
  const x = call.x();
  const axes = x.shape.flatMap((_, axis) => (axis < 2 ? [] : [axis]));
  const { centred, variance } = momentsOf(x, axes);
  const scaled = mul(centred, rsqrt(addScalar(variance, call.number("epsilon", 1e-5))));
  const rank = x.shape.length;
  return call.result(add(mul(scaled, perChannel(call.x(1), rank)), perChannel(call.x(2), rank)));
};

export const normOperators: Readonly<Record<string, Operator>> = {
  BatchNormalization: batchNorm,
  LayerNormalization: layerNorm,
  InstanceNormalization: instanceNorm,
};
