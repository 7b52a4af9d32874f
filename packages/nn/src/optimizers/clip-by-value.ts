import { requireIn } from "../errors.js";
import { clip } from "../ops/extremes.js";
import type { GradientClipping } from "./clipping.js";

/**
 * Keeps each number of a gradient within [−maximum, maximum]: `new Adam({ clipping: clipByValue(0.5) })`. Keras' `clipvalue`. NaN passes.
 * @throws {ConfigError} `maximum-out-of-range` unless `maximum` is in (0, ∞).
 */
export function clipByValue(maximum: number): GradientClipping {
  requireIn("clipByValue", "maximum", maximum, "(0, Infinity)");
  return {
    config: () => ({ kind: "clipByValue", maximum }),
    clip: (gradients) => gradients.map((gradient) => clip(gradient, -maximum, maximum)),
  };
}
