import { platform } from "#platform";
import { FormatError, PlatformError } from "../../errors.js";
import type { Dataset } from "../dataset.js";
import { byteScaling } from "../scaling.js";
import { pictureSchema } from "./image-folder.js";

/** Planes of red, green and blue, 32x32 each. */
const PICTURE = { height: 32, width: 32, channels: 3, bytes: 3072 } as const;

/** How many bytes stand before each picture: CIFAR-10 has one label, CIFAR-100 a coarse one and a fine one, which is taken. */
const LABELS = { 10: 1, 100: 2 } as const;

const TEN = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

/** Both parts of CIFAR-10 or CIFAR-100. */
export interface Cifar {
  readonly training: Dataset;
  readonly test?: Dataset;
}

/**
 * Reads a file of CIFAR's binary version: for each picture its labels and 3,072 bytes, the red plane first. Inputs [n, 3, 32, 32].
 * @throws {FormatError} `cifar-size`, `cifar-label`
 */
export function readCifar(
  bytes: Uint8Array,
  classes: 10 | 100,
  name = "CIFAR",
): Pick<Dataset, "inputs" | "labels"> {
  const labelBytes = LABELS[classes];
  const record = labelBytes + PICTURE.bytes;
  const samples = bytes.length / record;
  if (!Number.isInteger(samples) || samples === 0) {
    throw new FormatError(
      "cifar-size",
      `${name}: expected records of ${record} bytes, as CIFAR-${classes} has them, got ${bytes.length} bytes; it is damaged, cut short, or CIFAR-${classes === 10 ? 100 : 10}.`,
      { file: name, byte: bytes.length },
    );
  }
  const data = new Uint8Array(samples * PICTURE.bytes);
  const labels = new Uint8Array(samples);
  for (let i = 0; i < samples; i++) {
    const at = i * record + labelBytes;
    const label = bytes[at - 1]!;
    if (label >= classes) {
      throw new FormatError(
        "cifar-label",
        `${name}: picture ${i + 1} has the label ${label}; expected less than ${classes}.`,
        {
          file: name,
          byte: at - 1,
        },
      );
    }
    labels[i] = label;
    data.set(bytes.subarray(at, at + PICTURE.bytes), i * PICTURE.bytes);
  }
  return { inputs: { data, shape: [samples, 3, 32, 32] }, labels: { data: labels, shape: [samples] } };
}

/** Which of CIFAR's two a folder with these files is. */
export function cifarKind(names: readonly string[]): 10 | 100 | undefined {
  if (names.some((name) => /^data_batch_\d+\.bin$/.test(name))) return 10;
  return names.includes("train.bin") && names.includes("fine_label_names.txt") ? 100 : undefined;
}

/**
 * Reads a folder as CIFAR's makers packed it: data_batch_1.bin … and test_batch.bin, or train.bin and test.bin with fine_label_names.txt.
 * @throws {PlatformError} `folder-missing`, `cifar-missing`; {FormatError} of `readCifar`
 */
export async function loadCifar(directory: string): Promise<Cifar> {
  const names = await platform.listFolder(directory);
  if (!names)
    throw new PlatformError("folder-missing", `${directory}: there is no such folder.`, { file: directory });
  const classes = cifarKind(names);
  if (!classes) {
    throw new PlatformError(
      "cifar-missing",
      `${directory}: has neither data_batch_1.bin nor train.bin with fine_label_names.txt; name a folder of CIFAR's binary version.`,
      { file: directory },
    );
  }
  const [trainingFiles, testFile, namesFile] =
    classes === 10
      ? [names.filter((name) => /^data_batch_\d+\.bin$/.test(name)), "test_batch.bin", "batches.meta.txt"]
      : [["train.bin"], "test.bin", "fine_label_names.txt"];
  const read = (file: string) => platform.readFile(platform.join(directory, file));
  const classNames = names.includes(namesFile)
    ? new TextDecoder()
        .decode(await read(namesFile))
        .split(/\r?\n/)
        .filter((line) => line !== "")
    : TEN;
  const dataset = async (files: readonly string[], name: string): Promise<Dataset> => {
    const parts = [];
    for (const file of files) parts.push(readCifar(await read(file), classes, file));
    const samples = parts.reduce((sum, { labels }) => sum + labels.data.length, 0);
    const data = new Uint8Array(samples * PICTURE.bytes);
    const labels = new Uint8Array(samples);
    let at = 0;
    for (const part of parts) {
      data.set(part.inputs.data, at * PICTURE.bytes);
      labels.set(part.labels.data, at);
      at += part.labels.data.length;
    }
    return {
      name,
      inputs: { data, shape: [samples, 3, 32, 32] },
      labels: { data: labels, shape: [samples] },
      scaling: byteScaling,
      classNames,
      schema: pictureSchema(PICTURE, "resize"),
    };
  };
  return {
    training: await dataset(trainingFiles, `CIFAR-${classes}`),
    ...(names.includes(testFile) && { test: await dataset([testFile], `CIFAR-${classes} test set`) }),
  };
}
