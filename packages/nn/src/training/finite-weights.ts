import { NumericError } from "../errors.js";
import type { NamedValue } from "../program/parameter-store.js";

/** @throws {NumericError} `parameter-not-finite` when the weights after `steps` steps hold a number that is not finite. */
export function requireFiniteWeights(weights: readonly NamedValue[], steps: number): void {
  for (const { name, data } of weights) {
    if (data.every(Number.isFinite)) continue;
    throw new NumericError(
      "parameter-not-finite",
      `Parameter "${name}" was not finite when step ${steps + 1} began; lower the learning rate, or look at the data.`,
      { step: steps + 1, layer: name.split("/")[0]! },
    );
  }
}
