import { requireIn } from "../errors.js";
import type { Term } from "../graph/formula.js";
import { elementwise } from "../ops/elementwise.js";
import { mean } from "../ops/reductions.js";
import { targetsLike } from "../ops/targets-like.js";
import { requireOptions } from "../options.js";
import type { Loss } from "./loss.js";

export interface BinaryFocalCrossEntropyOptions {
  /** γ: how much less what is told right already counts, in [0, ∞); 0 is `binaryCrossEntropy`. Default 2. */
  readonly gamma?: number;
  /** α: the weight of yes, in (0, 1), where that of no is 1 − α; without it both count alike, with 1. The paper's own is 0.25. */
  readonly alpha?: number;
}

// −log p = log(1 + e⁻ᶻ) and −log(1 − p) = log(1 + eᶻ), from which the powers of p and 1 − p follow without a logarithm of a rounded 0.
const each = elementwise(
  "binaryFocalCrossEntropy",
  ["z", "t"],
  ({ z, t }, { gamma, yes, no }: { gamma: number; yes: number; no: number }) => {
    const rest = z.abs().neg().exp().log1p();
    const toYes = z.neg().max(0).add(rest);
    const toNo = z.max(0).add(rest);
    const weighed = (share: Term, power: typeof z, loss: typeof z) =>
      power.mul(-gamma).exp().mul(loss).mul(share);
    return weighed(t.mul(yes), toNo, toYes).add(weighed(t.neg().add(1).mul(no), toYes, toNo));
  },
);

/**
 * Cross-entropy of yes/no questions that counts hard samples more, on logits z, with p = 1/(1 + e⁻ᶻ):
 *   L = −Σ(α·t·(1 − p)^γ·log p + (1 − α)·(1 − t)·p^γ·log(1 − p)) / n over all n numbers of the batch, without the α unless one is given.
 * Lin et al., 2017, arXiv:1708.02002; Keras' BinaryFocalCrossentropy.
 *
 * prediction [batch, …], target in [0, 1] of the same shape, or [batch] for [batch, 1]. A model may end in Dense or in Sigmoid: the latter is
 * taken into the loss.
 * @throws {ConfigError} `gamma-out-of-range`, `alpha-out-of-range`, `unknown-option`.
 */
export function binaryFocalCrossEntropy(options: BinaryFocalCrossEntropyOptions = {}): Loss {
  const name = "binaryFocalCrossEntropy";
  requireOptions(name, options, ["gamma", "alpha"]);
  const { gamma = 2, alpha } = options;
  requireIn(name, "gamma", gamma, "[0, Infinity)");
  if (alpha !== undefined) requireIn(name, "alpha", alpha, "(0, 1)");
  const weights = alpha === undefined ? { yes: 1, no: 1 } : { yes: alpha, no: 1 - alpha };
  return {
    name,
    target: "dense",
    onLogits: "sigmoid",
    config: () => ({ gamma, ...(alpha !== undefined && { alpha }) }),
    call: (prediction, target) =>
      mean(each(prediction, targetsLike(name, prediction, target), { gamma, ...weights })),
  };
}
