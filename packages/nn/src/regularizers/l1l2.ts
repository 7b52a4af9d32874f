import { type Regularizer, requireRegularizer } from "./regularizer.js";

/** Adds l1·Σ|w| + l2·Σw² to the loss. @throws {ConfigError} `l1-out-of-range` or `l2-out-of-range` unless both are in [0, ∞). */
export function l1l2(options: { readonly l1: number; readonly l2: number }): Regularizer {
  const regularizer: Regularizer = { ...options, kind: "l1l2" };
  requireRegularizer("l1l2", "", regularizer);
  return regularizer;
}
