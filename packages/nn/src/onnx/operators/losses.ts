import { type Shape, sizeOf } from "../../graph/shape.js";
import type { Tensor } from "../../graph/tensor.js";
import { arange } from "../../ops/arange.js";
import { equal, notEqual } from "../../ops/comparisons.js";
import { div } from "../../ops/div.js";
import { fill } from "../../ops/fill.js";
import { logSoftmax } from "../../ops/log-softmax.js";
import { mul } from "../../ops/mul.js";
import { sum } from "../../ops/reductions.js";
import { reshape } from "../../ops/reshape.js";
import { neg } from "../../ops/scale.js";
import { where } from "../../ops/where.js";
import type { Call, Operator } from "../call.js";

/** −Σ w[target]·p[target] along axis 1, as the node wants it brought together: the negative log-likelihood, of logarithms p [N, C, …]. */
function likelihoodLoss(call: Call, logs: Tensor): Tensor {
  const target = call.x(1);
  const [, classes] = logs.shape as [number, number];
  const alongClasses: Shape = logs.shape.map((size, axis) => (axis === 1 ? size : 1));
  const [batch, ...rest] = target.shape as [number, ...number[]];
  const chosen = equal(reshape(target, [batch, 1, ...rest]), reshape(arange(classes), alongClasses));
  const pick = (x: Tensor) => sum(where(chosen, x, fill([], 0)), { axes: [1] });
  const losses = neg(pick(logs));
  const weights = call.optional(2);
  const ignored = call.node.attributes.ignore_index;
  let weight = weights ? pick(reshape(weights, alongClasses)) : undefined;
  if (ignored !== undefined) {
    const counts = notEqual(target, fill([], call.number("ignore_index", 0)));
    weight = where(counts, weight ?? fill(target.shape, 1), fill([], 0));
  }
  const weighted = weight ? mul(losses, weight) : losses;
  const reduction = call.text("reduction", "mean");
  if (reduction === "none") return weighted;
  if (reduction === "sum") return sum(weighted);
  if (reduction !== "mean") throw call.unsupported(`the reduction "${reduction}"`);
  return div(sum(weighted), weight ? sum(weight) : fill([], sizeOf(target.shape)));
}

const crossEntropy: Operator = (call) => {
  const logs = logSoftmax(call.x(), 1);
  return [call.result(likelihoodLoss(call, logs)), call.result(logs)];
};

export const lossOperators: Readonly<Record<string, Operator>> = {
  NegativeLogLikelihoodLoss: (call) => call.result(likelihoodLoss(call, call.x())),
  SoftmaxCrossEntropyLoss: crossEntropy,
};
