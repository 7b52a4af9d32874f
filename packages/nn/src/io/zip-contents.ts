import { Inflate } from "fflate";
import { crc32 } from "./crc32.js";
import { inflateExactly } from "./inflate-exactly.js";
import { type ZipEntry, zipEntries } from "./zip-entries.js";

/** The files of a zip that is in memory, or what is wrong with it. */
export function entriesOf(bytes: Uint8Array): ZipEntry[] | string {
  const reading = zipEntries(bytes.length);
  let step = reading.next();
  while (!step.done) {
    const { start, size } = step.value;
    step = reading.next(bytes.subarray(start, start + size));
  }
  return step.value;
}

/** An entry's bytes, or what is wrong with it. */
export function unpacked(all: Uint8Array, entry: ZipEntry): Uint8Array | string | Error {
  const { name, method, size, checksum } = entry;
  const data = all.subarray(entry.start, entry.end);
  let bytes: Uint8Array | undefined;
  try {
    bytes = method === 0 ? data : inflateExactly(new Inflate(), [data], size);
  } catch (error) {
    // fflate throws an Error for each fault of a stream, and nothing else does in there.
    return error as Error;
  }
  if (!bytes) return `${name} is not packed as the directory says`;
  return crc32(bytes) === checksum ? bytes : `${name} does not have its checksum`;
}
