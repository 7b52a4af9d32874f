import { mean } from "../ops/reductions.js";
import { sigmoidCrossEntropyWithLogits } from "../ops/sigmoid-cross-entropy.js";
import type { Loss } from "./loss.js";
import { targetsLike } from "./targets.js";

/**
 * Cross-entropy of yes/no questions, on logits z, with p = 1/(1 + e⁻ᶻ):
 *   L = −Σ(t·log p + (1 − t)·log(1 − p)) / n over all n numbers of the batch, so dL/dz = (p − t)/n.
 *
 * prediction [batch, …], target in [0, 1] of the same shape, or [batch] for [batch, 1]. A model may end in Dense or in Sigmoid: the latter is
 * taken into the loss, which then has no logarithm of a rounded 0.
 */
export function binaryCrossEntropy(): Loss {
  return {
    name: "binaryCrossEntropy",
    target: "dense",
    onLogits: "sigmoid",
    config: () => ({}),
    call: (prediction, target) =>
      mean(sigmoidCrossEntropyWithLogits(prediction, targetsLike("binaryCrossEntropy", prediction, target))),
  };
}
