import { DataError, showValue } from "../../errors.js";
import type { NestedNumbers, NumberArray } from "../samples.js";
import { datasetOf, type PipelineOptions, pipeline } from "./from-data.js";
import type { Pipeline } from "./pipeline.js";

/** One sample of a stream: its numbers, and a class index, a number or several to be predicted. */
export interface StreamedSample {
  readonly inputs:
    | NestedNumbers
    | NumberArray
    | { readonly data: NumberArray; readonly shape: readonly number[] };
  readonly label: number | readonly number[] | NumberArray;
}

export interface CollectOptions extends PipelineOptions {
  /** How many samples at most are taken; default all, of a stream that ends. */
  readonly limit?: number;
}

/**
 * Reads samples one by one, of an array, a generator, an async one or a `ReadableStream`, and keeps them in memory, since an epoch needs them in
 * another order than they came in. All have the shape of the first. What does not fit in memory is a `BatchSource`, which is asked by place.
 *
 * ```ts
 * const gestures = await collect(recordedGestures(), { limit: 300 });
 * ```
 * @throws {DataError} `no-samples`, `data-type`, `not-finite`. @throws {ShapeError} `rows-differ` for a sample unlike the first.
 */
export async function collect(
  samples: Iterable<StreamedSample> | AsyncIterable<StreamedSample> | ReadableStream<StreamedSample>,
  options: CollectOptions = {},
): Promise<Pipeline> {
  const { limit = Number.POSITIVE_INFINITY, ...rest } = options;
  const { name = "collect" } = rest;
  const inputs: NestedNumbers[] = [];
  const labels: NestedNumbers[number][] = [];
  let shape: readonly number[] | undefined;
  let bytes = true;
  for await (const { inputs: x, label } of samples as AsyncIterable<StreamedSample>) {
    if (inputs.length >= limit) break;
    const data = ArrayBuffer.isView(x) ? x : "data" in x ? x.data : undefined;
    if (data === undefined && !Array.isArray(x))
      throw new DataError(
        "data-type",
        `${name}: expected a sample's inputs as numbers, got ${showValue(x)}.`,
      );
    bytes &&= data instanceof Uint8Array || data instanceof Uint8ClampedArray;
    if (data) shape ??= ArrayBuffer.isView(x) ? [data.length] : (x as { shape: readonly number[] }).shape;
    inputs.push(data ? Array.from(data) : (x as NestedNumbers));
    labels.push(typeof label === "number" ? label : Array.from(label));
    if (inputs.length >= limit) break;
  }
  if (inputs.length === 0) throw new DataError("no-samples", `${name}: has no samples.`);
  const dataset = datasetOf(inputs, labels, { ...rest, name });
  const { data } = dataset.inputs;
  return pipeline({
    ...dataset,
    inputs: {
      data: bytes ? Uint8Array.from(data) : data,
      shape: shape ? [inputs.length, ...shape] : dataset.inputs.shape,
    },
  });
}
