import {
  ConfigError,
  DataError,
  requireIn,
  requireNonNegativeInteger,
  requirePositiveInteger,
} from "../../errors.js";
import { requireOptions } from "../../options.js";
import type { DataSchema } from "../../schema/data-schema.js";
import type { BatchSource, SourceInputs, SourceLabels } from "../batch-source.js";
import { type Dataset, type DatasetInputs, type DatasetLabels, splitPlaces } from "../dataset.js";
import { findScaling, type ScalingChoice } from "../find-scaling.js";
import { applyScaling, type Scaling } from "../scaling.js";
import { shuffledIndices } from "../shuffle.js";
import { cached } from "./cached.js";
import { type MapOptions, mapped, type SampleMap } from "./mapped.js";
import { type SingleSource, type SingleValues, sizeOfOne } from "./single-source.js";
import { type PipelineWindowOptions, windowed } from "./windowed.js";

export interface BatchOptions {
  /** By default the samples come in their order; with a seed in that of `fit` with this seed in this epoch, which is 0 unless given. */
  readonly seed?: number;
  readonly epoch?: number;
  /** How many batches are read while one is used; default 1. */
  readonly prefetch?: number;
  /** Leaves a last batch out that is shorter than the others; default false. */
  readonly dropRemainder?: boolean;
}

/** Some samples, as `trainOnBatch` takes them: `model.trainOnBatch(inputs, labels)`. */
export interface Batch {
  readonly inputs: DatasetInputs;
  readonly labels: DatasetLabels;
  readonly weights?: Float32Array;
}

/**
 * Samples, and what is done to them on their way into a model. Each method gives a new pipeline; nothing is read or computed before somebody asks
 * for samples, which `fit` and `evaluate` do a few batches at a time. What comes out is a function of what goes in, of the seeds and of a sample's
 * place, so that bits are those of the same values in memory.
 *
 * ```ts
 * const { training, validation } = pipeline(inputs, labels).shuffle(7).split(0.2);
 * const scaled = await training.normalize("standard");
 * await model.fit(scaled.oneHot(3).cache(), { epochs: 5 });
 * ```
 */
export class Pipeline implements BatchSource {
  readonly name: string;
  readonly samples: number;
  readonly inputs: SourceInputs;
  readonly labels: SourceLabels;
  readonly scaling: Scaling;
  readonly weighted: boolean;
  readonly classNames?: readonly string[];
  readonly schema?: DataSchema;
  readonly fingerprint: string;
  readonly #source: SingleSource;

  constructor(source: SingleSource) {
    this.#source = source;
    this.name = source.name;
    this.samples = source.samples;
    this.inputs = source.inputs;
    this.labels = source.labels;
    this.scaling = source.scaling ?? { kind: "none" };
    this.weighted = source.weighted === true;
    if (source.classNames) this.classNames = source.classNames;
    if (source.schema) this.schema = source.schema;
    this.fingerprint = source.fingerprint ?? "";
  }

  read(indices: Uint32Array, signal: AbortSignal): SingleValues | Promise<SingleValues> {
    return this.#source.read(indices, signal);
  }

  /** The first samples, all if there are fewer. @throws {ConfigError} `count-not-positive` */
  take(count: number): Pipeline {
    requirePositiveInteger(this.name, "count", count);
    return this.#part(0, Math.min(count, this.samples), `take ${count}`);
  }

  /** All but the first samples. @throws {ConfigError} `count-out-of-range` unless some are left. */
  skip(count: number): Pipeline {
    requireNonNegativeInteger(this.name, "count", count);
    requireIn(this.name, "count", count, `[0, ${this.samples})`);
    return this.#part(count, this.samples, `skip ${count}`);
  }

  /** The samples in an order that is a function of the seed. `fit` shuffles each epoch anew in any case. @throws {ConfigError} `seed-negative` */
  shuffle(seed: number): Pipeline {
    return this.#picked(shuffledIndices(this.samples, seed, 0), `shuffle ${seed}`);
  }

