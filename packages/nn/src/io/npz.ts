import { Inflate } from "fflate";
import { FormatError } from "../errors.js";
import { crc32 } from "./crc32.js";
import { inflateExactly } from "./inflate-exactly.js";
import { decodeNpy, type NpyArray } from "./npy.js";
import { readZipEntries, type ZipEntry } from "./zip-entries.js";

/** Deflate cannot shrink further than this, so that a larger claim is a lie. */
const MAX_RATIO = 1032;

/** What the arrays of a file may come to: 64 MiB at least, and 256 times the file, as with gzip. */
const SMALL = 64 * 0x10_0000;
const RATIO = 256;

/**
 * NumPy's .npz: a zip of .npy files, one an array. Names come without ".npy". Nothing is unpacked before all that the zip claims is found
 * possible: entries that share no byte, and sizes that together are what such a file can hold.
 * @throws {FormatError} `npz-damaged`, `npz-size`, and those of `decodeNpy`
 */
export function decodeNpz(bytes: Uint8Array, name = "npz"): Map<string, NpyArray> {
  const damaged = (cause: string | Error) =>
    new FormatError("npz-damaged", `${name}: is not a whole .npz (zip) file.`, { file: name, cause });
  const all = readZipEntries(bytes);
  if (typeof all === "string") throw damaged(all);
  const entries = all.filter((entry) => entry.name.endsWith(".npy"));
  requirePossible(entries, bytes.length, name);
  const arrays = new Map<string, NpyArray>();
  for (const entry of entries) {
    const npy = unpacked(entry);
    if (!(npy instanceof Uint8Array)) throw damaged(npy);
    arrays.set(entry.name.slice(0, -".npy".length), decodeNpy(npy, `${name}/${entry.name}`));
  }
  return arrays;
}

/** @throws {FormatError} `npz-size` */
function requirePossible(entries: readonly ZipEntry[], available: number, name: string): void {
  const fail = (what: string) =>
    new FormatError("npz-size", `${name}: ${what}; the file is damaged.`, { file: name });
  let total = 0;
  for (const { name: entry, data, size } of entries) {
    if (size > data.length * MAX_RATIO + 1024)
      throw fail(`${entry} claims to unpack ${data.length} bytes into ${size}`);
    total += size;
  }
  if (total > Math.max(SMALL, RATIO * available))
    throw fail(`claims to unpack ${available} bytes into ${total}`);
}

/** An entry's bytes, or what is wrong with it. */
function unpacked({ name, method, data, size, checksum }: ZipEntry): Uint8Array | string | Error {
  let bytes: Uint8Array | undefined;
  try {
    if (method === 8) bytes = inflateExactly(new Inflate(), [data], size);
    else if (method === 0 && data.length === size) bytes = data;
  } catch (error) {
    // fflate throws an Error for each fault of a stream, and nothing else does in there.
    return error as Error;
  }
  if (!bytes) return `${name} is not packed as the directory says`;
  return crc32(bytes) === checksum ? bytes : `${name} does not have its checksum`;
}
