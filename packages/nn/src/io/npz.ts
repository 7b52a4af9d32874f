import { unzipSync } from "fflate";
import { FormatError } from "../errors.js";
import { decodeNpy, type NpyArray } from "./npy.js";

/** Deflate cannot shrink further than this, so that a larger claim is a lie. */
const MAX_RATIO = 1032;

/**
 * NumPy's .npz: a zip of .npy files, one an array. Names come without ".npy".
 * @throws {FormatError} `npz-damaged`, `npz-size`, and those of `decodeNpy`
 */
export function decodeNpz(bytes: Uint8Array, name = "npz"): Map<string, NpyArray> {
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(bytes, {
      filter: ({ name: entry, size, originalSize }) => {
        if (originalSize > size * MAX_RATIO + 1024) {
          throw new FormatError(
            "npz-size",
            `${name}: ${entry} claims to unpack ${size} bytes into ${originalSize}; the file is damaged.`,
            { file: name },
          );
        }
        return entry.endsWith(".npy");
      },
    });
  } catch (cause) {
    if (cause instanceof FormatError) throw cause;
    throw new FormatError("npz-damaged", `${name}: is not a whole .npz (zip) file.`, { file: name, cause });
  }
  const arrays = new Map<string, NpyArray>();
  for (const [entry, npy] of Object.entries(files)) {
    arrays.set(entry.slice(0, -".npy".length), decodeNpy(npy, `${name}/${entry}`));
  }
  return arrays;
}
