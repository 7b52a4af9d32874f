import { mean } from "../ops/reductions.js";
import { softmaxCrossEntropyWithLogits } from "../ops/softmax-cross-entropy.js";
import type { Loss } from "./loss.js";

/**
 * Cross-entropy of one class among many, on logits z, with p = softmax(z) by row:
 *   L = −Σ t·log p / batch, so dL/dz = (p − t)/batch for t one-hot; by log-sum-exp per row, with nothing added to p.
 *
 * prediction [batch, classes]; target class indices [batch], or rows [batch, classes] that sum to 1 (one-hot or soft). A model may end in
 * Dense or in Softmax: the latter is taken into the loss.
 */
export function softmaxCrossEntropy(): Loss {
  return {
    name: "softmaxCrossEntropy",
    target: "sparse-or-dense",
    onLogits: "softmax",
    config: () => ({}),
    call: (prediction, target) => mean(softmaxCrossEntropyWithLogits(prediction, target)),
  };
}
