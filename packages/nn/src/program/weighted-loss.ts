import { ConfigError } from "../errors.js";
import { sizeOf } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import { mul } from "../ops/mul.js";
import { type ReduceAttributes, reduceOp } from "../ops/reduce.js";
import { mean } from "../ops/reductions.js";

/** A loss, as messages call it. */
interface Named {
  readonly name: string;
}

/**
 * Makes of a loss L = Σ lᵢ / batch the weighted one, Σ wᵢ·lᵢ / batch, as Keras does: what a sample counts does not depend on the others of its
 * batch, and a batch of zeros is no division by 0.
 * @param weights [batch]
 */
export function weightedLoss(weights: Tensor): (loss: Named, value: Tensor) => Tensor {
  return (loss, value) => mul(eachOf(loss, value, weights.shape[0]!), weights);
}

/**
 * The loss of each sample [batch], of a loss that gives these or their mean: then the mean is taken apart.
 * @throws {ConfigError} `loss-not-by-sample`
 */
function eachOf({ name }: Named, value: Tensor, batch: number): Tensor {
  const each = isMean(value) ? value.inputs[0]! : value;
  if (each.shape[0] !== batch) {
    throw new ConfigError(
      "loss-not-by-sample",
      `The loss ${name} gives no loss a sample, and so cannot weigh them; return ops.mean of numbers [batch, …], or those themselves.`,
    );
  }
  return each.shape.length === 1 ? each : mean(each, { axes: each.shape.slice(1).map((_, i) => i + 1) });
}

function isMean({ op, shape, attributes, inputs: [x] }: Tensor): boolean {
  const { kind, scale } = attributes as ReduceAttributes;
  return op === reduceOp && shape.length === 0 && kind === "sum" && scale === 1 / sizeOf(x!.shape);
}
