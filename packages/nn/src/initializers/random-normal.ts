import { type ErrorOwner, requireIn } from "../errors.js";
import { requireFinite } from "../options.js";
import { fillNormal } from "./fill.js";
import type { Initializer, InitializerDefinition } from "./initializer.js";

export interface NormalOptions {
  /** Default 0. */
  readonly mean?: number;
  /** In [0, ∞); default 0.05, as in Keras. */
  readonly standardDeviation?: number;
}

export interface RandomNormal extends Initializer {
  readonly kind: "randomNormal";
  readonly mean: number;
  readonly standardDeviation: number;
}

/** N(mean, standardDeviation²), whatever the fans. @throws {ConfigError} `standard-deviation-out-of-range` */
export function randomNormal(options: NormalOptions = {}): RandomNormal {
  const initializer: RandomNormal = { mean: 0, standardDeviation: 0.05, ...options, kind: "randomNormal" };
  randomNormalDefinition.check!("randomNormal", initializer);
  return initializer;
}

export const randomNormalDefinition: InitializerDefinition<RandomNormal> = {
  options: ["mean", "standardDeviation"],
  check: requireNormal,
  fill: (values, { mean, standardDeviation }, _, random) =>
    fillNormal(values, mean, standardDeviation, random),
};

/** Checks the options of a normal distribution. */
export function requireNormal(owner: ErrorOwner, { mean, standardDeviation }: Required<NormalOptions>): void {
  requireFinite(owner, "mean", mean);
  requireIn(owner, "standardDeviation", standardDeviation, "[0, Infinity)");
}
