import { ConfigError, DataError, LoamError, requireNonNegativeInteger } from "../../errors.js";
import type { DataSchema } from "../../schema/data-schema.js";
import type { Dataset } from "../dataset.js";
import { quickFingerprint } from "../quick-fingerprint.js";
import { byteScaling } from "../scaling.js";
import { sha256 } from "../sha256.js";
import { listNames } from "../table/table.js";
import { decodePicture, isGrey, type Picture } from "./picture.js";
import { type PageFile, type PictureFile, pictureFiles } from "./picture-files.js";
import { PictureStream, pictureChanged } from "./picture-stream.js";
import { planes, resize } from "./resize.js";

/** Pictures that are all of one size keep it if no side is longer than this. */
const SMALL = 64;
/** Other pictures become squares of this size unless told otherwise. */
const USUAL = 32;
/** What one array holds in the smallest of the engines that Loam runs on: 4 GiB. */
const MOST_BYTES = 2 ** 32;

export interface ImageFolderOptions {
  /** Height and width, or the side of a square. By default the pictures' own size where all have the same and it is small (64), else 32. */
  readonly size?: number | readonly [height: number, width: number];
  /** 1 for grey, 3 for colours. By default 1 if there is no colour in any picture. */
  readonly channels?: 1 | 3;
  /** The classes of a model that is to be measured on the folder, which may then have pictures of some of them, of one, and of no others. */
  readonly classNames?: readonly string[];
  /** What errors and logs call it; by default the folder's path. */
  readonly name?: string;
  /** Remembers decoded pictures. */
  readonly cache?: PictureCache;
  /** Hears of each picture that was looked at. */
  readonly onPicture?: (done: number, total: number) => void;
}

export interface StreamableFolderOptions extends ImageFolderOptions {
  /** How many bytes the decoded pictures may take in memory; 0 streams any folder. */
  readonly memory: number;
}

/** A memory of pictures that were decoded and, if they were large, made small, for one `size`. */
export interface PictureCache {
  /** The picture that was put under that path, if it is still there. */
  get(path: string): Promise<Picture | undefined>;
  /** Keeps a decoded picture; may do nothing. */
  put(path: string, picture: Picture): Promise<void>;
}

/** A file that is not among the samples. */
export interface SkippedFile {
  readonly path: string;
  readonly reason: string;
}

/** What a folder of pictures holds. */
export interface ImageFolder {
  readonly training: Dataset;
  /** Present when the folder has a part for the test. */
  readonly test?: Dataset;
  readonly skipped: readonly SkippedFile[];
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** How many of the pictures have no colour. */
  readonly colourless: number;
}

/** What a folder of pictures holds that take more memory than they may. */
export interface StreamedFolder extends Omit<ImageFolder, "training" | "test"> {
  readonly training: PictureStream;
  readonly test?: PictureStream;
}

/** A picture with its class. */
interface Sample extends Pick<Picture, "height" | "width"> {
  readonly file: PictureFile;
  readonly path: string;
  readonly className: string;
  readonly part: "training" | "test";
  readonly isGrey: boolean;
  /** Tells it from another picture. */
  readonly mark: number;
  /** As long as all of them are kept. */
  picture?: Picture;
}

/**
 * Reads a folder that has one folder a class, in the order of their names, each with pictures (PNG or JPEG) directly or deeper: a path in Node, or
 * in a page the `File`s of a folder that was chosen. Folders `train` and `test` (or `val`) that have the classes' folders in them are the two parts.
 * Hidden files are passed over; others that are no whole pictures are in `skipped`. Inputs are bytes [n, channels, height, width],
 * divided by 255. Sides are stretched: see `resize`.
 *
 * With `memory`, pictures that take more than so many bytes are streamed: they are looked at once, and read again, from the cache or from their
 * files, while a model is trained on them.
 *
 * ```ts
 * const { training } = await imageFolder("photos", { size: 64, memory: 2 ** 29 });
 * await model.fit(training, { epochs: 5 }); // a data set, or a stream
 * ```
 * @throws {DataError} `pictures-none`, `pictures-one-class`, `pictures-too-many`; {PlatformError} `folder-missing`;
 * {ConfigError} `size-not-positive`, `channels-unknown`, `memory-negative`; with `classNames` {DataError} `label-out-of-range`
 */
