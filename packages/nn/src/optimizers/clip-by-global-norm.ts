import { requireIn } from "../errors.js";
import { add } from "../ops/add.js";
import { elementwise } from "../ops/elementwise.js";
import { mul } from "../ops/mul.js";
import { sumSquares } from "../ops/reductions.js";
import type { GradientClipping } from "./clipping.js";

/** What brings a norm, of which the square is given, down to a maximum; exactly 1 where it is no greater. */
const factorOf = elementwise(
  "clippingFactor",
  ["squares"],
  ({ squares }, { maximum }: { maximum: number }) => {
    const norm = squares.sqrt();
    return norm.gt(maximum).where(norm.reciprocal().mul(maximum), 1);
  },
);

/**
 * Shortens the gradient, all layers' together, to a length of at most `maximum`: g ← g·min(1, maximum/‖g‖), with ‖g‖ = √Σg² over everything that is
 * learnt and not frozen. `new Adam({ clipping: clipByGlobalNorm(1) })`. Pascanu et al., 2013, arXiv:1211.5063; Keras' `global_clipnorm`, PyTorch's
 * `clip_grad_norm_` but for the 1e-6 that it adds to ‖g‖. NaN passes.
 * @throws {ConfigError} `maximum-out-of-range` unless `maximum` is in (0, ∞).
 */
export function clipByGlobalNorm(maximum: number): GradientClipping {
  requireIn("clipByGlobalNorm", "maximum", maximum, "(0, Infinity)");
  return {
    config: () => ({ kind: "clipByGlobalNorm", maximum }),
    clip(gradients) {
      const squares = gradients.map(sumSquares);
      if (squares.length === 0) return gradients;
      const factor = factorOf(
        squares.reduce((total, one) => add(total, one)),
        { maximum },
      );
      return gradients.map((gradient) => mul(gradient, factor));
    },
  };
}
