import { requireKnown } from "../known-name.js";
import { binaryCrossEntropy } from "./binary-cross-entropy.js";
import { binaryFocalCrossEntropy } from "./binary-focal-cross-entropy.js";
import { hinge } from "./hinge.js";
import { huber } from "./huber.js";
import { klDivergence } from "./kl-divergence.js";
import { logCosh } from "./log-cosh.js";
import type { Loss } from "./loss.js";
import { meanAbsoluteError } from "./mean-absolute-error.js";
import { meanSquaredError } from "./mean-squared-error.js";
import { softmaxCrossEntropy } from "./softmax-cross-entropy.js";

/** The losses by their name: what a saved configuration may name. */
export const lossFactories = {
  meanSquaredError,
  meanAbsoluteError,
  huber,
  logCosh,
  binaryCrossEntropy,
  binaryFocalCrossEntropy,
  softmaxCrossEntropy,
  klDivergence,
  hinge,
} as const;

/** The losses that text may name. */
export type LossName = keyof typeof lossFactories;

/**
 * Makes a loss from what `loss.name` and `loss.config()` gave.
 * @throws {ConfigError} `name-unknown`, or what the loss finds wrong with its options.
 */
export function lossFromConfig(name: string, config: Readonly<Record<string, unknown>> = {}): Loss {
  const names = Object.keys(lossFactories) as LossName[];
  requireKnown("loss", "name", name, names);
  const make: (options: never) => Loss = lossFactories[name];
  return make(config as never);
}