export function imageFolder(
  source: string | Iterable<PictureFile | PageFile>,
  options: StreamableFolderOptions,
): Promise<ImageFolder | StreamedFolder>;
export function imageFolder(
  source: string | Iterable<PictureFile | PageFile>,
  options?: ImageFolderOptions,
): Promise<ImageFolder>;
export async function imageFolder(
  source: string | Iterable<PictureFile | PageFile>,
  options: ImageFolderOptions & Partial<StreamableFolderOptions> = {},
): Promise<ImageFolder | StreamedFolder> {
  const { memory } = options;
  const most = memory ?? Number.POSITIVE_INFINITY;
  const { name = typeof source === "string" ? source : "pictures", channels, cache, onPicture } = options;
  if (channels !== undefined && channels !== 1 && channels !== 3)
    throw new ConfigError("channels-unknown", `${name}: channels must be 1 or 3, got ${String(channels)}.`);
  if (memory !== undefined) requireNonNegativeInteger(name, "memory", memory);
  const wanted = sizeOf(options.size, name);
  const read = (file: PictureFile) => lookAt(file, wanted, cache);
  const files = await pictureFiles(source);
  const skipped: SkippedFile[] = [];
  const samples: Sample[] = [];
  const placeOf = layout(files);
  let kept = 0;
  for (const [i, file] of files.entries()) {
    const { path } = file;
    const place = placeOf(path);
    if (!place) skipped.push({ path, reason: "lies beside the classes' folders and not in one of them" });
    else {
      try {
        const picture = await read(file);
        await cache?.put(path, picture);
        const { height, width, rgb } = picture;
        const sample = { file, path, ...place, height, width, isGrey: isGrey(picture) };
        const had = kept;
        kept += rgb.length;
        samples.push({ ...sample, mark: quickFingerprint(rgb), ...(kept <= most && { picture }) });
        if (had <= most && kept > most) for (const one of samples) delete one.picture;
      } catch (error) {
        // One bad file among many is no reason to stop; anything else than a bad file is.
        if (!(error instanceof LoamError)) throw error;
        skipped.push({ path, reason: withoutName(error.message, path) });
      }
    }
    onPicture?.(i + 1, files.length);
  }
  const classNames = classesOf(samples, skipped, { name, files: files.length, known: options.classNames });
  const [height, width] = wanted ?? commonSize(samples);
  const depth = channels ?? (samples.every((sample) => sample.isGrey) ? 1 : 3);
  const known = samples.filter(({ path, className }) => {
    if (classNames.includes(className)) return true;
    skipped.push({ path, reason: `is of the class ${JSON.stringify(className)}, which training has not` });
    return false;
  });
  const form = { classNames, height, width, channels: depth };
  const partOf = (part: Sample["part"]) =>
    [
      known.filter((sample) => sample.part === part),
      { name: part === "test" ? `${name} (test)` : name, ...form },
    ] as const;
  const hasTest = known.some(({ part }) => part === "test");
  const colourless = known.filter((sample) => sample.isGrey).length;
  const rest = { skipped, height, width, channels: depth, colourless };
  if (Math.max(kept, known.length * depth * height * width) > most) {
    return {
      training: await streamOf(...partOf("training"), read),
      ...(hasTest && { test: await streamOf(...partOf("test"), read) }),
      ...rest,
    };
  }
  return {
    training: datasetOf(...partOf("training")),
    ...(hasTest && { test: datasetOf(...partOf("test")) }),
    ...rest,
  };
}

/** Whether what a folder holds is streamed. */
export function isStreamedFolder(folder: ImageFolder | StreamedFolder): folder is StreamedFolder {
  return folder.training instanceof PictureStream;
}

