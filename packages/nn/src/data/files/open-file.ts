import { openPath, spool } from "#files";
import { FormatError } from "../../errors.js";
import { isGzip } from "../readers/gzip.js";
import { piecesOf, type Seekable, seekableBlob } from "./seekable.js";

/** A path, which Node has, or a page's `File`, or any other blob. */
export type FileInput = string | Blob;

/**
 * A file to be read from any place. One that is packed with gzip is unpacked once: in Node into a temporary file, which goes when it is closed, in
 * a page into a blob.
 * @throws {PlatformError} `file-missing`, `file-unreadable`, `file-unwritable`, `no-files`. @throws {FormatError} `gzip-damaged`
 */
export async function openFile(file: FileInput): Promise<Seekable> {
  const name = nameOf(file);
  const opened = typeof file === "string" ? await openPath(file) : seekableBlob(file, name);
  const start = new Uint8Array(Math.min(3, opened.size));
  await opened.readInto(start, 0);
  return isGzip(start) ? unpacked(opened, "gzip") : opened;
}

/** What errors call a file. */
export function nameOf(file: FileInput): string {
  return typeof file === "string" ? file : ((file as { readonly name?: string }).name ?? "file");
}

/** What the bytes from `start` up to `end` are unpacked; the packed file is closed unless `keep` says that others read it. */
export async function unpacked(
  packed: Seekable,
  format: "gzip" | "deflate-raw",
  { start = 0, end = packed.size, keep = false } = {},
): Promise<Seekable> {
  const { name } = packed;
  const made = await spool(name);
  try {
    const pieces = piecesOf(packed, start, end);
    const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
      async pull(controller) {
        const { value, done } = await pieces.next();
        if (done) controller.close();
        else controller.enqueue(value as Uint8Array<ArrayBuffer>);
      },
    });
    const reader = source.pipeThrough(new DecompressionStream(format as "gzip")).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      await made.write(value);
    }
    return await made.finish();
  } catch (cause) {
    await made.discard();
    // What the disk or the file had to say is no damage of the packing.
    if (cause instanceof Error && "code" in cause && cause.name === "PlatformError") throw cause;
    throw new FormatError(
      "gzip-damaged",
      `${name}: its packed part ends too early or is damaged; fetch the file again.`,
      { file: name, cause },
    );
  } finally {
    if (!keep) await packed.close();
  }
}
