import { type Regularizer, requireRegularizer } from "./regularizer.js";

/** Adds λ·Σ|w| to the loss; its gradient is λ·sign(w). @throws {ConfigError} `l1-out-of-range` unless λ is in [0, ∞). */
export function l1(lambda: number): Regularizer {
  const regularizer: Regularizer = { kind: "l1", l1: lambda };
  requireRegularizer("l1", "", regularizer);
  return regularizer;
}
