import { sha256 } from "../data/sha256.js";
import { putFloats } from "../io/float-bytes.js";
import type { NamedValue } from "../program/parameter-store.js";

/** SHA-256, in hexadecimal, of the values' little-endian float32 bytes, one tensor after the other. */
export async function hashWeights(weights: readonly NamedValue[]): Promise<string> {
  const bytes = new Uint8Array(weights.reduce((total, { data }) => total + 4 * data.length, 0));
  let at = 0;
  for (const { data } of weights) {
    putFloats(bytes, at, data);
    at += 4 * data.length;
  }
  return sha256(bytes);
}
