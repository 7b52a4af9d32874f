import { PlatformError } from "../../errors.js";

/** Bytes that are read from any place: a file that need not fit in memory. */
export interface Seekable {
  /** What errors call it. */
  readonly name: string;
  /** How many bytes there are. */
  readonly size: number;
  /** Fills `target` with the bytes from `start` on. @throws {PlatformError} `file-unreadable` */
  readInto(target: Uint8Array, start: number): Promise<void>;
  /** The same for many parts of `target`, `bytes` long each, one behind the other, that begin at these places of the file. */
  readEach(target: Uint8Array, bytes: number, starts: ArrayLike<number>): Promise<void>;
  close(): Promise<void>;
}

/** Bytes that come one after the other and are read from any place later: on the disk, where there is one. */
export interface Spool {
  write(bytes: Uint8Array): Promise<void>;
  /** What was written. Closing it deletes it. */
  finish(): Promise<Seekable>;
  /** Deletes what was written. */
  discard(): Promise<void>;
}

/** How much is read at once by whoever reads all of it. */
const PIECE = 1024 * 1024;

/** The bytes from `start` up to `end`, in order, in pieces of whole rows of so many bytes. */
export async function* piecesOf(
  file: Seekable,
  start = 0,
  end = file.size,
  row = 1,
): AsyncGenerator<Uint8Array> {
  const piece = row * Math.max(1, Math.floor(PIECE / row));
  for (let at = start; at < end; at += piece) {
    const bytes = new Uint8Array(Math.min(piece, end - at));
    await file.readInto(bytes, at);
    yield bytes;
  }
}

/** A page's `File`, or any blob: browsers keep large ones on the disk. */
export function seekableBlob(blob: Blob, name: string): Seekable {
  const readInto = async (target: Uint8Array, start: number) => {
    try {
      target.set(new Uint8Array(await blob.slice(start, start + target.length).arrayBuffer()));
    } catch (cause) {
      throw new PlatformError("file-unreadable", `${name}: cannot be read any more; choose it again.`, {
        file: name,
        cause,
      });
    }
  };
  return {
    name,
    size: blob.size,
    readInto,
    async readEach(target, bytes, starts) {
      await Promise.all(
        Array.from(starts, (start, i) => readInto(target.subarray(i * bytes, (i + 1) * bytes), start)),
      );
    },
    close: async () => {},
  };
}
