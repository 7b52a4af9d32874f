import { Inflate } from "fflate";
import { crc32 } from "./crc32.js";
import { inflateExactly } from "./inflate-exactly.js";
import { decodeNpy, type NpyArray } from "./npy.js";
import { npzDamaged, npzEntries } from "./npz-entries.js";
import { type ZipEntry, zipEntries } from "./zip-entries.js";

/**
 * NumPy's .npz: a zip of .npy files, one an array. Names come without ".npy". Nothing is unpacked before all that the zip claims is found
 * possible: entries that share no byte, and sizes that together are what such a file can hold.
 * @throws {FormatError} `npz-damaged`, `npz-size`, and those of `decodeNpy`
 */
export function decodeNpz(bytes: Uint8Array, name = "npz"): Map<string, NpyArray> {
  const arrays = new Map<string, NpyArray>();
  for (const [array, entry] of npzEntries(entriesOf(bytes), bytes.length, name)) {
    const npy = unpacked(bytes, entry);
    if (!(npy instanceof Uint8Array)) throw npzDamaged(name, npy);
    arrays.set(array, decodeNpy(npy, `${name}/${entry.name}`));
  }
  return arrays;
}

function entriesOf(bytes: Uint8Array): ZipEntry[] | string {
  const reading = zipEntries(bytes.length);
  let step = reading.next();
  while (!step.done) {
    const { start, size } = step.value;
    step = reading.next(bytes.subarray(start, start + size));
  }
  return step.value;
}

/** An entry's bytes, or what is wrong with it. */
function unpacked(all: Uint8Array, entry: ZipEntry): Uint8Array | string | Error {
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
