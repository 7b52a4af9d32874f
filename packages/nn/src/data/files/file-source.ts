import { DataError, requireOneOf } from "../../errors.js";
import type { BatchSource } from "../batch-source.js";
import { channelOrder, channelsFirst } from "../channel-order.js";
import { findScaling, type ScalingChoice } from "../find-scaling.js";
import { quickFingerprint } from "../quick-fingerprint.js";
import { ambiguousChannels } from "../readers/idx.js";
import { byteScaling } from "../scaling.js";
import { type ArrayPart, allRows, readRows } from "./array-part.js";
import type { Seekable } from "./seekable.js";

/** Samples that are read from files while a model is trained on them. */
export interface FileSource extends BatchSource {
  /** Closes the files; temporary ones go. */
  close(): Promise<void>;
  /** As `close`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

export interface FileSourceOptions {
  /**
   * How values become inputs, by one pass over the file, or two, or by what was found before; default: bytes of pictures are shares of white, all
   * else is divided by the greatest magnitude.
   */
  readonly scaling?: ScalingChoice;
  /** What the labels are; default: whole numbers, by their type, are classes, fractions are values to be predicted. */
  readonly labels?: "classes" | "values";
  /** One name a class, in order. */
  readonly classNames?: readonly string[];
  /** What errors and logs call it; default the file's name. */
  readonly name?: string;
}

/** How much of a file's beginning and of its end tells it from others. */
const MARK = 64 * 1024;

/** What tells a file from others: its size, and hashes of its beginning and its end. */
export async function markOf(file: Seekable): Promise<string> {
  const [head, tail] = [0, Math.max(0, file.size - MARK)].map(async (start) => {
    const bytes = new Uint8Array(Math.min(MARK, file.size));
    await file.readInto(bytes, start);
    return quickFingerprint(bytes);
  });
  return [file.size, await head, await tail].join("-");
}

/** What `close` does for these files. */
export function closing(files: readonly Seekable[]): Pick<FileSource, "close" | typeof Symbol.asyncDispose> {
  const close = async () => {
    await Promise.all([...new Set(files)].map((file) => file.close()));
  };
  return { close, [Symbol.asyncDispose]: close };
}

/**
 * A source of two arrays in files: inputs [n, values], or pictures [n, height, width] or with channels first or last; labels [n] or [n, outputs].
 * @throws {DataError} `no-samples`, `size-mismatch`. @throws {FormatError} `channels-ambiguous`. @throws {ConfigError} `labels-unknown`,
 * `scaling-unknown`.
 */
export async function sourceOfArrays(
  name: string,
  inputs: ArrayPart,
  labels: ArrayPart,
  options: FileSourceOptions,
): Promise<FileSource> {
  const [samples = 0, ...inner] = inputs.shape;
  if (samples === 0) throw new DataError("no-samples", `${name}: has no samples.`);
  if (labels.shape[0] !== samples) {
    throw new DataError(
      "size-mismatch",
      `${name}: has inputs for ${samples} samples, but labels for ${labels.shape[0]}.`,
    );
  }
  const { shape, isLast } = sampleShape(name, inputs.shape);
  const type = inputs.kind === "u1" ? "u8" : "f32";
  const outputs = labels.shape.slice(1);
  const single = outputs.length === 0 || (outputs.length === 1 && outputs[0] === 1);
  const whole = single && !labels.kind.startsWith("f");
  const { labels: kind = whole ? "classes" : "values", classNames } = options;
  requireOneOf(name, "labels", kind, ["classes", "values"]);
  const labelType = kind === "values" ? "f32" : labels.kind === "u1" ? "u8" : "u32";
  const { scaling: choice = type === "u8" && shape.length === 3 ? byteScaling : "maximum" } = options;
  const features = shape.reduce((product, size) => product * size, 1);
  const ordered = async function* () {
    for await (const rows of allRows(inputs))
      yield isLast ? channelsFirst(rows, [rows.length / features, ...inner]) : rows;
  };
  const scaling = await findScaling(name, choice, samples, features, ordered);
  return {
    name,
    samples,
    inputs: { type, shape },
    labels: { type: labelType, shape: kind === "classes" ? [] : single ? [1] : outputs },
    scaling,
    ...(classNames && { classNames }),
    fingerprint: `${await markOf(inputs.file)} ${await markOf(labels.file)}`,
    async read(indices) {
      const [rows, answers] = await Promise.all([
        readRows(inputs, type, indices),
        readRows(labels, labelType, indices),
      ]);
      return {
        inputs: isLast ? channelsFirst(rows, [indices.length, ...inner]) : rows,
        labels: answers,
      };
    },
    ...closing([inputs.file, labels.file]),
  };
}

/** One sample's shape as a model sees it, and whether its channels come last in the file. */
function sampleShape(
  name: string,
  shape: readonly number[],
): { readonly shape: readonly number[]; readonly isLast: boolean } {
  const [, a = 1, b = 0, c = 0] = shape;
  if (shape.length === 3) return { shape: [1, a, b], isLast: false };
  if (shape.length !== 4) return { shape: shape.length === 1 ? [1] : shape.slice(1), isLast: false };
  const order = channelOrder(shape);
  if (order === "either") throw ambiguousChannels(name, shape);
  return order === "last" ? { shape: [c, a, b], isLast: true } : { shape: shape.slice(1), isLast: false };
}
