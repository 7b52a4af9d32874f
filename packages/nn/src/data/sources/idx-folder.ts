import { platform } from "#platform";
import { DataError, FormatError, PlatformError } from "../../errors.js";
import { type Dataset, validateDataset } from "../dataset.js";
import { areDrawnDigits } from "../drawn-digits.js";
import { gunzip } from "../readers/gzip.js";
import { idxBytes, readIdxImages, readIdxLabels } from "../readers/idx.js";
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
 *
 * The names may begin with a set's, as EMNIST's do (emnist-letters-train-images-idx3-ubyte): of several sets in a folder one is named behind it,
 * `<folder>/emnist-letters`. EMNIST's pictures lie on their side in the files and are set upright; its mapping gives the classes' names.
 * @throws {PlatformError} `folder-missing`, `idx-file-missing`, `idx-several`; {FormatError} of the readers and `idx-mapping`;
 * {DataError} of `validateDataset`
 */
export function loadIdxFolder(directory: string): Promise<IdxFolder> {
  return readIdxFolder(directory);
}

/** Looks at a file of a folder, unpacked, before it is read. */
export type FileCheck = (name: string, bytes: Uint8Array) => Promise<void>;

/** `loadIdxFolder` for who knows what the files are to hold. */
export async function readIdxFolder(
  directory: string,
  check: FileCheck = async () => {},
): Promise<IdxFolder> {
  const place = { ...(await findSet(directory)), check };
  const training = await readPair(place, TRAINING);
  if (!training) throw missing(directory, "train-images-idx3-ubyte");
  const test = await readPair(place, TEST);
  if (test && String(test.inputs.shape.slice(1)) !== String(training.inputs.shape.slice(1))) {
    throw new DataError(
      "size-mismatch",
      `${directory}: training images have shape [${training.inputs.shape.slice(1).join(", ")}], test images [${test.inputs.shape.slice(1).join(", ")}].`,
      { file: directory },
    );
  }
  return test ? { training, test } : { training };
}

/** Where a set lies: a folder, its files, and what their names begin with. */
interface Place {
  readonly directory: string;
  readonly names: readonly string[];
  readonly prefix: string;
}

async function findSet(directory: string): Promise<Place> {
  const names = await platform.listFolder(directory);
  if (names) {
    const prefixes = prefixesOf(names);
    if (prefixes.length > 1 && !prefixes.includes("")) {
      const sets = prefixes.map((prefix) => prefix.slice(0, -1));
      throw new PlatformError(
        "idx-several",
        `${directory}: holds ${sets.join(", ")}; name one of them, as ${platform.join(directory, sets[0]!)}.`,
        { file: directory },
      );
    }
    return { directory, names, prefix: prefixes.includes("") ? "" : (prefixes[0] ?? "") };
  }
  const [, above = "", set] = /^(.*?)[/\\]?([^/\\]+)[/\\]*$/.exec(directory) ?? [];
  const beside = await platform.listFolder(above === "" ? "." : above);
  if (beside && prefixesOf(beside).includes(`${set}-`))
    return { directory: above === "" ? "." : above, names: beside, prefix: `${set}-` };
  throw new PlatformError("folder-missing", `${directory}: there is no such folder.`, { file: directory });
}

/** What the names of training images begin with: "" for MNIST's, "emnist-letters-" and the like. */
function prefixesOf(names: readonly string[]): string[] {
  const found = names.map((name) => /^(.*?-)?train-images[-.]idx\d-ubyte(\.gz)?$/.exec(name));
  return [...new Set(found.filter((match) => match !== null).map(([, prefix = ""]) => prefix))];
}

/** The name of an IDX file of this part; dots instead of dashes occur too (train-images.idx3-ubyte). */
function find(
  { names, prefix }: Place,
  starts: readonly string[],
  part: "images" | "labels",
): string | undefined {
  return names.find(
    (name) =>
      name.startsWith(prefix) &&
      starts.some((start) =>
        new RegExp(`^${start}-${part}[-.]idx\\d-ubyte(\\.gz)?$`).test(name.slice(prefix.length)),
      ),
  );
}

