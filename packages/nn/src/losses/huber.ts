import { requireIn } from "../errors.js";
import { elementwise } from "../ops/elementwise.js";
import { mean } from "../ops/reductions.js";
import { targetsLike } from "../ops/targets-like.js";
import { requireOptions } from "../options.js";
import type { Loss } from "./loss.js";

export interface HuberOptions {
  /** δ, where the square goes over into a straight line, in (0, ∞) and in the targets' unit; default 1. */
  readonly delta?: number;
}

// With q = min(|d|, δ), q·(|d| − q/2) is d²/2 up to δ and δ|d| − δ²/2 beyond it; its slope is d, kept within ±δ.
const each = elementwise(
  "huber",
  ["y", "t"],
  ({ y, t }, { delta }: { delta: number }) => {
    const distance = y.sub(t).abs();
    const square = distance.min(delta);
    return square.mul(distance.sub(square.mul(0.5)));
  },
  {
    gradient: ({ y, t }, { dy }, { delta }) => {
      const slope = y.sub(t).max(-delta).min(delta).mul(dy);
      return { y: slope, t: slope.neg() };
    },
  },
);

/**
 * L = Σ h(y − t) / n over all n numbers of the batch, with h(d) = d²/2 for |d| ≤ δ and δ|d| − δ²/2 beyond: a square near the target, a straight
 * line where it is far, so that single wild targets pull no harder than δ. Huber, 1964; Keras' Huber and PyTorch's HuberLoss.
 *
 * prediction [batch, …], target of the same shape, or [batch] for [batch, 1].
 * @throws {ConfigError} `delta-out-of-range`, `unknown-option`.
 */
export function huber(options: HuberOptions = {}): Loss {
  requireOptions("huber", options, ["delta"]);
  const { delta = 1 } = options;
  requireIn("huber", "delta", delta, "(0, Infinity)");
  return {
    name: "huber",
    target: "dense",
    config: () => ({ delta }),
    call: (prediction, target) => mean(each(prediction, targetsLike("huber", prediction, target), { delta })),
  };
}
