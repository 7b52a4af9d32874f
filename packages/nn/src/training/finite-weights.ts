import { NumericError } from "../errors.js";
import type { NamedValue } from "../program/parameter-store.js";

/** To look for each is a loop of the engine's own: a function called for every weight took 5 ms of a first step. */
const NOT_FINITE = [Number.NaN, Infinity, -Infinity];

/** @throws {NumericError} `parameter-not-finite` when the weights after `steps` steps hold a number that is not finite. */
export function requireFiniteWeights(weights: readonly NamedValue[], steps: number): void {
  for (const { name, data } of weights) {
    if (!NOT_FINITE.some((value) => data.includes(value))) continue;
    throw new NumericError(
      "parameter-not-finite",
      `Parameter "${name}" was not finite when step ${steps + 1} began; lower the learning rate, or look at the data.`,
      { step: steps + 1, layer: name.split("/")[0]! },
    );
  }
}
