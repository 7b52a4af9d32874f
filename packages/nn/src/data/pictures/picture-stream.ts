import { DataError } from "../../errors.js";
import type { DataSchema } from "../../schema/data-schema.js";
import type { BatchSource, SourceInputs, SourceLabels, SourceValues } from "../batch-source.js";
import { quickFingerprint } from "../quick-fingerprint.js";
import { drawSamples } from "../sample-dataset.js";
import { byteScaling, type Scaling } from "../scaling.js";
import { pictureVarier, type VaryOptions } from "./vary-pictures.js";

/** How many pictures are waited for at once. */
const TOGETHER = 16;

/** What a stream is made of. */
export interface StreamParts {
  readonly name: string;
  /** [channels, height, width] */
  readonly shape: readonly [number, number, number];
  /** The class of each sample. */
  readonly classes: Uint32Array;
  readonly classNames: readonly string[];
  /** By default bytes are divided by 255. */
  readonly scaling?: Scaling;
  readonly schema: DataSchema;
  readonly fingerprint: string;
  /** The bytes [channels, height, width] of the sample at a place. */
  readonly load: (place: number) => Promise<Uint8Array>;
}

/**
 * Pictures that are decoded, or read from where decoded ones are kept, while a model is trained on them: what `imageFolder` gives in place of a data
 * set where pictures take more memory than they may. `fit` and `evaluate` take it, and come to the same bits as with all of it in memory.
 */
export class PictureStream implements BatchSource {
  readonly name: string;
  readonly samples: number;
  readonly inputs: SourceInputs;
  readonly labels: SourceLabels = { type: "u32", shape: [] };
  readonly scaling: Scaling;
  readonly classNames: readonly string[];
  readonly schema: DataSchema;
  readonly fingerprint: string;
  /** The class of each sample, [samples]. */
  readonly classes: Uint32Array;
  readonly #parts: StreamParts;

  /** @internal */
  constructor(parts: StreamParts) {
    this.#parts = parts;
    const { name, shape, classes, classNames, schema, fingerprint, scaling = byteScaling } = parts;
    this.name = name;
    this.samples = classes.length;
    this.inputs = { type: "u8", shape };
    this.classes = classes;
    this.classNames = classNames;
    this.scaling = scaling;
    this.schema = schema;
    this.fingerprint = fingerprint;
  }

  /** As `BatchSource.read`. @throws {DataError} `picture-changed` where a file holds another picture than when the folder was read. */
  async read(indices: Uint32Array, signal?: AbortSignal): Promise<SourceValues & { inputs: Uint8Array }> {
    const { load, shape, classes } = this.#parts;
    const size = shape[0] * shape[1] * shape[2];
    const inputs = new Uint8Array(indices.length * size);
    let next = 0;
    const some = async (): Promise<void> => {
      while (next < indices.length && !signal?.aborted) {
        const i = next++;
        inputs.set(await load(indices[i]!), i * size);
      }
    };
    const stop = (error: unknown): never => {
      next = indices.length;
      throw error;
    };
    await Promise.all(Array.from({ length: Math.min(TOGETHER, indices.length) }, () => some().catch(stop)));
    return { inputs, labels: indices.map((place) => classes[place]!) };
  }

  /** The samples at these places, in this order. */
  pick(places: Uint32Array): PictureStream {
    const { classes, load, fingerprint } = this.#parts;
    return new PictureStream({
      ...this.#parts,
      classes: places.map((place) => classes[place]!),
      fingerprint: `${fingerprint} | ${places.length} ${quickFingerprint(places)}`,
      load: (place) => load(places[place]!),
    });
  }

  /** As `sampleDataset`: so many of the samples, of each class its share. @throws {ConfigError} `count-negative`, `count-out-of-range` */
  sample(count: number, seed: number): PictureStream {
    return this.pick(drawSamples(this.samples, count, seed, this.classes));
  }

  /**
   * As `varyPictures`: the pictures, then their first copies, the second ones and so on; each copy is made when it is read.
   * @throws {ConfigError} `copies-not-positive`, `seed-negative`, `kinds-unknown`, `kinds-empty`
   */
  vary(options: VaryOptions): PictureStream {
    const { shape, classes, load, fingerprint } = this.#parts;
    const vary = pictureVarier(options, shape);
    const { kinds, copies, seed } = options;
    const count = classes.length;
    const all = new Uint32Array(count * (copies + 1));
    for (let copy = 0; copy <= copies; copy++) all.set(classes, copy * count);
    return new PictureStream({
      ...this.#parts,
      name: `${this.name} with ${copies} varied ${copies === 1 ? "copy" : "copies"} of each`,
      classes: all,
      fingerprint: `${fingerprint} | vary ${kinds.join()} ${copies} ${seed}`,
      async load(place) {
        const picture = await load(place % count);
        if (place < count) return picture;
        const copy = new Uint8Array(picture.length);
        vary(picture, copy, place - count);
        return copy;
      },
    });
  }

  /** With another scaling, which a model brings. */
  scaled(scaling: Scaling): PictureStream {
    return new PictureStream({ ...this.#parts, scaling });
  }

  /** With classes in another order: those of a model that knows them by name, of which `numbers` are what this one's are there. */
  renumbered(classNames: readonly string[], numbers: readonly number[]): PictureStream {
    const { classes, fingerprint } = this.#parts;
    return new PictureStream({
      ...this.#parts,
      classNames,
      classes: classes.map((one) => numbers[one]!),
      fingerprint: `${fingerprint} | classes ${numbers.join()}`,
    });
  }
}

/** @throws {DataError} `picture-changed` */
export function pictureChanged(path: string): DataError {
  return new DataError(
    "picture-changed",
    `${path}: is not the picture any more that it was when training began; leave the folder as it is until training is over, and begin again.`,
    { file: path },
  );
}
