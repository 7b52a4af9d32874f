import { type CheckedData, isSource, partOfSource, samplesOf } from "../data/batch-source.js";
import { splitDataset, splitPlaces } from "../data/dataset.js";
import { ConfigError, DataError } from "../errors.js";

/**
 * A fit's data: what is trained on, and what is held back or was given for validation, if any.
 * @throws {ConfigError} `two-validations`. @throws {DataError} `no-samples` when a split leaves one side empty.
 */
export function divide(
  dataset: CheckedData,
  validationData: CheckedData | undefined,
  validationSplit: number | undefined,
  seed: number,
): [CheckedData, CheckedData | undefined] {
  if (validationSplit === undefined) return [dataset, validationData];
  if (validationData) {
    throw new ConfigError(
      "two-validations",
      "fit: expected validationSplit or validationData, got both; leave one out.",
    );
  }
  const { training, validation } = split(dataset, validationSplit, seed);
  const [left, held] = [training, validation].map(samplesOf);
  if (left === 0 || held === 0) {
    throw new DataError(
      "no-samples",
      `${dataset.name}: a validation split of ${validationSplit} leaves ${left} samples for training and ${held} for validation; take a split that leaves both some.`,
    );
  }
  return [training, validation];
}

function split(
  data: CheckedData,
  fraction: number,
  seed: number,
): { readonly training: CheckedData; readonly validation: CheckedData } {
  if (!isSource(data)) return splitDataset(data, fraction, seed);
  const { training, validation } = splitPlaces(data.samples, fraction, seed);
  return { training: partOfSource(data, training), validation: partOfSource(data, validation) };
}
