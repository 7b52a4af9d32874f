import { AdamFamily, type AdamOptions } from "./adam.js";

/**
 * Adam with decoupled weight decay: Loshchilov & Hutter, 2019, arXiv:1711.05101, as PyTorch has it (their schedule multiplier is in α):
 *   θ ← θ − α·λ·θ, then Adam's update with g as it is.
 * λ is `weightDecay`, default 0.01 (Keras: 0.004), and takes part in every parameter. With λ = 0 this is Adam.
 * @throws {ConfigError} `beta1-out-of-range` and others, when an option is not allowed.
 */
export class AdamW extends AdamFamily {
  constructor(options: AdamOptions = {}) {
    super("AdamW", options, { decoupled: 1 }, 0.01);
  }
}
