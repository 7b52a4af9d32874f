import { ConfigError, ownerLabel } from "../errors.js";
import { requireFinite } from "../options.js";
import { fillUniform } from "./fill.js";
import type { Initializer, InitializerDefinition } from "./initializer.js";

export interface RandomUniform extends Initializer {
  readonly kind: "randomUniform";
  readonly low: number;
  readonly high: number;
}

/** U(low, high), whatever the fans; default U(−0.05, 0.05), as in Keras. The lessons draw from U(−1, 1). @throws {ConfigError} `low-above-high` */
export function randomUniform(
  options: { readonly low?: number; readonly high?: number } = {},
): RandomUniform {
  const initializer: RandomUniform = { low: -0.05, high: 0.05, ...options, kind: "randomUniform" };
  randomUniformDefinition.check!("randomUniform", initializer);
  return initializer;
}

export const randomUniformDefinition: InitializerDefinition<RandomUniform> = {
  options: ["low", "high"],
  check: (owner, { low, high }) => {
    requireFinite(owner, "low", low);
    requireFinite(owner, "high", high);
    if (low > high) {
      throw new ConfigError(
        "low-above-high",
        `${ownerLabel(owner)}: low must not be above high, got ${low} and ${high}.`,
      );
    }
  },
  fill: (values, { low, high }, _, random) => fillUniform(values, low, high, random),
};
