import { type Dataset, splitDataset } from "../data/dataset.js";
import { ConfigError, DataError } from "../errors.js";
import type { RunOptions } from "./run-options.js";

/**
 * A fit's data: what is trained on, and what is held back or was given for validation, if any.
 * @throws {ConfigError} `two-validations`. @throws {DataError} `no-samples` when a split leaves one side empty.
 */
export function divide(
  dataset: Dataset,
  { validationSplit, validationData }: RunOptions,
  seed: number,
): [Dataset, Dataset | undefined] {
  if (validationSplit === undefined) return [dataset, validationData];
  if (validationData) {
    throw new ConfigError(
      "two-validations",
      "fit: expected validationSplit or validationData, got both; leave one out.",
    );
  }
  const { training, validation } = splitDataset(dataset, validationSplit, seed);
  const [left, held] = [training, validation].map(({ inputs }) => inputs.shape[0]!);
  if (left === 0 || held === 0) {
    throw new DataError(
      "no-samples",
      `${dataset.name}: a validation split of ${validationSplit} leaves ${left} samples for training and ${held} for validation; take a split that leaves both some.`,
    );
  }
  return [training, validation];
}
