import { requireOneOf } from "../errors.js";
import { binaryCrossEntropy } from "./binary-cross-entropy.js";
import type { Loss } from "./loss.js";
import { meanSquaredError } from "./mean-squared-error.js";
import { softmaxCrossEntropy } from "./softmax-cross-entropy.js";

/** The losses by their name: what a saved configuration may name. */
export const lossFactories = { meanSquaredError, binaryCrossEntropy, softmaxCrossEntropy } as const;

/** Makes a loss from its name. @throws {ConfigError} `name-unknown` */
export function lossFromConfig(name: string): Loss {
  requireOneOf("loss", "name", name, Object.keys(lossFactories) as (keyof typeof lossFactories)[]);
  return lossFactories[name]();
}
