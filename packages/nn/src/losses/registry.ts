import { requireKnown } from "../known-name.js";
import * as factories from "./factories.js";
import type { Loss } from "./loss.js";

/** The losses by their name: what a saved configuration may name. */
export const lossFactories = { ...factories } as const;

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
