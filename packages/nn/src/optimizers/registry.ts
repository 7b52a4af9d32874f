import { requireOneOf } from "../errors.js";
import { requireKnown } from "../known-name.js";
import { knowEverySchedule } from "../schedules/every-kind.js";
import * as classes from "./classes.js";
import { clipByGlobalNorm } from "./clip-by-global-norm.js";
import { clipByValue } from "./clip-by-value.js";
import type { GradientClipping } from "./clipping.js";
import type { Optimizer } from "./optimizer.js";

/** The optimizers by their `name`: what a saved configuration may name. */
export const optimizerClasses: Readonly<Record<string, new (options: never) => Optimizer>> = { ...classes };

/** The optimizers that text may name: "sgd", "adam" and so on. */
export type OptimizerName = Lowercase<keyof typeof classes>;

const clippings = { clipByValue, clipByGlobalNorm };

/**
 * Makes an optimizer from what `optimizer.name` and `optimizer.config()` gave.
 * @throws {ConfigError} `name-unknown`, `clipping-unknown`, or what the optimizer's constructor finds wrong with its options.
 */
export function optimizerFromConfig(name: string, config: Readonly<Record<string, unknown>>): Optimizer {
  requireKnown("optimizer", "name", name, Object.keys(optimizerClasses));
  knowEverySchedule();
  const { clipping, ...rest } = config;
  const options = clipping === undefined ? rest : { ...rest, clipping: clippingFromConfig(name, clipping) };
  return new optimizerClasses[name]!(options as never);
}

function clippingFromConfig(owner: string, config: unknown): GradientClipping {
  const { kind, maximum } = Object(config) as { kind: keyof typeof clippings; maximum: number };
  requireOneOf(owner, "clipping", kind, Object.keys(clippings) as (keyof typeof clippings)[]);
  return clippings[kind](maximum);
}
