import { ConfigError } from "../../errors.js";
import type { DataSchema } from "../../schema/data-schema.js";
import { pictureInputs } from "./image-folder.js";
import { decodePicture, onWhite, type Picture } from "./picture.js";

/** What `predictPictures` needs of a model. */
export interface PredictsPictures {
  readonly name: string;
  readonly schema: DataSchema | undefined;
  readonly classNames: readonly string[] | undefined;
  /** As `Model.classify`. */
  classify(inputs: { readonly data: Uint8Array; readonly shape: readonly number[] }): Promise<{
    readonly labels: Uint32Array;
    readonly probabilities: { readonly data: Float32Array };
  }>;
}

/**
 * A picture as people have it: the bytes of a PNG or JPEG, a page's `File` or `Blob` of such, or pixels as a canvas gives them (`ImageData`:
 * red, green, blue and alpha, row by row).
 */
export type PictureSource =
  | Uint8Array
  | { readonly name?: string; arrayBuffer(): Promise<ArrayBuffer> }
  | { readonly width: number; readonly height: number; readonly data: Uint8Array | Uint8ClampedArray };

/** What a model says of one picture. */
export interface PicturePrediction {
  readonly class: string;
  /** Of the class that is told, and of each by its name. */
  readonly probability: number;
  readonly probabilities: Readonly<Record<string, number>>;
}

/**
 * Tells the classes of pictures of any size, with a model that was trained on an `imageFolder`: each is made as those of training were.
 *
 * ```ts
 * const [first] = await predictPictures(model, input.files); // of an <input type="file">
 * first.class; // "cats"
 * ```
 *
 * @throws {ConfigError} `not-for-pictures` for a model that knows no pictures, and {FormatError} as `decodePicture`.
 */
export async function predictPictures(
  model: PredictsPictures,
  pictures: Iterable<PictureSource>,
): Promise<PicturePrediction[]> {
  const input = model.schema?.input;
  if (input?.kind !== "image" || input.fit !== "resize") {
    throw new ConfigError(
      "not-for-pictures",
      `predictPictures: the model "${model.name}" was not trained on pictures of any size; train it on an imageFolder, or give classify its inputs.`,
    );
  }
  const { height, width, channels } = input;
  const sources = [...pictures];
  const values = channels * height * width;
  const data = new Uint8Array(sources.length * values);
  for (const [i, source] of sources.entries()) {
    data.set(pictureInputs(await pictureOf(source, `picture ${i}`), input), i * values);
  }
  const { labels, probabilities } = await model.classify({
    data,
    shape: [sources.length, channels, height, width],
  });
  const classes = probabilities.data.length / Math.max(1, sources.length);
  const className = (label: number) => model.classNames?.[label] ?? String(label);
  return Array.from(labels, (label, row) => {
    const shares = probabilities.data.subarray(row * classes, (row + 1) * classes);
    return {
      class: className(label),
      probability: shares[label]!,
      probabilities: Object.fromEntries(Array.from(shares, (share, i) => [className(i), share])),
    };
  });
}

async function pictureOf(source: PictureSource, name: string): Promise<Picture> {
  if (source instanceof Uint8Array) return decodePicture(source, name);
  if ("arrayBuffer" in source) {
    return decodePicture(new Uint8Array(await source.arrayBuffer()), source.name ?? name);
  }
  const { width, height, data } = source;
  if (data.length !== 4 * width * height) {
    throw new ConfigError(
      "pixels-mismatch",
      `predictPictures: ${name} has ${data.length} values for ${width}x${height} pixels of 4; give what getImageData gives.`,
    );
  }
  return { width, height, rgb: onWhite(Uint8Array.from(data)) };
}
