import { ConfigError, DataError, requireOneOf } from "../../errors.js";
import { requireOptions } from "../../options.js";
import { type BatchSource, isSource } from "../batch-source.js";
import { type Dataset, type DatasetLabels, gather, validateDataset } from "../dataset.js";
import { quickFingerprints } from "../quick-fingerprint.js";
import { isSamples, type Samples, samplesOf } from "../samples.js";
import type { Scaling } from "../scaling.js";
import { Pipeline } from "./pipeline.js";
import type { SingleSource, SingleValues } from "./single-source.js";

/** What is to be known of arrays. */
export interface PipelineOptions {
  /**
   * Whether labels are class indices or values to be predicted; default: whole numbers from 0, one a sample, are classes, but not those of a
   * Float32Array or Float64Array.
   */
  readonly labels?: "classes" | "values";
  readonly scaling?: Scaling;
  readonly classNames?: readonly string[];
  /** What errors and logs call it; default "pipeline". */
  readonly name?: string;
}

/**
 * A pipeline of a data set, of a source that is read, or of samples and their labels as `fit` takes them: nested arrays, typed arrays, or
 * `{ data, shape }`; of a plain typed array each number is a sample.
 * @throws {ConfigError} `several-inputs` for a source with a list of inputs. @throws {DataError} and {ShapeError} as `fit` does for what cannot be
 * read.
 */
export function pipeline(data: Dataset | BatchSource): Pipeline;
export function pipeline(inputs: Samples, labels: Samples, options?: PipelineOptions): Pipeline;
export function pipeline(
  given: Dataset | BatchSource | Samples,
  labels?: Samples,
  options: PipelineOptions = {},
): Pipeline {
  requireOptions("pipeline", options, ["labels", "scaling", "classNames", "name"]);
  if (isSamples(given)) return new Pipeline(inMemory(datasetOf(given, labels, options)));
  if (!isSource(given)) return new Pipeline(inMemory(given));
  const { name, inputs } = given;
  if (Array.isArray(inputs)) {
    throw new ConfigError(
      "several-inputs",
      `pipeline: expected a source of one input, got ${inputs.length} in "${name}"; give it to fit as it is.`,
    );
  }
  const read = async (indices: Uint32Array, signal: AbortSignal) =>
    (await given.read(indices, signal)) as SingleValues;
  const { samples, labels: answers, weighted, scaling, classNames, schema, fingerprint } = given;
  return new Pipeline({
    ...{ name, samples, inputs: inputs as SingleSource["inputs"], labels: answers, read },
    ...(weighted && { weighted }),
    ...(scaling && { scaling }),
    ...(classNames && { classNames }),
    ...(schema && { schema }),
    ...(fingerprint !== undefined && { fingerprint }),
  });
}

/** A data set of arrays. */
export function datasetOf(given: Samples, labels: Samples | undefined, options: PipelineOptions): Dataset {
  const { name = "pipeline", scaling = { kind: "none" }, classNames } = options;
  const inputs = samplesOf(name, given, []);
  // Of numbers without a shape each is a sample of one.
  const shape = inputs.shape.length === 1 ? [...inputs.shape, 1] : inputs.shape;
  if (!isSamples(labels))
    throw new DataError(
      "data-type",
      `${name}: expected labels beside the samples, got none that are numbers.`,
    );
  const dataset = {
    name,
    inputs: { ...inputs, shape },
    labels: labelsOf(name, labels, options.labels),
    scaling,
    ...(classNames && { classNames }),
  };
  validateDataset(dataset);
  return dataset;
}

function labelsOf(name: string, given: Samples, kind: PipelineOptions["labels"]): DatasetLabels {
  const original = ArrayBuffer.isView(given) ? given : (given as { readonly data?: unknown }).data;
  const { data, shape } = samplesOf(name, given, []);
  const isFraction = original instanceof Float32Array || original instanceof Float64Array;
  if (kind) requireOneOf(name, "labels", kind, ["classes", "values"]);
  const single = shape.length === 1 || (shape.length === 2 && shape[1] === 1);
  const whole = single && data.every((value) => Number.isInteger(value) && value >= 0);
  const classes = kind ? kind === "classes" : whole && !isFraction;
  if (!classes) return { data: Float32Array.from(data), shape: shape.length === 1 ? [shape[0]!, 1] : shape };
  if (!whole)
    throw new DataError("label-out-of-range", `${name}: expected class indices from 0, got other numbers.`);
  return { data: data instanceof Uint8Array ? data : Uint32Array.from(data), shape: [shape[0]!] };
}

/** A data set as a source. */
function inMemory(dataset: Dataset): SingleSource {
  const { name, inputs, labels, scaling, weights, classNames, schema } = dataset;
  const values = inputs.data instanceof Float32Array ? "f32" : "u8";
  const ofLabels =
    labels.data instanceof Float32Array ? "f32" : labels.data instanceof Uint32Array ? "u32" : "u8";
  return {
    name,
    samples: inputs.shape[0]!,
    inputs: { type: values, shape: inputs.shape.slice(1) },
    labels: { type: ofLabels, shape: labels.shape.slice(1) },
    scaling,
    ...(weights && { weighted: true }),
    ...(classNames && { classNames }),
    ...(schema && { schema }),
    fingerprint: JSON.stringify([inputs.shape, labels.shape, quickFingerprints(dataset)]),
    read: (indices) => ({
      inputs: gather(inputs, indices).data,
      labels: gather(labels, indices).data,
      ...(weights && { weights: Float32Array.from(indices, (i) => weights[i]!) }),
    }),
  };
}
