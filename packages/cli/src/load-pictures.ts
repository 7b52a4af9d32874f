import { setImmediate } from "node:timers/promises";
import { type Dataset, type Model, pickSamples, sampleDataset } from "@loam/nn";
import {
  type ImageFolder,
  imageFolder,
  type PictureVariation,
  varyPicturesInParts,
} from "@loam/nn/data/images";
import { holdOut } from "@loam/nn/data/table";
import type { PicturesSource } from "./data-source.js";
import { partFold } from "./folds.js";
import { showCount } from "./format.js";
import { FolderCache } from "./picture-cache.js";
import type { Settings } from "./settings.js";

/** How many varied copies of each picture `--augment` with names adds. */
const COPIES = 3;

/** How many files that were skipped are named. */
const NAMED = 5;

export type PictureSettings = Pick<
  Settings,
  "size" | "channels" | "augment" | "limit" | "validationSplit" | "seed" | "folds" | "fold"
>;

/** Pictures, divided. */
export interface LoadedPictures {
  readonly training: Dataset;
  /** What was held out; undefined where that would be no picture. */
  readonly validation?: Dataset;
  /** The folder's own part for the test. */
  readonly test?: Dataset;
  readonly outputs: number;
  /** What was understood, in lines. */
  readonly lines: readonly string[];
}

/** Reads a folder of pictures and holds some out, of each class its share. */
export async function loadPictures(
  source: PicturesSource,
  { size, channels, augment, limit, validationSplit = 0, seed, folds, fold }: PictureSettings,
  onPicture?: (done: number, total: number) => void,
): Promise<LoadedPictures> {
  const { folder, notes } = await readFolder(
    source,
    size,
    channels && (channels === "grey" ? 1 : 3),
    onPicture,
  );
  const limited =
    limit === undefined || limit >= folder.training.labels.data.length
      ? folder.training
      : sampleDataset(folder.training, limit, seed);
  const parted =
    folds !== undefined && fold !== undefined
      ? partFold(limited.labels.data.length, { folds, fold, seed, classes: limited.labels.data })
      : undefined;
  const all = parted ? pickSamples(limited, parted.outside) : limited;
  const test = parted ? pickSamples(limited, parted.inside) : folder.test;
  const { training, held } = holdOut(all.labels.data.length, validationSplit, seed, all.labels.data);
  const kept = pickSamples(all, training);
  return {
    training: Array.isArray(augment) ? await variedPictures(kept, augment, seed) : kept,
    ...(held.length > 0 && { validation: pickSamples(all, held) }),
    ...(test && { test }),
    outputs: folder.training.classNames!.length,
    lines: [describe(folder), ...notes],
  };
}

/** A folder's pictures as a trained model sees them: those for the test, where it has such a part. */
export async function picturesToMeasure(
  source: PicturesSource,
  { inputShape }: Pick<Model, "inputShape">,
): Promise<{ dataset: Dataset; notes: readonly string[] }> {
  const [channels = 1, height = 1, width = 1] = inputShape;
  const { folder, notes } = await readFolder(source, [height, width], channels === 1 ? 1 : 3);
  return { dataset: folder.test ?? folder.training, notes };
}

/** All of a folder, nothing held out: what a network that knows of no size is measured on. */
export async function readPictures(source: PicturesSource): Promise<ImageFolder> {
  return (await readFolder(source, undefined, undefined)).folder;
}

async function readFolder(
  { path }: PicturesSource,
  size: readonly [number, number] | undefined,
  channels: 1 | 3 | undefined,
  onPicture?: (done: number, total: number) => void,
): Promise<{ folder: ImageFolder; notes: readonly string[] }> {
  const cache = await FolderCache.open(path, size ? size.join("x") : "auto");
  const folder = await imageFolder(path, {
    cache,
    ...(size && { size }),
    ...(channels && { channels }),
    ...(onPicture && { onPicture }),
  });
  const unkept = await cache.close();
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
  training: Dataset,
  kinds: readonly PictureVariation[],
  seed: number,
): Promise<Dataset> {
  const parts = varyPicturesInParts(training, { kinds, copies: COPIES, seed });
  for (;;) {
    const part = parts.next();
    if (part.done) return part.value;
    await setImmediate();
  }
}

/** `target    2 classes (cats 40, dogs 38); pictures of 32x32, in colours`. */
function describe({ training, height, width, channels }: ImageFolder): string {
  const names = training.classNames!;
  const counts = new Array<number>(names.length).fill(0);
  for (const label of training.labels.data) counts[label]!++;
  const shown = names.slice(0, 12).map((name, i) => `${name} ${showCount(counts[i]!)}`);
  const more = names.length > shown.length ? `, …` : "";
  return `target    ${showCount(names.length)} classes (${shown.join(", ")}${more}); pictures of ${height}x${width}, ${channels === 1 ? "grey" : "in colours"}`;
}
