import { ConfigError, DataError, requirePositiveInteger, showValue } from "../errors.js";
import type { DataSchema } from "../schema/data-schema.js";
import {
  type Dataset,
  requireClasses,
  requireFinite,
  requireSize,
  requireType,
  requireWeights,
  sampleSize,
} from "./dataset.js";
import { requireScaling, type Scaling } from "./scaling.js";

/** Values of one type, and the shape that one sample has of them. */
export interface SourceInputs {
  readonly type: "u8" | "f32";
  /** As a model's `inputShape`: pictures are [channels, height, width]. */
  readonly shape: readonly number[];
}

/** Class indices are u8 or u32 of shape []; targets are f32. */
export interface SourceLabels {
  readonly type: "u8" | "u32" | "f32";
  /** [] for class indices, [steps] for those of sequences, [outputs] for targets. */
  readonly shape: readonly number[];
}

/** Some samples' values, one behind the other: [indices, …shape] of the source's `inputs` and `labels`, in their types. */
export interface SourceValues {
  /** A list where the source's `inputs` are one. */
  readonly inputs: Uint8Array | Float32Array | readonly (Uint8Array | Float32Array)[];
  readonly labels: Uint8Array | Uint32Array | Float32Array;
  /** How much each sample's loss counts, of a source that is `weighted`; 0 or more. */
  readonly weights?: Float32Array;
}

/**
 * Samples that are read while a model is trained on them, for data that does not fit in memory:
 *
 * ```ts
 * const pictures: BatchSource = {
 *   name: "pictures",
 *   samples: files.length,
 *   inputs: { type: "u8", shape: [3, 32, 32] },
 *   labels: { type: "u8", shape: [] },
 *   scaling: byteScaling,
 *   async read(indices) {
 *     const inputs = new Uint8Array(indices.length * 3 * 32 * 32);
 *     await Promise.all(
 *       Array.from(indices, async (at, i) => inputs.set(await pixelsOf(files[at]), i * 3 * 32 * 32)),
 *     );
 *     return { inputs, labels: Uint8Array.from(indices, (at) => classes[at]) };
 *   },
 * };
 * await model.fit(pictures, { epochs: 5 });
 * ```
 *
 * The order is a function of (seed, epoch), as it is of a `Dataset`: the same values give the same bits, wherever they come from, provided that
 * `read` gives the same for an index at any time.
 */
export interface BatchSource {
  /** What errors and logs call it. */
  readonly name: string;
  /** How many there are: an epoch goes through each once. */
  readonly samples: number;
  /** A list, one an `Input`, for a model with several inputs. */
  readonly inputs: SourceInputs | readonly SourceInputs[];
  readonly labels: SourceLabels;
  /** Whether `read` gives `weights` too. */
  readonly weighted?: boolean;
  /** Of values as they are read; none unless given. Several inputs have none: scale them in `read`. */
  readonly scaling?: Scaling;
  /** One name a class, in order. */
  readonly classNames?: readonly string[];
  /** What the samples were made of, see `Dataset`. */
  readonly schema?: DataSchema;
  /** Tells these values from others of the same shapes, a hash or a date for one: a checkpoint goes on only with what it was made with. */
  readonly fingerprint?: string;
  /**
   * Gives the samples at these places, from 0, in this order: some whole batches of up to 4 MB together, or one if that is more. While they are
   * trained on, the next are read; two reads are never going on for one fit. An error ends the fit with it, when the samples before are trained
   * on. `signal` says that nobody waits any more; the fit ends when the read that is going on has.
   */
  read(indices: Uint32Array, signal: AbortSignal): SourceValues | Promise<SourceValues>;
}

/** A source as everything behind `fit` sees it: with its defaults, a list of inputs, and values that are checked as they are read. */
export interface CheckedSource extends BatchSource {
  readonly inputs: readonly SourceInputs[];
  readonly scaling: Scaling;
  /** Of weights that are not read but were given: what tells them from others. */
  readonly given?: Float32Array;
  read(indices: Uint32Array, signal: AbortSignal): Promise<CheckedValues>;
}

export interface CheckedValues {
  readonly inputs: readonly (Uint8Array | Float32Array)[];
  readonly labels: Uint8Array | Uint32Array | Float32Array;
  readonly weights?: Float32Array;
}

