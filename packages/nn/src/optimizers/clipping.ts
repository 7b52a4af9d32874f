import type { Tensor } from "../graph/tensor.js";

/** What is done to gradients before an optimizer sees them, and before λθ is added: made by `clipByValue` or `clipByGlobalNorm`, or one's own. */
export interface GradientClipping {
  /** Its kind and its numbers as plain JSON, by which a checkpoint tells whether the same run goes on. */
  config(): Readonly<Record<string, unknown>>;
  /**
   * The gradients as the optimizer is to have them, in ops; it is called when a program is made. They come as a few stretches [n] of what is
   * learnt, whichever layers it belongs to, and go in the same shapes.
   */
  clip(gradients: readonly Tensor[]): readonly Tensor[];
}
