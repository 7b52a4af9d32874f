import { ConfigError, DataError, requireIn, requireNonNegativeInteger, showValue } from "../errors.js";
import type { DataSchema } from "../schema/data-schema.js";
import { requireScaling, type Scaling } from "./scaling.js";
import { shuffledIndices } from "./shuffle.js";

export type { Scaling } from "./scaling.js";

/** Inputs of all samples, one after the other. */
export interface DatasetInputs {
  readonly data: Uint8Array | Float32Array;
  /** [samples, …shape of a sample]; images are [samples, channels, height, width]. */
  readonly shape: readonly number[];
}

/** What is to be learnt: class indices of shape [samples], or [samples, steps] for sequences; or float32 targets of shape [samples, outputs]. */
export interface DatasetLabels {
  readonly data: Uint8Array | Uint32Array | Float32Array;
  readonly shape: readonly number[];
}

/**
 * Samples with labels, in memory, in their own type: images of bytes stay bytes until a batch is gathered. A model copies a dataset when
 * it first uses it, and again when its values have changed by the next use. Of arrays up to 256 KB it looks at every value to tell that, of larger
 * ones at 65,536 words spread over them; a new object, `{ ...dataset }`, has all of them compared.
 */
export interface Dataset {
  readonly inputs: DatasetInputs;
  readonly labels: DatasetLabels;
  readonly scaling: Scaling;
  /** How much each sample's loss counts, 0 or more, one number a sample; all count 1 without them. See `fit`'s `sampleWeight`. */
  readonly weights?: Float32Array;
  /** One name a class, in order. */
  readonly classNames?: readonly string[];
  /** What the samples were made of; `fit` gives it to the model, which is then used on the next row or picture without a word. */
  readonly schema?: DataSchema;
  /** What errors and logs call it. */
  readonly name: string;
}

/** How many values one sample has. */
export function sampleSize(shape: readonly number[]): number {
  return shape.slice(1).reduce((product, size) => product * size, 1);
}

/** How many classes the labels speak of: names if there are any, else the largest index + 1; 0 for float32 targets. */
export function classCount(dataset: Dataset): number {
  const { data, shape } = dataset.labels;
  if (dataset.classNames) return dataset.classNames.length;
  if (data instanceof Float32Array || shape.length !== 1) return 0;
  let largest = -1;
  for (let i = 0; i < data.length; i++) if (data[i]! > largest) largest = data[i]!;
  return largest + 1;
}

/**
 * Checks that kernels can read the arrays' types, that sizes agree, that there is such a scaling, that every number is finite and that
 * class indices lie below `classes` (default: the number of class names, if any). Rows and columns in messages count from 1.
 * @throws {DataError} `data-type`, `no-samples`, `size-mismatch`, `scaling-invalid`, `not-finite`, `label-out-of-range`, `weights-invalid`
 */
export function validateDataset(dataset: Dataset, options: { readonly classes?: number } = {}): void {
  const { inputs, labels, name } = dataset;
  requireType(name, "inputs", inputs?.data, [Uint8Array, Uint8ClampedArray, Float32Array]);
  requireType(name, "labels", labels?.data, [Uint8Array, Uint32Array, Float32Array]);
  const samples = inputs.shape[0] ?? 0;
  if (samples === 0) throw new DataError("no-samples", `${name}: has no samples.`);
  requireSize(name, "inputs", inputs);
  requireSize(name, "labels", labels);
  if (labels.shape[0] !== samples) {
    throw new DataError(
      "size-mismatch",
      `${name}: has inputs for ${samples} samples, but labels for ${labels.shape[0]}.`,
    );
  }
  requireScaling(name, dataset.scaling, sampleSize(inputs.shape));
  requireFinite(name, "input", inputs);
  if (labels.data instanceof Float32Array) requireFinite(name, "label", labels);
  else requireClasses(name, labels, options.classes ?? dataset.classNames?.length ?? Infinity);
  if (dataset.weights) requireWeights(name, dataset.weights, samples);
}

/** One number of at least 0 a sample. @throws {DataError} `weights-invalid`. `sampleOf` as in `requireFinite`. */
export function requireWeights(
  name: string,
  weights: unknown,
  samples: number,
  sampleOf = (place: number) => place,
): asserts weights is Float32Array {
  const count = weights instanceof Float32Array ? weights.length : undefined;
  const wrong =
    count === samples
      ? (weights as Float32Array).findIndex((one) => !(one >= 0 && one < Number.POSITIVE_INFINITY))
      : -1;
  if (count === samples && wrong < 0) return;
  const got =
    count === samples
      ? `${(weights as Float32Array)[wrong]} for sample ${sampleOf(wrong) + 1}`
      : count === undefined
        ? showValue(weights)
        : `${count} of them`;
  throw new DataError(
    "weights-invalid",
    `${name}: expected a Float32Array of ${samples} sample weights of at least 0, got ${got}.`,
  );
}

