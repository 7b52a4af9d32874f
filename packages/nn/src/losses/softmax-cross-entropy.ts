import { add } from "../ops/add.js";
import { fill } from "../ops/fill.js";
import { mean } from "../ops/reductions.js";
import { scale } from "../ops/scale.js";
import { softmaxCrossEntropyWithLogits } from "../ops/softmax-cross-entropy.js";
import { type LabelSmoothing, requireLabelSmoothing } from "./label-smoothing.js";
import type { Loss } from "./loss.js";

/**
 * Cross-entropy of one class among many, on logits z, with p = softmax(z) by row:
 *   L = −Σ t·log p / batch, so dL/dz = (p − t)/batch for t one-hot; by log-sum-exp per row, with nothing added to p.
 *
 * prediction [batch, classes]; target class indices [batch], or rows [batch, classes] that sum to 1 (one-hot or soft). Sequences, [batch, …, classes]
 * and [batch, …], have an answer a step, and L is the mean over all. A model may end in Dense or in Softmax: the latter is taken into the loss. With `labelSmoothing` s
 * the targets are (1 − s)·t + s/classes (Szegedy et al., 2015, arXiv:1512.00567), given as indices or as rows.
 * @throws {ConfigError} `label-smoothing-out-of-range`, `unknown-option`.
 */
export function softmaxCrossEntropy(options: LabelSmoothing = {}): Loss {
  const share = requireLabelSmoothing("softmaxCrossEntropy", options);
  return {
    name: "softmaxCrossEntropy",
    target: "sparse-or-dense",
    onLogits: "softmax",
    config: () => (share === 0 ? {} : { labelSmoothing: share }),
    call(prediction, target) {
      const hard = softmaxCrossEntropyWithLogits(prediction, target);
      if (share === 0) return mean(hard);
      // The loss is linear in the targets, so that indices need not become rows.
      const even = fill(prediction.shape, 1 / prediction.shape.at(-1)!);
      const soft = softmaxCrossEntropyWithLogits(prediction, even);
      return mean(add(scale(hard, 1 - share), scale(soft, share)));
    },
  };
}
