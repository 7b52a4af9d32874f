import { FormatError } from "../../errors.js";
import type { NumberKind } from "../../io/npy.js";
import { readIdxHeader } from "../readers/idx.js";
import type { ArrayPart } from "./array-part.js";
import { type FileSource, type FileSourceOptions, sourceOfArrays } from "./file-source.js";
import { type FileInput, nameOf, openFile } from "./open-file.js";
import type { Seekable } from "./seekable.js";

/** IDX' numbers of types, as NumPy calls them. */
const KINDS: Readonly<Record<number, NumberKind>> = {
  8: "u1",
  9: "i1",
  11: "i2",
  12: "i4",
  13: "f4",
  14: "f8",
};

/**
 * Samples from two IDX files, as MNIST has them, each as it is or with gzip, which are read while a model is trained on them:
 *
 * ```ts
 * await using digits = await idxSource("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz");
 * await model.fit(digits, { epochs: 5 });
 * ```
 *
 * In a page the files are `File`s that someone chose. The bits are those of the same data in memory.
 * @throws {FormatError} `idx-header`, `idx-size`, `gzip-damaged`, `gzip-too-large`, `channels-ambiguous`. @throws {PlatformError} `file-missing`, `file-unreadable`,
 * `no-files`, `file-unwritable`. @throws {DataError} `no-samples`, `size-mismatch`. @throws {ConfigError} `labels-unknown`, `scaling-unknown`.
 */
export async function idxSource(
  inputs: FileInput,
  labels: FileInput,
  options: FileSourceOptions = {},
): Promise<FileSource> {
  const opened: Seekable[] = [];
  try {
    const [x, y] = [await openIdx(inputs, opened), await openIdx(labels, opened)];
    return await sourceOfArrays(options.name ?? nameOf(inputs), x, y, options);
  } catch (error) {
    for (const file of opened) await file.close();
    throw error;
  }
}

async function openIdx(input: FileInput, opened: Seekable[]): Promise<ArrayPart> {
  const file = await openFile(input);
  opened.push(file);
  // The longest header there is: a byte says how many sizes.
  const head = new Uint8Array(Math.min(file.size, 4 + 4 * 255));
  await file.readInto(head, 0);
  const { type, bytes, start, shape } = readIdxHeader(head, file.name);
  const needed = start + bytes * shape.reduce((product, size) => product * size, 1);
  if (needed !== file.size) {
    throw new FormatError(
      "idx-size",
      `${file.name}: its header claims shape [${shape.join(", ")}], which takes ${needed} bytes, but the file has ${file.size}; it is damaged or cut short.`,
      { file: file.name, byte: Math.min(needed, file.size) },
    );
  }
  return { file, start, kind: KINDS[type]!, little: false, shape };
}
