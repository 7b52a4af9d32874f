import type { Tensor } from "../../graph/tensor.js";
import { constantOf } from "../../ops/fill.js";
import { softmaxCrossEntropyGradientOp, softmaxCrossEntropyOp } from "../../ops/softmax-cross-entropy.js";
import { overwritesNothing, plainStep } from "../step.js";
import { defineFusion } from "./fusion.js";

interface CrossEntropy {
  readonly loss: Tensor;
  readonly dx: Tensor;
  /** What flows into each loss: a constant. */
  readonly scale: number;
}

/** softmaxCrossEntropy and its gradient in one go, which shares the exponentials; where what flows into the loss is a constant. */
export const crossEntropy = defineFusion<CrossEntropy>({
  name: "crossEntropy",
  roots: [softmaxCrossEntropyOp],
  pattern: (loss, { users }) => {
    const [logits, labels] = loss.inputs as [Tensor, Tensor];
    const dx = users(logits).find(
      (other) => other.op === softmaxCrossEntropyGradientOp && other.inputs[1] === labels,
    );
    const scale = dx && constantOf(dx.inputs[2]!);
    return dx && scale !== undefined ? { loss, dx, scale } : undefined;
  },
  when: () => true,
  absorbs: ({ dx }) => [dx],
  step: ({ loss, dx, scale }) => {
    const [logits, labels] = loss.inputs as [Tensor, Tensor];
    const [rows, cols] = logits.shape as [number, number];
    return {
      ...plainStep(loss),
      alsoWrites: [dx],
      overwrites: overwritesNothing,
      lower: ({ emit, y, x, addressOf }) =>
        emit("softmax_cross_entropy", {
          loss: y,
          dx: addressOf(dx),
          logits: x[0]!,
          labels: x[1]!,
          rows,
          cols,
          sparse: labels.type === "u32" ? 1 : 0,
          gradScale: scale,
        }),
    };
  },
});