async function readPair(
  place: Place & { readonly check: FileCheck },
  starts: readonly string[],
): Promise<Dataset | undefined> {
  const { directory, prefix, names, check } = place;
  const unpacked = async (name: string) => {
    const bytes = await gunzip(await platform.readFile(platform.join(directory, name)), name, idxBytes);
    await check(name, bytes);
    return bytes;
  };
  const images = find(place, starts, "images");
  const labels = find(place, starts, "labels");
  if (!images && !labels) return undefined;
  if (!images || !labels) {
    throw missing(directory, `${prefix}${starts[0]}-${images ? "labels-idx1" : "images-idx3"}-ubyte`);
  }
  const read = readIdxImages(await unpacked(images), images);
  const inputs = /^emnist-/i.test(prefix) ? upright(read) : read;
  const mapping = names.includes(`${prefix}mapping.txt`) ? `${prefix}mapping.txt` : undefined;
  const dataset: Dataset = {
    name: images,
    inputs,
    labels: readIdxLabels(await unpacked(labels), labels),
    scaling: byteScaling,
    ...schemaOf(inputs),
  };
  const named = mapping
    ? withNames(dataset, await platform.readFile(platform.join(directory, mapping)), mapping)
    : dataset;
  validateDataset(named);
  return named;
}

/** What a model is to know of the pictures: whether those that it is shown are to be fitted as drawn digits are. None for other channels than it can say. */
function schemaOf(inputs: Dataset["inputs"]): Pick<Dataset, "schema"> {
  const [, channels, height = 0, width = 0] = inputs.shape;
  if (channels !== 1 && channels !== 3) return {};
  const fit = areDrawnDigits(inputs) ? "digit" : "resize";
  return {
    schema: { task: { kind: "classification" }, input: { kind: "image", height, width, channels, fit } },
  };
}

/** Rows become columns: EMNIST was written by columns. */
function upright({ data, shape }: { data: Uint8Array; shape: number[] }): {
  data: Uint8Array;
  shape: number[];
} {
  const [n = 0, channels = 0, height = 0, width = 0] = shape;
  const out = new Uint8Array(data.length);
  for (let plane = 0; plane < n * channels; plane++) {
    const at = plane * height * width;
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) out[at + x * height + y] = data[at + y * width + x]!;
  }
  return { data: out, shape: [n, channels, width, height] };
}

/** Labels by their line in a mapping, whose lines are a label and the code of its letter, of several the first: letters begin with 1. */
function withNames(dataset: Dataset, bytes: Uint8Array, file: string): Dataset {
  const lines = new TextDecoder()
    .decode(bytes)
    .split(/\r?\n/)
    .filter((line) => line.trim() !== "");
  const entries = lines.map((line) => line.trim().split(/\s+/).map(Number));
  const places = new Map(entries.map(([label], i) => [label!, i]));
  const wrong = entries.findIndex((numbers) => numbers.length < 2 || !numbers.every(Number.isInteger));
  const unknown = dataset.labels.data.find((label) => !places.has(label));
  if (wrong >= 0 || unknown !== undefined) {
    const what =
      wrong >= 0
        ? `line ${wrong + 1} is no label with a letter's code`
        : `has no line for the label ${unknown}`;
    throw new FormatError("idx-mapping", `${file}: ${what}; it is damaged, or not this set's.`, { file });
  }
  return {
    ...dataset,
    labels: { ...dataset.labels, data: Uint8Array.from(dataset.labels.data, (label) => places.get(label)!) },
    classNames: entries.map(([, code]) => String.fromCodePoint(code!)),
  };
}

function missing(directory: string, name: string): PlatformError {
  return new PlatformError(
    "idx-file-missing",
    `${directory}: has no ${name} (or ${name}.gz); name a folder that holds IDX images and labels.`,
    { file: directory },
  );
}
