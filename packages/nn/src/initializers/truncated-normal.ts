import type { Initializer, InitializerDefinition } from "./initializer.js";
import { type NormalOptions, requireNormal } from "./random-normal.js";

export interface TruncatedNormal extends Initializer {
  readonly kind: "truncatedNormal";
  readonly mean: number;
  readonly standardDeviation: number;
}

/** Beyond how many deviations a number is drawn again. */
const CUT = 2;

/**
 * N(mean, standardDeviation²) with numbers beyond two deviations drawn again, as in Keras; what is left has 0.8796 of the deviation asked for.
 * @throws {ConfigError} `standard-deviation-out-of-range`
 */
export function truncatedNormal(options: NormalOptions = {}): TruncatedNormal {
  const initializer: TruncatedNormal = {
    mean: 0,
    standardDeviation: 0.05,
    ...options,
    kind: "truncatedNormal",
  };
  truncatedNormalDefinition.check!("truncatedNormal", initializer);
  return initializer;
}

export const truncatedNormalDefinition: InitializerDefinition<TruncatedNormal> = {
  options: ["mean", "standardDeviation"],
  check: requireNormal,
  fill: (values, { mean, standardDeviation }, _, random) => {
    for (let i = 0; i < values.length; i++) {
      let z = random.normal();
      while (Math.abs(z) > CUT) z = random.normal();
      values[i] = mean + standardDeviation * z;
    }
  },
};
