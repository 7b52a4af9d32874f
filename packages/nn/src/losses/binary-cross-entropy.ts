import { elementwise } from "../ops/elementwise.js";
import { mean } from "../ops/reductions.js";
import { sigmoidCrossEntropyWithLogits } from "../ops/sigmoid-cross-entropy.js";
import { targetsLike } from "../ops/targets-like.js";
import { type LabelSmoothing, requireLabelSmoothing } from "./label-smoothing.js";
import type { Loss } from "./loss.js";

const smoothed = elementwise("smoothed", ["t"], ({ t }, { share }: { share: number }) =>
  t.mul(1 - share).add(share / 2),
);

/**
 * Cross-entropy of yes/no questions, on logits z, with p = 1/(1 + e⁻ᶻ):
 *   L = −Σ(t·log p + (1 − t)·log(1 − p)) / n over all n numbers of the batch, so dL/dz = (p − t)/n.
 *
 * prediction [batch, …], target in [0, 1] of the same shape, or [batch] for [batch, 1]. A model may end in Dense or in Sigmoid: the latter is
 * taken into the loss, which then has no logarithm of a rounded 0. With `labelSmoothing` s the targets are (1 − s)·t + s/2.
 * @throws {ConfigError} `label-smoothing-out-of-range`, `unknown-option`.
 */
export function binaryCrossEntropy(options: LabelSmoothing = {}): Loss {
  const share = requireLabelSmoothing("binaryCrossEntropy", options);
  return {
    name: "binaryCrossEntropy",
    target: "dense",
    onLogits: "sigmoid",
    config: () => (share === 0 ? {} : { labelSmoothing: share }),
    call(prediction, target) {
      const t = targetsLike("binaryCrossEntropy", prediction, target);
      return mean(sigmoidCrossEntropyWithLogits(prediction, share === 0 ? t : smoothed(t, { share })));
    },
  };
}
