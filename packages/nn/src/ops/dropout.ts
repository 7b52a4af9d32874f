import type { Op } from "../graph/op.js";
import { makeTensor, type Tensor } from "../graph/tensor.js";

export interface DropoutOptions {
  /** The share of elements that are dropped, in [0, 1). */
  readonly rate: number;
  /** Tells this op's random numbers from those of others in the program. */
  readonly stream: number;
}

/**
 * Linear in x, with a mask that is a function of (seed, stream, step, index): the gradient draws the same mask again instead of keeping it.
 * The reference can't draw it and takes the mask as kept everywhere with no scale, which is what rate 0 means.
 */
export const dropoutOp: Op = {
  name: "dropout",
  layout: "alike",
  inPlace: 0,
  gradient: (dy, y) => [makeTensor(dropoutOp, [dy], y.attributes, y.shape)],
  lower: ({ node, emit, y, x: [x], n, words, constant }) => {
    const { rate, stream } = node.attributes as unknown as DropoutOptions;
    emit("dropout", { y, x: x!, n, rate: constant(rate), seed: words.seed, stream, step: words.step });
  },
};

/**
 * Inverted dropout: y = x/(1 − rate) where kept, 0 where dropped; each element is kept with probability 1 − rate
 * (Srivastava et al., 2014). Any shape. At inference a model leaves the op out.
 */
export function dropout(x: Tensor, { rate, stream }: DropoutOptions): Tensor {
  return rate === 0 ? x : makeTensor(dropoutOp, [x], { rate, stream }, x.shape);
}
