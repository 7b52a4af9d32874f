import { FormatError } from "../errors.js";
import { mostUnpacked } from "./unpack.js";
import type { ZipEntry } from "./zip-entries.js";

/** Deflate cannot shrink further than this, so that a larger claim is a lie. */
const MAX_RATIO = 1032;

/** What is thrown for an archive that is none, or is not as it says. */
export function npzDamaged(name: string, cause: unknown): FormatError {
  return new FormatError("npz-damaged", `${name}: is not a whole .npz (zip) file.`, { file: name, cause });
}

/**
 * The .npy files of an archive of so many bytes, by their names without the ending, once all that the zip claims is found possible: sizes that each
 * and together are what such a file can hold.
 * @throws {FormatError} `npz-damaged` where `read` is what is wrong with the zip; `npz-size`
 */
export function npzEntries(
  read: readonly ZipEntry[] | string,
  available: number,
  name: string,
): Map<string, ZipEntry> {
  if (typeof read === "string") throw npzDamaged(name, read);
  const fail = (what: string) =>
    new FormatError("npz-size", `${name}: ${what}; the file is damaged.`, { file: name });
  const entries = new Map<string, ZipEntry>();
  let total = 0;
  for (const entry of read) {
    if (!entry.name.endsWith(".npy")) continue;
    const packed = entry.end - entry.start;
    if (entry.size > packed * MAX_RATIO + 1024)
      throw fail(`${entry.name} claims to unpack ${packed} bytes into ${entry.size}`);
    total += entry.size;
    entries.set(entry.name.slice(0, -".npy".length), entry);
  }
  if (total > mostUnpacked(available)) throw fail(`claims to unpack ${available} bytes into ${total}`);
  for (const { name: entry, method, start, end, size } of entries.values()) {
    if (method === 0 ? size !== end - start : method !== 8)
      throw npzDamaged(name, `${entry} is not packed as the directory says`);
  }
  return entries;
}
