import type { Inflate, Unzlib } from "fflate";

/** How much is unpacked at a stretch: what comes of it is at most a thousand times as much, and seen before the next. */
const STRETCH = 0x1_0000;

/**
 * What the parts of one deflated stream hold, exactly `size` bytes; undefined for more or fewer. No more memory is taken than that size and
 * what one stretch comes to, whatever the stream holds.
 * @throws {Error} of fflate, for a stream that is damaged
 */
export function inflateExactly(
  stream: Inflate | Unzlib,
  parts: readonly Uint8Array[],
  size: number,
): Uint8Array | undefined {
  const out = new Uint8Array(size);
  let at = 0;
  stream.ondata = (chunk) => {
    if (at + chunk.length <= size) out.set(chunk, at);
    at += chunk.length;
  };
  for (const part of parts) {
    for (let from = 0; from < part.length && at <= size; from += STRETCH)
      stream.push(part.subarray(from, from + STRETCH));
  }
  return at === size ? out : undefined;
}
