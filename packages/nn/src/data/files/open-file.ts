import { openPath, spool } from "#files";
import { mostUnpacked, type Unpacking, unpack } from "../../io/unpack.js";
import { gzipFaults, isGzip } from "../readers/gzip.js";
import { piecesOf, type Seekable, seekableBlob } from "./seekable.js";

/** A path, which Node has, or a page's `File`, or any other blob. */
export type FileInput = string | Blob;

/**
 * A file to be read from any place. One that is packed with gzip is unpacked once: in Node into a temporary file, which goes when it is closed, in
 * a page into a blob.
 * @throws {PlatformError} `file-missing`, `file-unreadable`, `file-unwritable`, `no-files`. @throws {FormatError} `gzip-damaged`,
 * `gzip-too-large` for more than 256 times the file, and 64 MiB.
 */
export async function openFile(file: FileInput): Promise<Seekable> {
  const name = nameOf(file);
  const opened = typeof file === "string" ? await openPath(file) : seekableBlob(file, name);
  const start = new Uint8Array(Math.min(3, opened.size));
  await opened.readInto(start, 0);
  if (!isGzip(start)) return opened;
  try {
    const { size } = opened;
    const whole = { start: 0, end: size, most: mostUnpacked(size) };
    return await unpackedPart(opened, { format: "gzip", ...whole, ...gzipFaults(name, size) });
  } finally {
    await opened.close();
  }
}

/** What errors call a file. */
export function nameOf(file: FileInput): string {
  return typeof file === "string" ? file : ((file as { readonly name?: string }).name ?? "file");
}

/** A packed part of a file, and what is asked of it. */
interface Packed extends Pick<Unpacking, "format" | "damaged" | "tooLarge"> {
  /** Its bytes begin at `start` and end before `end`. */
  readonly start: number;
  readonly end: number;
  /** How many bytes may come of it. */
  readonly most: number;
  /** Is shown all that comes, in order. */
  readonly onPiece?: (bytes: Uint8Array) => void;
}

/** What is unpacked of a part of a file, to be read from any place. @throws what the part says */
export async function unpackedPart(
  file: Seekable,
  { start, end, most, onPiece, ...part }: Packed,
): Promise<Seekable> {
  const made = await spool(file.name);
  try {
    for await (const piece of unpack(piecesOf(file, start, end), { ...part, most: () => most })) {
      onPiece?.(piece);
      await made.write(piece);
    }
    return await made.finish();
  } catch (error) {
    await made.discard();
    throw error;
  }
}
