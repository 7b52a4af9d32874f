import { appendFile, lstat, mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { PlatformError } from "../errors.js";
import { fetchBytes } from "./fetch-bytes.js";
import type { Platform } from "./platform.js";
import { writeWholeFile } from "./whole-file.js";

/** Node's files. */
export const platform: Platform = {
  clock: () => Date.now() / 1000,

  async readFile(path, only) {
    try {
      if (only && !(await lstat(path)).isFile()) throw new Error("it is no regular file");
      const bytes = await readFile(path);
      return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    } catch (cause) {
      if (codeOf(cause) === "ENOENT") {
        throw new PlatformError("file-missing", `${path}: there is no such file.`, { file: path, cause });
      }
      throw new PlatformError("file-unreadable", `${path}: cannot be read: ${reason(cause)}.`, {
        file: path,
        cause,
      });
    }
  },

  async writeFile(path, bytes) {
    try {
      await writeWholeFile(path, bytes);
    } catch (cause) {
      throw new PlatformError("file-unwritable", `${path}: cannot be written: ${reason(cause)}.`, {
        file: path,
        cause,
      });
    }
  },

  async appendFile(path, bytes) {
    try {
      await appendFile(path, bytes);
    } catch (cause) {
      throw new PlatformError("file-unwritable", `${path}: cannot be written: ${reason(cause)}.`, {
        file: path,
        cause,
      });
    }
  },

  async listFolder(path) {
    try {
      return (await readdir(path)).sort();
    } catch (cause) {
      if (codeOf(cause) === "ENOENT" || codeOf(cause) === "ENOTDIR") return undefined;
      throw new PlatformError("file-unreadable", `${path}: cannot be listed: ${reason(cause)}.`, {
        file: path,
        cause,
      });
    }
  },

  async makeFolder(path) {
    try {
      await mkdir(path, { recursive: true });
    } catch (cause) {
      throw new PlatformError("file-unwritable", `${path}: cannot be made a folder: ${reason(cause)}.`, {
        file: path,
        cause,
      });
    }
  },

  join: (...parts) => join(...parts),
  fetchBytes,
};

function codeOf(cause: unknown): string {
  return String((cause as { code?: unknown } | null)?.code ?? "");
}

/** The system's reason in words, without the path that the sentence already has. */
function reason(cause: unknown): string {
  const words: Readonly<Record<string, string>> = {
    EACCES: "permission denied",
    EPERM: "permission denied",
    EISDIR: "it is a folder",
    ENOTDIR: "a part of its path is not a folder",
    ENOENT: "its folder does not exist",
    EEXIST: "a file of that name is in the way",
    ENOSPC: "the disk is full",
    EROFS: "the disk is read-only",
  };
  return words[codeOf(cause)] ?? (cause instanceof Error ? cause.message : String(cause));
}
