import { type Regularizer, requireRegularizer } from "./regularizer.js";

/**
 * Adds λ·Σw² to the loss, as in Keras; its gradient is 2λ·w. The lessons' `reg` is the factor in the gradient, 2λ, and never reaches their
 * loss; PyTorch's `weight_decay` is 2λ too.
 * @throws {ConfigError} `l2-out-of-range` unless λ is in [0, ∞).
 */
export function l2(lambda: number): Regularizer {
  const regularizer: Regularizer = { kind: "l2", l2: lambda };
  requireRegularizer("l2", "", regularizer);
  return regularizer;
}