  /**
   * Draws a share of the samples for validation, those that `splitDataset` draws with the same seed, 0 unless given; both parts keep the order.
   * @throws {ConfigError} `fraction-out-of-range`, `split-empty` where a part would have no samples, `seed-negative`.
   */
  split(fraction: number, { seed = 0 } = {}): { readonly training: Pipeline; readonly validation: Pipeline } {
    requireIn(this.name, "fraction", fraction, "(0, 1)");
    const { training, validation } = splitPlaces(this.samples, fraction, seed);
    if (training.length === 0 || validation.length === 0) {
      throw new ConfigError(
        "split-empty",
        `${this.name}: expected a fraction that leaves samples in both parts of ${this.samples}, got ${fraction}.`,
      );
    }
    const what = `split ${fraction} ${seed}`;
    return {
      training: this.#picked(training, `${what} training`),
      validation: this.#picked(validation, `${what} validation`),
    };
  }

  /**
   * Each sample as a function of it and of its place. Types and shapes stay unless `options` says what they become. Numbers are the values as they
   * are read: the scaling comes behind, unless `options` has another. A checkpoint knows the function by its text, not by what it refers to.
   * @throws {DataError} `map-size` from `read`, when the function gives another number of values.
   */
  map(change: SampleMap, options: MapOptions = {}): Pipeline {
    requireOptions("map", options, ["inputs", "labels", "scaling", "classNames"]);
    return new Pipeline(mapped(this.#source, change, options));
  }

  /** Class indices as rows with a 1 in the class' place, for losses on dense targets. @throws {ConfigError} `labels-not-classes` */
  oneHot(classes: number | undefined = this.classNames?.length): Pipeline {
    if (this.labels.type === "f32" || this.labels.shape.length > 0 || classes === undefined) {
      throw new ConfigError(
        "labels-not-classes",
        `${this.name}: oneHot expects class indices and the number of classes, got ${classes === undefined ? "no number" : `labels of type ${this.labels.type} and shape [${this.labels.shape.join(", ")}]`}.`,
      );
    }
    requirePositiveInteger(this.name, "classes", classes);
    const one = ({ labels }: { readonly labels: ArrayLike<number> }) => {
      const label = labels[0]!;
      if (label < classes)
        return { labels: Float32Array.from({ length: classes }, (_, i) => Number(i === label)) };
      throw new DataError(
        "label-out-of-range",
        `${this.name}: a label is ${label}, but with ${classes} classes labels go from 0 to ${classes - 1}.`,
      );
    };
    return this.map(one, { labels: { type: "f32", shape: [classes] } });
  }

  /**
   * Windows over a series: inputs [size, …sample] of samples that follow each other, each with the label of its last sample, or of one further
   * `ahead`. There are as many as have all of it.
   * @throws {ConfigError} `size-not-positive`, `stride-not-positive`, `ahead-negative`, `window-too-long`.
   */
  window(size: number, options: PipelineWindowOptions = {}): Pipeline {
    return new Pipeline(windowed(this.#source, size, options));
  }

  /**
   * With a scaling that is found on these samples, or was on others: give the validation data that of the training data, `training.scaling`. A
   * model that is trained on it keeps it, in its file too. One pass over the data for "maximum", two for "standard", which is what it is by default.
   */
  async normalize(choice: ScalingChoice = "standard"): Promise<Pipeline> {
    const { name, samples } = this;
    const pieces = this.#inOrder.bind(this);
    const scaling = await findScaling(name, choice, samples, sizeOfOne(this.inputs), pieces);
    return this.#with({ scaling }, `normalize ${JSON.stringify(scaling)}`);
  }

  /** Keeps in memory what has been read, so that it is read, and computed, once. */
  cache(): Pipeline {
    return new Pipeline(cached(this.#source));
  }

  /** All of it in memory. */
  async load(): Promise<Dataset> {
    const { name, samples, scaling, classNames, schema } = this;
    const all = Uint32Array.from({ length: samples }, (_, i) => i);
    const { inputs, labels, weights } = this.#batchOf(
      await this.read(all, new AbortController().signal),
      samples,
    );
    return {
      ...{ name, inputs, labels, scaling },
      ...(weights && { weights }),
      ...(classNames && { classNames }),
      ...(schema && { schema }),
    };
  }

  /**
   * The samples in batches, once through, for a loop of one's own; values of inputs are scaled. While one is used, the next are read.
   *
   * ```ts
   * for await (const { inputs, labels } of digits.batch(32, { seed: 1, epoch })) await model.trainOnBatch(inputs, labels);
   * ```
   * @throws {ConfigError} `batch-size-not-positive`, `prefetch-negative`, `seed-negative`, `epoch-negative`.
   */
  async *batch(batchSize: number, options: BatchOptions = {}): AsyncGenerator<Batch> {
    requireOptions("batch", options, ["seed", "epoch", "prefetch", "dropRemainder"]);
    requirePositiveInteger("batch", "batchSize", batchSize);
    const { seed, epoch = 0, prefetch = 1, dropRemainder = false } = options;
    requireNonNegativeInteger("batch", "prefetch", prefetch);
    const order = seed === undefined ? undefined : shuffledIndices(this.samples, seed, epoch);
    const end = dropRemainder ? this.samples - (this.samples % batchSize) : this.samples;
    const stop = new AbortController();
    const ahead: Promise<Batch>[] = [];
    const start = async (at: number): Promise<Batch> => {
      const count = Math.min(batchSize, end - at);
      const indices = order?.slice(at, at + count) ?? Uint32Array.from({ length: count }, (_, i) => at + i);
      const values = await this.read(indices, stop.signal);
      const inputs = this.scaling.kind === "none" ? values.inputs : applyScaling(values.inputs, this.scaling);
      return this.#batchOf({ ...values, inputs }, count);
    };
    try {
      for (let at = 0, next = 0; at < end; at += batchSize) {
        for (; next < end && ahead.length <= prefetch; next += batchSize) {
          const one = start(next);
          // What is wrong with it is told when it is its turn.
          one.catch(() => undefined);
          ahead.push(one);
        }
        yield await ahead.shift()!;
      }
    } finally {
      stop.abort();
      await Promise.allSettled(ahead);
    }
  }

  /** All inputs in order, some at a time. */
  async *#inOrder(): AsyncGenerator<ArrayLike<number>> {
    const together = Math.max(1, Math.floor((1 << 20) / Math.max(1, sizeOfOne(this.inputs))));
    const { signal } = new AbortController();
    for (let at = 0; at < this.samples; at += together) {
      const length = Math.min(together, this.samples - at);
      yield (
        await this.read(
          Uint32Array.from({ length }, (_, i) => at + i),
          signal,
        )
      ).inputs;
    }
  }

  #batchOf({ inputs, labels, weights }: SingleValues, count: number): Batch {
    return {
      inputs: { data: inputs, shape: [count, ...this.inputs.shape] },
      labels: { data: labels, shape: [count, ...this.labels.shape] },
      ...(weights && { weights }),
    };
  }

  #part(start: number, end: number, what: string): Pipeline {
    return this.#picked(
      Uint32Array.from({ length: end - start }, (_, i) => start + i),
      what,
    );
  }

  #picked(places: Uint32Array, what: string): Pipeline {
    const read: SingleSource["read"] = (indices, signal) =>
      this.#source.read(
        indices.map((i) => places[i]!),
        signal,
      );
    return this.#with({ samples: places.length, read }, what);
  }

  #with(changes: Partial<SingleSource>, what: string): Pipeline {
    return new Pipeline({ ...this.#source, ...changes, fingerprint: `${this.fingerprint} | ${what}` });
  }
}
