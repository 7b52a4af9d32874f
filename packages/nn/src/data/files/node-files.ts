import { readSync } from "node:fs";
import { type FileHandle, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { PlatformError } from "../../errors.js";
import type { Seekable, Spool } from "./seekable.js";

/** Shorter reads are made one after the other: to wait for each takes longer than to read it. */
const LONG = 16 * 1024;
/** So many of them at a stretch, before others have their turn. */
const TOGETHER = 128;

/** A file by its path. @throws {PlatformError} `file-missing`, `file-unreadable` */
export async function openPath(path: string): Promise<Seekable> {
  let handle: FileHandle;
  try {
    handle = await open(path, "r");
  } catch (cause) {
    if ((cause as { code?: unknown }).code === "ENOENT")
      throw new PlatformError("file-missing", `${path}: there is no such file.`, { file: path, cause });
    throw unreadable(path, cause);
  }
  return seekable(handle, path, (await handle.stat()).size, () => handle.close());
}

/** A file among the system's temporary ones. @throws {PlatformError} `file-unwritable`, from it also */
export async function spool(name: string): Promise<Spool> {
  const failed = (cause: unknown) =>
    new PlatformError(
      "file-unwritable",
      `${name}: cannot be unpacked into a temporary file: ${messageOf(cause)}.`,
      { file: name, cause },
    );
  try {
    const folder = await mkdtemp(join(tmpdir(), "loam-unpacked-"));
    const handle = await open(join(folder, "data"), "wx+");
    let size = 0;
    const remove = async () => {
      await handle.close();
      await rm(folder, { recursive: true, force: true });
    };
    return {
      async write(bytes) {
        try {
          await handle.writeFile(bytes);
        } catch (cause) {
          throw failed(cause);
        }
        size += bytes.length;
      },
      finish: async () => seekable(handle, name, size, remove),
      discard: remove,
    };
  } catch (cause) {
    throw failed(cause);
  }
}

function seekable(handle: FileHandle, name: string, size: number, close: () => Promise<void>): Seekable {
  const { fd } = handle;
  return {
    name,
    size,
    close,
    async readInto(target, start) {
      for (let at = 0; at < target.length; ) {
        const { bytesRead } = await handle
          .read(target, at, target.length - at, start + at)
          .catch((cause) => Promise.reject(unreadable(name, cause)));
        if (bytesRead === 0) throw shorter(name);
        at += bytesRead;
      }
    },
    async readEach(target, bytes, starts) {
      if (bytes >= LONG) {
        const parts = Array.from(starts, (start, i) =>
          this.readInto(target.subarray(i * bytes, (i + 1) * bytes), start),
        );
        await Promise.all(parts);
        return;
      }
      for (let i = 0; i < starts.length; i++) {
        if (i % TOGETHER === TOGETHER - 1) await setImmediate();
        let read = 0;
        try {
          read = readSync(fd, target, i * bytes, bytes, starts[i]!);
        } catch (cause) {
          throw unreadable(name, cause);
        }
        if (read < bytes) throw shorter(name);
      }
    },
  };
}

function unreadable(name: string, cause: unknown): PlatformError {
  return new PlatformError("file-unreadable", `${name}: cannot be read: ${messageOf(cause)}.`, {
    file: name,
    cause,
  });
}

function shorter(name: string): PlatformError {
  return new PlatformError("file-unreadable", `${name}: has become shorter since it was opened.`, {
    file: name,
  });
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
