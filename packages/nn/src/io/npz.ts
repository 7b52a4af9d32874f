import { zipSync } from "fflate";
import { FormatError } from "../errors.js";
import { decodeNpy, encodeNpy, type NpyArray } from "./npy.js";
import { npzDamaged, npzEntries } from "./npz-entries.js";
import { entriesOf, unpacked } from "./zip-contents.js";

/**
 * NumPy's .npz: a zip of .npy files, one an array. Names come without ".npy". Nothing is unpacked before all that the zip claims is found
 * possible: entries that share no byte, and sizes that together are what such a file can hold.
 *
 * @param skip told of each array that holds no plain numbers, such as texts or objects, and why; without it, such an array is an error
 * @throws {FormatError} `npz-damaged`, `npz-size`, and those of `decodeNpy`
 */
export function decodeNpz(
  bytes: Uint8Array,
  name = "npz",
  skip?: (array: string, why: FormatError) => void,
): Map<string, NpyArray> {
  const arrays = new Map<string, NpyArray>();
  for (const [array, entry] of npzEntries(entriesOf(bytes), bytes.length, name)) {
    const npy = unpacked(bytes, entry);
    if (!(npy instanceof Uint8Array)) throw npzDamaged(name, npy);
    try {
      arrays.set(array, decodeNpy(npy, `${name}/${entry.name}`));
    } catch (error) {
      if (!skip || !(error instanceof FormatError) || error.code !== "npy-dtype") throw error;
      skip(array, error);
    }
  }
  return arrays;
}

/** Zip's first moment, so that the same arrays are the same bytes at any time. */
const NO_TIME = "1980-01-01T00:00:00";

/**
 * Arrays of float32 as NumPy's .npz, unpacked, in the map's order: `numpy.load` gives them by the same names.
 * @throws {ConfigError} `tensor-size` when values are not as many as a shape says.
 */
export function encodeNpz(
  arrays: ReadonlyMap<string, { readonly data: ArrayLike<number>; readonly shape: readonly number[] }>,
): Uint8Array {
  const files = [...arrays].map(
    ([name, { data, shape }]) => [`${name}.npy`, encodeNpy(data, shape)] as const,
  );
  return zipSync(Object.fromEntries(files), { level: 0, mtime: NO_TIME });
}
