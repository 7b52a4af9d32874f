/**
 * Unpacks an embedded binary, as scripts/pack.mjs packed it. Deflate, which browsers bring along, would leave it a quarter larger.
 *
 * Every decision is a bit: a byte of its own or a copy of earlier ones (Lempel & Ziv, 1977), which byte, how long a copy and from how far
 * back. Each bit has a context, and each context a probability of a one, which follows the bits that were seen there. An arithmetic coder
 * spends −log₂ p on a bit of probability p: `packed` is one number in [0, 1), and each bit narrows the interval [low, high] around it.
 */

// Where the contexts of each kind of decision begin; as in scripts/pack.mjs, and a test packs and unpacks.
const COPY = 0;
const AGAIN = 1024;
const REPEATED_LENGTH = 2048;
const LENGTH = 3072;
const DISTANCE = 4096;
const BYTE = 8192;
const CONTEXTS = BYTE + 2 * 65_536;

/** A context's probability moves by 1/(seen + 2) of the way to each bit, so quickly at first, and stays off 0 and 1. */
const SLOWEST = 40;
const LEAST = 0.002;

/** @param size bytes of the result */
export function unpack(packed: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const ones = new Float64Array(CONTEXTS).fill(0.5);
  const seen = new Uint8Array(CONTEXTS);
  // low, high and value. In an array, since numbers beyond 2³¹ that closures share are slow in V8.
  const interval = Uint32Array.of(0, 0xffff_ffff, 0);
  let next = 0;
  while (next < 4) interval[2] = (interval[2]! << 8) | packed[next++]!;

  function bit(context: number): number {
    const p = ones[context]!;
    const low = interval[0]!;
    const middle = low + Math.floor((interval[1]! - low) * p);
    const one = interval[2]! <= middle ? 1 : 0;
    if (one) interval[1] = middle;
    else interval[0] = middle + 1;
    while ((interval[0]! ^ interval[1]!) >>> 24 === 0) {
      interval[0]! <<= 8;
      interval[1] = (interval[1]! << 8) | 255;
      interval[2] = (interval[2]! << 8) | packed[next++]!;
    }
    ones[context] = Math.min(1 - LEAST, Math.max(LEAST, p + (one - p) / (seen[context]! + 2)));
    if (seen[context]! < SLOWEST) seen[context]! += 1;
    return one;
  }

  /** A number below 2^bits, from the top bit down; a bit's context is what stands above it. */
  function below(bits: number, contexts: number): number {
    let above = 1;
    for (let i = 0; i < bits; i++) above = 2 * above + bit(contexts + above);
    return above - (1 << bits);
  }

  /** A number from 1: how many bits follow its leading one, then these, of which the first four know what stands above them. */
  function number(contexts: number): number {
    const bits = below(5, contexts);
    let above = 1;
    for (let i = bits - 1; i >= 0; i--) {
      above = 2 * above + bit(contexts + 32 * (bits + 1) + (above < 16 ? above : 16 + i));
    }
    return above;
  }

  const bytes = new Uint8Array(size);
  /** Whether each of the last two steps was a copy, as two bits. */
  let steps = 0;
  let distance = 0;
  for (let end = 0; end < size; ) {
    const before = end > 0 ? bytes[end - 1]! : 0;
    const copy = bit(COPY + 4 * before + steps);
    if (copy) {
      let length: number;
      if (bit(AGAIN + steps)) length = number(REPEATED_LENGTH);
      else {
        length = number(LENGTH) + 1;
        distance = number(DISTANCE + 1024 * Math.min(length - 2, 3));
      }
      for (; length > 0; length--, end++) bytes[end] = bytes[end - distance]!;
    } else {
      // Behind a copy, the byte with which the copy would have gone on tells more than the one before.
      const known = steps & 1 ? 256 + bytes[end - distance]! : before;
      bytes[end++] = below(8, BYTE + 256 * known);
    }
    steps = ((steps << 1) | copy) & 3;
  }
  return bytes;
}
