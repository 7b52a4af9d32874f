import { platform } from "#platform";
import { FormatError, PlatformError } from "../../errors.js";
import { type Dataset, validateDataset } from "../dataset.js";
import { gunzip } from "../readers/gzip.js";
import { sha256 } from "../sha256.js";
import { readIdxFolder } from "./idx-folder.js";

export interface MnistOptions {
  /** The cache folder. */
  readonly directory: string;
  /** Whether files that are missing may be fetched. Default true. */
  readonly download?: boolean;
  /** Where to fetch from, in this order; each address ends in a slash. */
  readonly mirrors?: readonly string[];
}

/** Copies of the four files as their makers published them. */
const MIRRORS = [
  "https://ossci-datasets.s3.amazonaws.com/mnist/",
  "https://storage.googleapis.com/cvdf-datasets/mnist/",
];

/** SHA-256 and size of each file unpacked, so that a mirror may have packed it anew. */
const FILES: Readonly<Record<string, { readonly sha256: string; readonly bytes: number }>> = {
  "train-images-idx3-ubyte": {
    sha256: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    bytes: 47_040_016,
  },
  "train-labels-idx1-ubyte": {
    sha256: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    bytes: 60_008,
  },
  "t10k-images-idx3-ubyte": {
    sha256: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    bytes: 7_840_016,
  },
  "t10k-labels-idx1-ubyte": {
    sha256: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    bytes: 10_008,
  },
};

/** No packed file of MNIST comes near this. */
const LIMIT = 64 * 0x10_0000;

const OTHER_WAYS =
  "give a folder that has the files (--data-dir <folder>, or LOAM_DATA), or train on digits that Loam draws itself (--data digits)";

const DIGITS = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/**
 * MNIST: 60,000 training and 10,000 test images of handwritten digits, [n, 1, 28, 28], from a cache folder. Files that the
 * folder lacks are fetched from public mirrors, checked and kept there. Those that it has are checked as well, by the SHA-256 of what they hold
 * unpacked, and left as they are: other data is never taken in its place, and nothing that lies there is written over.
 * @throws {PlatformError} `mnist-unavailable`; {FormatError} `mnist-changed` for a file that holds something else, and those of the readers
 */
export async function loadMnist(
  options: MnistOptions,
): Promise<{ readonly training: Dataset; readonly test: Dataset }> {
  const { directory, download = true, mirrors = MIRRORS } = options;
  const present = (await platform.listFolder(directory)) ?? [];
  const lacking = Object.keys(FILES).filter((name) => !isPresent(present, name));
  if (lacking.length > 0 && !download) {
    throw new PlatformError(
      "mnist-unavailable",
      `MNIST: ${directory} lacks ${lacking.join(", ")}; ${OTHER_WAYS}.`,
      { file: directory },
    );
  }
  for (const name of lacking) {
    const bytes = await fetchFile(name, mirrors);
    await platform.makeFolder(directory);
    await platform.writeFile(platform.join(directory, `${name}.gz`), bytes);
  }
  const { training, test } = await readIdxFolder(directory, (name, bytes) =>
    requirePublished(platform.join(directory, name), name, bytes),
  );
  if (!test)
    throw new PlatformError("mnist-unavailable", `MNIST: ${directory} lacks the test set; ${OTHER_WAYS}.`);
  return { training: named(training, "MNIST training set"), test: named(test, "MNIST test set") };
}

function named(dataset: Dataset, name: string): Dataset {
  const digits = { ...dataset, name, classNames: DIGITS };
  validateDataset(digits);
  return digits;
}

/** @throws {FormatError} `mnist-changed` */
async function requirePublished(path: string, name: string, bytes: Uint8Array): Promise<void> {
  const known = FILES[name.replace(/\.gz$/, "").replace(".idx", "-idx")];
  const found = await sha256(bytes);
  if (found === known?.sha256) return;
  throw new FormatError(
    "mnist-changed",
    `${path}: does not hold what MNIST's makers published (its SHA-256 begins with ${found.slice(0, 12)}, expected ${known?.sha256.slice(0, 12)}); delete it, and it is fetched anew, or name the folder as data if these are other pictures (--data <folder>).`,
    { file: path },
  );
}

/** Files may also carry a dot for the dash before "idx", and may be unpacked. */
function isPresent(present: readonly string[], name: string): boolean {
  const dotted = name.replace("-idx", ".idx");
  return [name, `${name}.gz`, dotted, `${dotted}.gz`].some((one) => present.includes(one));
}

async function fetchFile(name: string, mirrors: readonly string[]): Promise<Uint8Array> {
  const reasons: string[] = [];
  for (const mirror of mirrors) {
    const url = `${mirror}${name}.gz`;
    try {
      const bytes = await platform.fetchBytes(url, LIMIT);
      const { sha256: expected, bytes: size } = FILES[name]!;
      if ((await sha256(await gunzip(bytes, url, size))) === expected) return bytes;
      reasons.push(`${url}: its checksum is wrong`);
    } catch (error) {
      if (!(error instanceof PlatformError || error instanceof FormatError)) throw error;
      reasons.push(error.message.replace(/\.$/, ""));
    }
  }
  throw new PlatformError(
    "mnist-unavailable",
    `MNIST: ${name} could not be fetched (${reasons.join("; ")}); ${OTHER_WAYS}.`,
  );
}