/** A decoded picture as a network is to see it: resized, its channels in planes. */
export function pictureInputs(
  picture: Picture,
  { height, width, channels }: { readonly height: number; readonly width: number; readonly channels: 1 | 3 },
): Uint8Array {
  return planes(resize(picture, height, width), channels);
}

function sizeOf(size: ImageFolderOptions["size"], name: string): readonly [number, number] | undefined {
  if (size === undefined) return undefined;
  const [height, width] = typeof size === "number" ? [size, size] : size;
  for (const side of [height, width]) {
    if (Number.isSafeInteger(side) && side > 0) continue;
    throw new ConfigError(
      "size-not-positive",
      `${name}: size must be an integer of at least 1, or two of them, got ${JSON.stringify(size)}.`,
    );
  }
  return [height, width];
}

async function lookAt(
  file: PictureFile,
  wanted: readonly [number, number] | undefined,
  cache: PictureCache | undefined,
): Promise<Picture> {
  const { path } = file;
  return (await cache?.get(path)) ?? small(decodePicture(await file.read(), path), wanted);
}

/** What is kept of a picture: as it is to be, or as it is while nobody knows and it is small. */
function small(picture: Picture, wanted: readonly [number, number] | undefined): Picture {
  if (wanted) return resize(picture, ...wanted);
  return picture.width <= SMALL && picture.height <= SMALL ? picture : resize(picture, USUAL, USUAL);
}

const TRAINING = /^train(ing)?$/i;
const TEST = /^test(ing)?$/i;
const VALIDATION = /^val(id|idation)?$/i;

/** How paths tell the class, and the part where there are parts: `cats/1.png`, or `train/cats/1.png` and `test/cats/2.png`. */
function layout(
  files: readonly PictureFile[],
): (path: string) => Pick<Sample, "className" | "part"> | undefined {
  const paths = files.map(({ path }) => path.split("/"));
  const folders = [...new Set(paths.filter(({ length }) => length > 1).map(([first]) => first!))];
  const inParts =
    folders.some((one) => TRAINING.test(one)) &&
    folders.every((one) => [TRAINING, TEST, VALIDATION].some((kind) => kind.test(one))) &&
    paths.some(({ length }) => length > 2);
  if (!inParts) {
    return (path) => {
      const [className, file] = path.split("/");
      return file === undefined ? undefined : { className: className!, part: "training" };
    };
  }
  const hasTest = folders.some((one) => TEST.test(one));
  return (path) => {
    const [part, className, file] = path.split("/");
    if (file === undefined) return undefined;
    // Pictures to choose by serve for training where there are others to test on, and training holds out its own.
    const isTest = TEST.test(part!) || (!hasTest && VALIDATION.test(part!));
    return { className: className!, part: isTest ? "test" : "training" };
  };
}

/** The names of the classes that have a picture to train on, or those that are known. @throws {DataError} for fewer than two, or for one that is not known. */
function classesOf(
  samples: readonly Sample[],
  skipped: readonly SkippedFile[],
  {
    name,
    files,
    known,
  }: { readonly name: string; readonly files: number; readonly known: readonly string[] | undefined },
): readonly string[] {
  const training = known ? samples : samples.filter(({ part }) => part === "training");
  const classNames = [...new Set(training.map(({ className }) => className))].sort();
  const [first] = skipped;
  const others =
    first && ` (${first.path}: ${first.reason.replace(/\.$/, "")}${skipped.length > 1 ? ` …` : ""})`;
  if (classNames.length === 0) {
    throw new DataError(
      "pictures-none",
      `${name}: expected one folder a class with PNG or JPEG pictures in it, got ${files === 0 ? "no files" : `none among ${files} files`}${others ?? ""}.`,
      { file: name },
    );
  }
  const unknown = known ? classNames.filter((one) => !known.includes(one)) : [];
  if (unknown.length > 0) {
    throw new DataError(
      "label-out-of-range",
      `${name}: has the class ${listNames(unknown)}, but the network was trained on ${known!.slice(0, 20).join(", ")}${known!.length > 20 ? ", …" : ""}.`,
      { file: name },
    );
  }
  if (known || classNames.length > 1) return known ?? classNames;
  throw new DataError(
    "pictures-one-class",
    `${name}: all pictures lie in one folder, ${JSON.stringify(classNames[0])}, and there is nothing to tell them from${others ?? ""}; give a folder of two classes or more, each with a folder of its own.`,
    { file: name },
  );
}

