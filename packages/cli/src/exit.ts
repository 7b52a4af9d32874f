import { ConfigError, LoamError, ShapeError } from "@loam/nn";
import { CommandError, SIGNAL_EXIT_CODES, Stopped, UsageError } from "./failure.js";

/**
 * The exit code for an error: 2 when flags, configuration or network do not fit (`UsageError`, `ConfigError`, `ShapeError`), 130 or
 * 143 when a signal stopped the command, and 1 for all else.
 */
export function exitCodeOf(error: unknown): number {
  if (error instanceof Stopped) return SIGNAL_EXIT_CODES[error.signal];
  if (error instanceof UsageError || error instanceof ConfigError || error instanceof ShapeError) return 2;
  return 1;
}

const HOST_REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  EACCES: "access is denied",
  EPERM: "access is denied",
  EROFS: "the file system is read-only",
  ENOSPC: "no space is left on the device",
  EFBIG: "the file would be larger than is allowed",
  EMFILE: "too many files are open",
  ENAMETOOLONG: "the name is too long",
  EISDIR: "it is a folder, not a file",
  ENOTDIR: "a part of the path is not a folder",
};

/** The one sentence that the user reads. Errors of the host become sentences too; a bug of ours is owned up to. */
export function sentenceOf(error: unknown): string {
  if (error instanceof LoamError || error instanceof UsageError || error instanceof CommandError)
    return error.message;
  if (error instanceof Stopped) return error.message;
  if (error instanceof Error) {
    const { code, path } = error as NodeJS.ErrnoException;
    if (code !== undefined && path !== undefined) return `${path}: ${HOST_REASONS[code] ?? error.message}.`;
    if (code !== undefined) return error.message;
    return `internal: ${error.message}; set LOAM_DEBUG=1 for the stack, and please report this.`;
  }
  return `internal: ${String(error)}; please report this.`;
}
