import type { Tensor } from "../graph/tensor.js";

/**
 * What training makes small. A loss of one's own is an object like these: `call` composes ops, and the gradient comes with them.
 */
export interface Loss {
  readonly name: string;
  /** What labels it takes: rows of numbers, or class indices as well. */
  readonly target: "sparse-or-dense" | "dense";
  /**
   * For a loss on logits: the function that it has built in, so that a last layer of that kind is taken into it. A single output counts as
   * yes above 0 where that is "sigmoid", above 0.5 else.
   */
  readonly onLogits?: "softmax" | "sigmoid";
  /** The options as plain JSON, if there are any: by them a checkpoint knows the loss again. */
  config?(): Record<string, unknown>;
  /** The mean over the batch, a scalar, or one loss a sample [batch]; prediction [batch, …], target as the data has it. */
  call(prediction: Tensor, target: Tensor): Tensor;
}