/** The size that all pictures have, or else the usual one. */
function commonSize(samples: readonly Sample[]): readonly [number, number] {
  const { height, width } = samples[0]!;
  const same = samples.every((sample) => sample.height === height && sample.width === width);
  return same ? [height, width] : [USUAL, USUAL];
}

interface Form {
  readonly name: string;
  readonly classNames: readonly string[];
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
}

/**
 * Resized pictures lie in one array.
 * @throws {DataError} `pictures-too-many`, with the largest size of the same proportions that has room.
 */
function requireRoom(count: number, { name, height, width, channels }: Omit<Form, "classNames">): void {
  const bytes = count * channels * height * width;
  if (bytes <= MOST_BYTES) return;
  const share = Math.sqrt(MOST_BYTES / bytes);
  const sides = [height, width].map((side) => Math.max(1, Math.floor(side * share)));
  throw new DataError(
    "pictures-too-many",
    `${name}: ${count} pictures of ${height}x${width} take ${(bytes / 2 ** 30).toFixed(1)} GiB, and 4 GiB have room; take them at ${sides.join("x")} or smaller, or fewer of them, or have them streamed with memory.`,
    { file: name },
  );
}

function datasetOf(samples: readonly Sample[], form: Form): Dataset {
  const { name, classNames, height, width, channels } = form;
  const size = channels * height * width;
  requireRoom(samples.length, form);
  const data = new Uint8Array(samples.length * size);
  for (const [i, { picture }] of samples.entries()) data.set(pictureInputs(picture!, form), i * size);
  return {
    name,
    inputs: { data, shape: [samples.length, channels, height, width] },
    labels: { data: numbersOf(samples, form), shape: [samples.length] },
    scaling: byteScaling,
    classNames,
    schema: pictureSchema(form, "resize"),
  };
}

function numbersOf(samples: readonly Sample[], { classNames }: Form): Uint32Array {
  const numbers = new Map(classNames.map((one, i) => [one, i]));
  return Uint32Array.from(samples, ({ className }) => numbers.get(className)!);
}

async function streamOf(
  samples: readonly Sample[],
  form: Form,
  read: (file: PictureFile) => Promise<Picture>,
): Promise<PictureStream> {
  const { name, classNames, height, width, channels } = form;
  // Nothing else of a sample is wanted any more.
  const files = samples.map(({ file }) => file);
  const marks = Uint32Array.from(samples, ({ mark }) => mark);
  const classes = numbersOf(samples, form);
  return new PictureStream({
    name,
    shape: [channels, height, width],
    ...{ classes, classNames },
    schema: pictureSchema(form, "resize"),
    fingerprint: await sha256(new Uint8Array(Uint32Array.from([...marks, ...classes]).buffer)),
    async load(place) {
      const file = files[place]!;
      const picture = await read(file);
      if (quickFingerprint(picture.rgb) !== marks[place]) throw pictureChanged(file.path);
      return pictureInputs(picture, form);
    },
  });
}

/** What a model is to know of the pictures that it was trained on. */
export function pictureSchema(
  { height, width, channels }: Pick<Form, "height" | "width" | "channels">,
  fit: "digit" | "resize",
): DataSchema {
  return { task: { kind: "classification" }, input: { kind: "image", height, width, channels, fit } };
}

/** An error's sentence without the name that it begins with. */
function withoutName(sentence: string, name: string): string {
  return sentence.startsWith(`${name}: `) ? sentence.slice(name.length + 2) : sentence;
}
