import { type CheckedData, isSource, partOfSource, samplesOf } from "../data/batch-source.js";
import { type Dataset, splitDataset, splitPlaces } from "../data/dataset.js";
import { quickFingerprints } from "../data/quick-fingerprint.js";
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
  if (!isSource(data)) return splitOnce(data, fraction, seed);
  const { training, validation } = splitPlaces(data.samples, fraction, seed);
  return { training: partOfSource(data, training), validation: partOfSource(data, validation) };
}

/** The parts of data that was divided, and what told its values then: they may be changed in place. */
const divided = new WeakMap<
  Dataset,
  { readonly key: string; readonly parts: ReturnType<typeof splitDataset> }
>();
/** More than so many bytes are copied anew by each fit. */
const KEPT_BYTES = 64 * 1024 * 1024;

/** As `splitDataset`, which is not done again for the next fit on the same data with the same seed: a search has many. */
function splitOnce(data: Dataset, fraction: number, seed: number): ReturnType<typeof splitDataset> {
  const { inputs, labels, weights } = data;
  const bytes = inputs.data.byteLength + labels.data.byteLength + (weights?.byteLength ?? 0);
  if (bytes > KEPT_BYTES) return splitDataset(data, fraction, seed);
  const key = [fraction, seed, ...quickFingerprints(data)].join();
  const known = divided.get(data);
  if (known?.key === key) return known.parts;
  const parts = splitDataset(data, fraction, seed);
  divided.set(data, { key, parts });
  return parts;
}