/** Data behind `fit` and `evaluate`. */
export type CheckedData = Dataset | CheckedSource;

const TYPES = {
  u8: [Uint8Array, Uint8ClampedArray],
  u32: [Uint32Array],
  f32: [Float32Array],
} as const;

export function isSource(data: Dataset | BatchSource): data is BatchSource {
  return typeof (data as Partial<BatchSource> | undefined)?.read === "function";
}

/** How many samples there are in either. */
export function samplesOf(data: CheckedData): number {
  return isSource(data) ? data.samples : data.inputs.shape[0]!;
}

/** Whether each sample has a weight. */
export function isWeighted(data: CheckedData): boolean {
  return isSource(data) ? data.weighted === true : data.weights !== undefined;
}

/**
 * The source with its defaults, whose values are checked as those of a dataset are when they have been read; `classes`: how many the labels may
 * speak of.
 * @throws {ConfigError} `samples-not-positive`, `source-type`. @throws {DataError} `scaling-invalid`; and what `validateDataset` throws, from `read`.
 */
export function checkedSource(source: BatchSource, classes?: number): CheckedSource {
  const { name, samples, labels, scaling = { kind: "none" }, classNames, schema, fingerprint } = source;
  const weighted = source.weighted === true;
  const list = Array.isArray(source.inputs);
  const inputs = (list ? source.inputs : [source.inputs]) as readonly SourceInputs[];
  requirePositiveInteger(name, "samples", samples);
  for (const part of inputs) requireArray(name, "inputs", part, ["u8", "f32"]);
  requireArray(name, "labels", labels, ["u8", "u32", "f32"]);
  if (inputs.length === 1) requireScaling(name, scaling, sampleSize([1, ...inputs[0]!.shape]));
  else if (scaling.kind !== "none") {
    throw new DataError(
      "scaling-invalid",
      `${name}: several inputs are taken as they are, but there is a scaling; leave it out and scale them in read.`,
    );
  }
  const most = classes ?? classNames?.length ?? Number.POSITIVE_INFINITY;
  return {
    ...{ name, samples, inputs, labels, scaling },
    ...(classNames && { classNames }),
    ...(schema && { schema }),
    ...(fingerprint !== undefined && { fingerprint }),
    ...(weighted && { weighted }),
    async read(indices, signal) {
      const values = await source.read(indices.slice(), signal);
      const read = (list ? values?.inputs : [values?.inputs]) as CheckedValues["inputs"];
      if (!Array.isArray(read) || read.length !== inputs.length) {
        throw new DataError(
          "size-mismatch",
          `${name}: read was to give ${inputs.length} inputs, got ${Array.isArray(read) ? read.length : showValue(read)}.`,
        );
      }
      const sampleOf = (place: number) => indices[place]!;
      const check = (
        what: "input" | "label",
        { type, shape }: SourceInputs | SourceLabels,
        data: unknown,
      ) => {
        requireType(name, `${what}s`, data, TYPES[type]);
        const part = { data: data as Float32Array, shape: [indices.length, ...shape] };
        requireSize(name, `${what}s`, part);
        if (type === "f32") requireFinite(name, what, part, sampleOf);
        else if (what === "label") requireClasses(name, part, most, sampleOf);
      };
      for (const [i, part] of inputs.entries()) check("input", part, read[i]);
      check("label", labels, values.labels);
      const { weights } = values;
      if (weighted) requireWeights(name, weights, indices.length, sampleOf);
      return { inputs: read, labels: values.labels, ...(weighted && weights && { weights }) };
    },
  };
}

function requireArray(
  name: string,
  what: string,
  part: SourceInputs | SourceLabels,
  types: readonly string[],
): void {
  const { type, shape } = part ?? {};
  if (types.includes(type) && Array.isArray(shape)) return;
  throw new ConfigError(
    "source-type",
    `${name}: expected ${what} as { type, shape } with a type among ${types.join(", ")} and the shape of one sample, got ${showValue(part)}.`,
  );
}

/** The samples at these places, in this order. */
export function partOfSource(source: CheckedSource, places: Uint32Array): CheckedSource {
  return {
    ...source,
    samples: places.length,
    read: (indices, signal) =>
      source.read(
        indices.map((i) => places[i]!),
        signal,
      ),
  };
}
