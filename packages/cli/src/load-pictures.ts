import { setImmediate } from "node:timers/promises";
import type { Model } from "@loam/nn";
import {
  type ImageFolder,
  imageFolder,
  isStreamedFolder,
  type PictureVariation,
  type StreamedFolder,
  varyPicturesInParts,
} from "@loam/nn/data/images";
import { holdOut } from "@loam/nn/data/table";
import type { PicturesSource } from "./data-source.js";
import { partFold } from "./folds.js";
import { showCount } from "./format.js";
import { FolderCache } from "./picture-cache.js";
import { countOf, drawnFrom, isStream, labelsOf, pickOf, type Samples } from "./samples.js";
import type { Settings } from "./settings.js";

/** MB of decoded pictures that lie in memory, unless told otherwise: what makes data sets of them takes some four times as much on its way. */
const MEMORY = 512;
const MB = 2 ** 20;

/** How many varied copies of each picture `--augment` with names adds. */
const COPIES = 3;

/** How many files that were skipped are named. */
const NAMED = 5;

export type PictureSettings = Pick<
  Settings,
  "size" | "channels" | "memory" | "augment" | "limit" | "validationSplit" | "seed" | "folds" | "fold"
>;

/** Pictures, divided. */
export interface LoadedPictures {
  readonly training: Samples;
  /** What was held out; undefined where that would be no picture. */
  readonly validation?: Samples;
  /** The folder's own part for the test. */
  readonly test?: Samples;
  readonly outputs: number;
  /** What was understood, in lines. */
  readonly lines: readonly string[];
}

/** Reads a folder of pictures and holds some out, of each class its share. */
export async function loadPictures(
  source: PicturesSource,
  {
    size,
    channels,
    memory = MEMORY,
    augment,
    limit,
    validationSplit = 0,
    seed,
    folds,
    fold,
  }: PictureSettings,
  onPicture?: (done: number, total: number) => void,
): Promise<LoadedPictures> {
  const { folder, notes } = await readFolder(source, {
    size,
    channels: channels && (channels === "grey" ? 1 : 3),
    memory,
    onPicture,
  });
  const read: Samples = folder.training;
  const limited = limit === undefined || limit >= countOf(read) ? read : drawnFrom(read, limit, seed);
  const { data: classes } = labelsOf(limited);
  const parted =
    folds !== undefined && fold !== undefined
      ? partFold(classes.length, { folds, fold, seed, classes })
      : undefined;
  const all = parted ? pickOf(limited, parted.outside) : limited;
  const test = parted ? pickOf(limited, parted.inside) : folder.test;
  const { training, held } = holdOut(countOf(all), validationSplit, seed, labelsOf(all).data);
  const kept = pickOf(all, training);
  return {
    training: Array.isArray(augment) ? await variedPictures(kept, augment, seed) : kept,
    ...(held.length > 0 && { validation: pickOf(all, held) }),
    ...(test && { test }),
    outputs: read.classNames!.length,
    lines: [describe(folder), ...notes],
  };
}

/** A folder's pictures as a trained model sees them: those for the test, where it has such a part. */
export async function picturesToMeasure(
  source: PicturesSource,
  { inputShape, classNames }: Pick<Model, "inputShape" | "classNames">,
  memory = MEMORY,
): Promise<{ dataset: Samples; notes: readonly string[] }> {
  const [channels = 1, height = 1, width = 1] = inputShape;
  const asked = { size: [height, width], channels: channels === 1 ? 1 : 3, memory } as const;
  const { folder, notes } = await readFolder(source, { ...asked, classNames });
  const colours = colourNote(channels, folder.colourless, pictures(folder));
  return { dataset: folder.test ?? folder.training, notes: colours ? [...notes, colours] : notes };
}

function pictures({ training, test }: ImageFolder | StreamedFolder): number {
  return countOf(training) + (test ? countOf(test) : 0);
}

