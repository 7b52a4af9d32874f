import { add } from "../ops/add.js";
import { elementwise } from "../ops/elementwise.js";
import { mean, sum } from "../ops/reductions.js";
import { softmaxCrossEntropyWithLogits } from "../ops/softmax-cross-entropy.js";
import { targetsLike } from "../ops/targets-like.js";
import type { Loss } from "./loss.js";

/** t·log t, and 0 at 0. No gradient is asked of targets, and none is given: it is infinite at 0. */
const negativeEntropy = elementwise("negativeEntropy", ["t"], ({ t }) => t.gt(0).where(t.mul(t.log()), 0), {
  gradient: () => ({}),
});

/**
 * How far the predicted distribution is from the target's, on logits z, with p = softmax(z) by row:
 *   L = Σ t·log(t/p) / batch, where 0·log 0 = 0, so dL/dz = (p − t)/batch: softmaxCrossEntropy less the targets' own entropy.
 *
 * prediction [batch, classes], target rows [batch, classes] that sum to 1. A model may end in Dense or in Softmax: the latter is taken into the
 * loss. Keras' KLDivergence takes probabilities and keeps them off 0 by 1e-7; this needs no such thing.
 */
export function klDivergence(): Loss {
  return {
    name: "klDivergence",
    target: "dense",
    onLogits: "softmax",
    config: () => ({}),
    call(prediction, target) {
      const shares = targetsLike("klDivergence", prediction, target);
      const entropies = sum(negativeEntropy(shares), { axes: [-1] });
      return mean(add(softmaxCrossEntropyWithLogits(prediction, shares), entropies));
    },
  };
}