/** Kernels would take the bytes of any other type for numbers of one of these. A canvas' clamped bytes are read as the others are. */
export function requireType(
  name: string,
  what: string,
  data: unknown,
  types: readonly (new () => object)[],
): void {
  if (types.some((Type) => data instanceof Type)) return;
  throw new DataError(
    "data-type",
    `${name}: ${what} must be a ${types.map((Type) => Type.name).join(" or ")}, got ${(data as object)?.constructor.name}; convert them.`,
  );
}

export function requireSize(name: string, what: string, part: DatasetInputs | DatasetLabels): void {
  const expected = part.shape.reduce((product, size) => product * size, 1);
  if (expected === part.data.length) return;
  throw new DataError(
    "size-mismatch",
    `${name}: ${what} of shape [${part.shape.join(", ")}] need ${expected} values, got ${part.data.length}.`,
  );
}

/** `sampleOf`: which sample of the data each one here is, from 0. */
export function requireFinite(
  name: string,
  what: string,
  part: DatasetInputs | DatasetLabels,
  sampleOf = (place: number) => place,
): void {
  const { data } = part;
  if (!(data instanceof Float32Array)) return;
  for (let i = 0; i < data.length; i++) {
    if (Number.isFinite(data[i])) continue;
    const size = sampleSize(part.shape);
    const row = sampleOf(Math.floor(i / size)) + 1;
    const column = (i % size) + 1;
    throw new DataError(
      "not-finite",
      `${name}: ${what} value ${column} of sample ${row} is ${data[i]}; every value must be a finite number.`,
      { row, column },
    );
  }
}

export function requireClasses(
  name: string,
  labels: DatasetLabels,
  classes: number,
  sampleOf = (place: number) => place,
): void {
  for (let i = 0; i < labels.data.length; i++) {
    if (labels.data[i]! < classes) continue;
    const row = sampleOf(Math.floor(i / sampleSize(labels.shape))) + 1;
    throw new DataError(
      "label-out-of-range",
      `${name}: the label of sample ${row} is ${labels.data[i]}, but with ${classes} classes labels go from 0 to ${classes - 1}.`,
      { row },
    );
  }
}

/** Samples `start` to `end` (exclusive); shares memory with `dataset`. */
export function takeSamples(dataset: Dataset, start: number, end: number): Dataset {
  const samples = dataset.inputs.shape[0] ?? 0;
  requireNonNegativeInteger(dataset.name, "start", start);
  if (!Number.isSafeInteger(end) || end < start || end > samples) {
    throw new ConfigError(
      "end-out-of-range",
      `${dataset.name}: end must be in [${start}, ${samples}], got ${end}.`,
    );
  }
  return {
    ...dataset,
    inputs: slice(dataset.inputs, start, end),
    labels: slice(dataset.labels, start, end),
    ...(dataset.weights && { weights: dataset.weights.subarray(start, end) }),
  };
}

function slice<T extends DatasetInputs | DatasetLabels>(part: T, start: number, end: number): T {
  const size = sampleSize(part.shape);
  return {
    ...part,
    data: part.data.subarray(start * size, end * size),
    shape: [end - start, ...part.shape.slice(1)],
  };
}

/**
 * Draws `fraction` of the samples for validation and leaves the others for training; which ones is a function of `seed`
 * alone. Both keep the order of the original and own their memory.
 */
export function splitDataset(
  dataset: Dataset,
  fraction: number,
  seed: number,
): { readonly training: Dataset; readonly validation: Dataset } {
  requireIn(dataset.name, "fraction", fraction, "[0, 1]");
  const places = splitPlaces(dataset.inputs.shape[0] ?? 0, fraction, seed);
  return {
    training: pickSamples(dataset, places.training),
    validation: pickSamples(dataset, places.validation),
  };
}

/** Which of so many samples `splitDataset` puts where. */
export function splitPlaces(
  samples: number,
  fraction: number,
  seed: number,
): { readonly training: Uint32Array; readonly validation: Uint32Array } {
  const held = heldSamples(samples, fraction);
  const order = shuffledIndices(samples, seed, 0, "split");
  return { training: order.slice(held).sort(), validation: order.slice(0, held).sort() };
}

/** How many of so many samples `splitDataset` draws for validation. */
export function heldSamples(samples: number, fraction: number): number {
  return Math.floor(samples * fraction + 0.5);
}

/** The samples at these places, in this order: a copy. */
export function pickSamples(dataset: Dataset, indices: Uint32Array): Dataset {
  const { inputs, labels, weights } = dataset;
  return {
    ...{ ...dataset, inputs: gather(inputs, indices), labels: gather(labels, indices) },
    ...(weights && { weights: Float32Array.from(indices, (i) => weights[i]!) }),
  };
}

/** The rows of a part at these places, in this order: a copy. */
export function gather<T extends DatasetInputs | DatasetLabels>(part: T, indices: Uint32Array): T {
  const size = sampleSize(part.shape);
  const Type = part.data.constructor as new (length: number) => T["data"];
  const data = new Type(indices.length * size);
  for (let i = 0; i < indices.length; i++) {
    const from = indices[i]! * size;
    data.set(part.data.subarray(from, from + size), i * size);
  }
  return { ...part, data, shape: [indices.length, ...part.shape.slice(1)] };
}
