import { heldSamples } from "../data/dataset.js";
import { requireIn, requirePositiveInteger } from "../errors.js";
import type { RunOptions } from "./run-options.js";

/**
 * How many steps `fit` takes with these options on a data set of so many samples: `steps`, or `epochs` times the batches of what the
 * validation split leaves. For a schedule that is to end with the run:
 *
 * ```ts
 * const options = { epochs: 5, batchSize: 64 };
 * const steps = fitSteps(dataset.inputs.shape[0], options);
 * model.compile({ optimizer: new Adam({ learningRate: cosineDecay({ learningRate: 0.001, steps }) }), loss });
 * await model.fit(dataset, options);
 * ```
 *
 * @throws {ConfigError} for an option out of its range.
 */
export function fitSteps(
  samples: number,
  options: Pick<RunOptions, "epochs" | "steps" | "batchSize" | "accumulate" | "validationSplit"> = {},
): number {
  const { steps, epochs = 1, batchSize = 32, accumulate = 1, validationSplit } = options;
  requirePositiveInteger("fit", "batchSize", batchSize);
  requirePositiveInteger("fit", "accumulate", accumulate);
  if (steps !== undefined) requirePositiveInteger("fit", "steps", steps);
  requirePositiveInteger("fit", "epochs", epochs);
  if (validationSplit !== undefined) requireIn("fit", "validationSplit", validationSplit, "(0, 1)");
  const held = validationSplit === undefined ? 0 : heldSamples(samples, validationSplit);
  return steps ?? epochs * Math.ceil((samples - held) / (batchSize * accumulate));
}
