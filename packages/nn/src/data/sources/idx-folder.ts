import { platform } from "#platform";
import { DataError, PlatformError } from "../../errors.js";
import { type Dataset, validateDataset } from "../dataset.js";
import { gunzip } from "../readers/gzip.js";
import { readIdxImages, readIdxLabels } from "../readers/idx.js";
import { byteScaling } from "../scaling.js";

/** What a folder of IDX files holds. */
export interface IdxFolder {
  readonly training: Dataset;
  /** Present when the folder has t10k-… or test-… files. */
  readonly test?: Dataset;
}

/** The beginnings of the files' names; MNIST's makers called the test set t10k. */
const TRAINING = ["train"];
const TEST = ["t10k", "test"];

/**
 * Reads a folder with MNIST's names: train-images-idx3-ubyte and train-labels-idx1-ubyte, and optionally the same with
 * t10k or test; each as it is or with .gz. Any size of picture, any number of classes up to 256.
 * @throws {PlatformError} `folder-missing`, `idx-file-missing`; {FormatError} of the readers; {DataError} of `validateDataset`
 */
export async function loadIdxFolder(directory: string): Promise<IdxFolder> {
  const names = await platform.listFolder(directory);
  if (!names) {
    throw new PlatformError("folder-missing", `${directory}: there is no such folder.`, { file: directory });
  }
  const training = await readPair(directory, names, TRAINING);
  if (!training) throw missing(directory, "train-images-idx3-ubyte");
  const test = await readPair(directory, names, TEST);
  if (test && String(test.inputs.shape.slice(1)) !== String(training.inputs.shape.slice(1))) {
    throw new DataError(
      "size-mismatch",
      `${directory}: training images have shape [${training.inputs.shape.slice(1).join(", ")}], test images [${test.inputs.shape.slice(1).join(", ")}].`,
      { file: directory },
    );
  }
  return test ? { training, test } : { training };
}

/** Whether a name is that of an IDX file of this part; dots instead of dashes occur too (train-images.idx3-ubyte). */
function find(
  names: readonly string[],
  starts: readonly string[],
  part: "images" | "labels",
): string | undefined {
  const fits = (name: string) =>
    starts.some((start) => new RegExp(`^${start}-${part}[-.]idx\\d-ubyte(\\.gz)?$`).test(name));
  return names.find(fits);
}

async function readPair(
  directory: string,
  names: readonly string[],
  starts: readonly string[],
): Promise<Dataset | undefined> {
  const images = find(names, starts, "images");
  const labels = find(names, starts, "labels");
  if (!images && !labels) return undefined;
  if (!images || !labels) {
    throw missing(directory, `${starts[0]}-${images ? "labels-idx1" : "images-idx3"}-ubyte`);
  }
  const dataset: Dataset = {
    name: images,
    inputs: readIdxImages(await unpacked(directory, images), images),
    labels: readIdxLabels(await unpacked(directory, labels), labels),
    scaling: byteScaling,
  };
  validateDataset(dataset);
  return dataset;
}

async function unpacked(directory: string, name: string): Promise<Uint8Array> {
  return gunzip(await platform.readFile(platform.join(directory, name)), name);
}

function missing(directory: string, name: string): PlatformError {
  return new PlatformError(
    "idx-file-missing",
    `${directory}: has no ${name} (or ${name}.gz); name a folder that holds IDX images and labels.`,
    { file: directory },
  );
}
