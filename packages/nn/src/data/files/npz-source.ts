import { FormatError } from "../../errors.js";
import { crc32 } from "../../io/crc32.js";
import { readNpyHeader } from "../../io/npy.js";
import { npzDamaged, npzEntries } from "../../io/npz-entries.js";
import { type ZipEntry, zipEntries } from "../../io/zip-entries.js";
import { findArray, INPUT_NAMES, LABEL_NAMES, PART_NAMES } from "../array-names.js";
import type { ArrayPart } from "./array-part.js";
import { type FileSource, type FileSourceOptions, sourceOfArrays } from "./file-source.js";
import { type FileInput, nameOf, openFile, unpackedPart } from "./open-file.js";
import type { Seekable } from "./seekable.js";

export interface NpzSourceOptions extends FileSourceOptions {
  /** Which part of a file that has several; default "training": x and y, x_train and y_train, train_images and train_labels and the like. */
  readonly part?: "training" | "test" | "validation";
}

/**
 * Samples from a .npz of NumPy, with arrays named as `readNpzDataset` finds them, which are read while a model is trained on them. Arrays of
 * `np.savez` are read where they lie; those of `np.savez_compressed` are unpacked once, in Node into a temporary file, in a page into a blob.
 *
 * ```ts
 * await using waves = await npzSource("waves.npz");
 * await model.fit(waves, { epochs: 5 });
 * ```
 * @throws {FormatError} `npz-damaged`, `npz-size`, `npz-arrays`, `npz-order` for arrays by columns, those of `decodeNpy`, `channels-ambiguous`. @throws
 * {PlatformError} `file-missing`, `file-unreadable`, `no-files`, `file-unwritable`. @throws {DataError} `no-samples`, `size-mismatch`.
 * @throws {ConfigError} `labels-unknown`, `scaling-unknown`.
 */
export async function npzSource(input: FileInput, options: NpzSourceOptions = {}): Promise<FileSource> {
  const name = options.name ?? nameOf(input);
  const file = await openFile(input);
  const opened = [file];
  try {
    const entries = npzEntries(await entriesOf(file), file.size, name);
    const names = PART_NAMES[options.part ?? "training"];
    const x = findArray(entries, INPUT_NAMES, names);
    const y = findArray(entries, LABEL_NAMES, names);
    if (!x || !y) {
      throw new FormatError(
        "npz-arrays",
        `${name}: has ${[...entries.keys()].join(", ") || "no arrays"}; expected x and y, or x_train, y_train, x_test and y_test.`,
        { file: name },
      );
    }
    const inputs = await openNpy(file, x, opened);
    const labels = await openNpy(file, y, opened);
    const source = await sourceOfArrays(name, inputs, labels, options);
    const close = async () => {
      for (const one of opened) await one.close();
    };
    return { ...source, close, [Symbol.asyncDispose]: close };
  } catch (error) {
    for (const one of opened) await one.close();
    throw error;
  }
}

async function entriesOf(file: Seekable): Promise<ZipEntry[] | string> {
  const reading = zipEntries(file.size);
  let step = reading.next();
  while (!step.done) {
    const bytes = new Uint8Array(step.value.size);
    await file.readInto(bytes, step.value.start);
    step = reading.next(bytes);
  }
  return step.value;
}

/** An array by itself: what is stored is read where it lies, unseen until then; what is packed has the size and the checksum that were said. */
async function openNpy(zip: Seekable, entry: ZipEntry, opened: Seekable[]): Promise<ArrayPart> {
  const name = `${zip.name}/${entry.name}`;
  const { size } = entry;
  let { start } = entry;
  let file = zip;
  if (entry.method !== 0) {
    let checksum = 0;
    const onPiece = (bytes: Uint8Array) => {
      checksum = crc32(bytes, checksum);
    };
    const damaged = (cause: unknown) => npzDamaged(zip.name, cause);
    const tooLarge = () => npzDamaged(zip.name, `${entry.name} is more than the directory says`);
    const part = { start, end: entry.end, most: size, onPiece, damaged, tooLarge };
    file = await unpackedPart(zip, { format: "deflate-raw", ...part });
    opened.push(file);
    if (file.size !== size || checksum !== entry.checksum)
      throw npzDamaged(zip.name, `${entry.name} is not what the directory says`);
    start = 0;
  }
  // Version 1's header, which NumPy writes unless it is longer, is below 64 KB.
  const head = new Uint8Array(Math.min(size, 0x10000 + 10));
  await file.readInto(head, start);
  const header = readNpyHeader(head, name);
  if (header.columnMajor && header.shape.length > 1) {
    throw new FormatError(
      "npz-order",
      `${name}: lies by columns, so that a sample is all over the file; save it with np.ascontiguousarray.`,
      { file: name },
    );
  }
  const needed = header.shape.reduce((product, one) => product * one, Number(header.kind.slice(1)));
  if (needed !== size - header.start) {
    throw new FormatError(
      "npy-size",
      `${name}: shape [${header.shape.join(", ")}] takes ${needed} bytes, but ${size - header.start} are there; it is damaged or cut short.`,
      { file: name },
    );
  }
  const { kind, little, shape } = header;
  return { file, start: start + header.start, kind, little, shape };
}