/** What is to be said of pictures without colours where a network looks at these, or with some where it does not. */
export function colourNote(channels: number, colourless: number, all: number): string | undefined {
  const are = (count: number) =>
    count === 1 ? "1 picture has" : `${showCount(count)} of ${showCount(all)} pictures have`;
  if (channels === 3 && colourless > 0 && 2 * colourless > all)
    return `noticed   ${are(colourless)} no colours, which the network looks at`;
  const coloured = all - colourless;
  if (channels === 1 && 2 * coloured > all)
    return `noticed   ${are(coloured)} colours, which the network does not look at: it was trained on grey pictures`;
  return undefined;
}

/** All of a folder, nothing held out: what a network that knows of no size is measured on. */
export async function readPictures(source: PicturesSource): Promise<ImageFolder> {
  return (await readFolder(source, {})).folder as ImageFolder;
}

/** The same, to be looked at. */
export async function streamablePictures(source: PicturesSource): Promise<ImageFolder | StreamedFolder> {
  return (await readFolder(source, { memory: MEMORY })).folder;
}

interface FolderAsked {
  readonly size?: readonly [number, number] | undefined;
  readonly channels?: 1 | 3 | undefined;
  /** Those of a network that is measured. */
  readonly classNames?: readonly string[] | undefined;
  /** In MB; without it, all is read into memory. */
  readonly memory?: number;
  readonly onPicture?: ((done: number, total: number) => void) | undefined;
}

async function readFolder(
  { path }: PicturesSource,
  { size, channels, classNames, memory, onPicture }: FolderAsked,
): Promise<{ folder: ImageFolder | StreamedFolder; notes: readonly string[] }> {
  const cache = await FolderCache.open(path, size ? size.join("x") : "auto");
  const options = {
    cache,
    ...(size && { size }),
    ...(channels && { channels }),
    ...(classNames && { classNames }),
    ...(onPicture && { onPicture }),
  };
  const folder = await (memory === undefined
    ? imageFolder(path, options)
    : imageFolder(path, { ...options, memory: memory * MB }));
  const unkept = await cache.keep();
  const { skipped } = folder;
  const more = skipped.length > NAMED ? `, and ${showCount(skipped.length - NAMED)} more` : "";
  const named = skipped.slice(0, NAMED).map((one) => `${one.path} (${one.reason.replace(/[.;].*$/, "")})`);
  return {
    folder,
    notes: [
      ...(skipped.length > 0
        ? [
            `skipped   ${showCount(skipped.length)} ${skipped.length === 1 ? "file" : "files"}: ${named.join(", ")}${more}`,
          ]
        : []),
      ...(unkept ? [`noticed   ${unkept}`] : []),
    ],
  };
}

/** With varied copies, made in parts, so that a signal gets in between. */
export async function variedPictures(
  training: Samples,
  kinds: readonly PictureVariation[],
  seed: number,
): Promise<Samples> {
  if (isStream(training)) return training.vary({ kinds, copies: COPIES, seed });
  const parts = varyPicturesInParts(training, { kinds, copies: COPIES, seed });
  for (;;) {
    const part = parts.next();
    if (part.done) return part.value;
    await setImmediate();
  }
}

/** `target    2 classes (cats 40, dogs 38); pictures of 32x32, in colours`. */
function describe(folder: ImageFolder | StreamedFolder): string {
  const { training, height, width, channels } = folder;
  const names = training.classNames!;
  const counts = new Array<number>(names.length).fill(0);
  for (const label of labelsOf(training).data) counts[label]!++;
  const shown = names.slice(0, 12).map((name, i) => `${name} ${showCount(counts[i]!)}`);
  const more = names.length > shown.length ? `, …` : "";
  return `target    ${showCount(names.length)} classes (${shown.join(", ")}${more}); pictures of ${height}x${width}, ${channels === 1 ? "grey" : "in colours"}${isStreamedFolder(folder) ? "; more than memory is to hold, and read while they are trained on" : ""}`;
}
