import { ROUNDS } from "../constants/random.gen.js";

/**
 * Philox4x32-10: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011. The bits are those of
 * assembly/random/philox.ts.
 *
 * A bijection of 128-bit counters under a 64-bit key, without state. A round is
 *   (c0, c1, c2, c3) ← (hi(M1·c2) ^ c1 ^ k0, lo(M1·c2), hi(M0·c0) ^ c3 ^ k1, lo(M0·c0)),   then k0 += W0, k1 += W1.
 */
const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9;
const W1 = 0xbb67ae85;

/** The upper half of a 64-bit product, by halves of 16 bits: every partial sum is below 2^33 and so exact. */
function high(a: number, b: number): number {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const b0 = b & 0xffff;
  const b1 = b >>> 16;
  const inner = a1 * b0 + ((a0 * b0) >>> 16);
  const outer = a0 * b1 + (inner & 0xffff);
  return (a1 * b1 + ((inner / 65536) >>> 0) + (outer >>> 16)) >>> 0;
}

/**
 * Four random words of 32 bits for a counter of four words under a key of two.
 *
 * @param out where to put them; a new array unless given
 */
export function philox4x32(
  counter: ArrayLike<number>,
  key: ArrayLike<number>,
  out: Uint32Array = new Uint32Array(4),
): Uint32Array {
  let c0 = counter[0]! >>> 0;
  let c1 = counter[1]! >>> 0;
  let c2 = counter[2]! >>> 0;
  let c3 = counter[3]! >>> 0;
  let k0 = key[0]! >>> 0;
  let k1 = key[1]! >>> 0;
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = high(M0, c0);
    const low0 = Math.imul(M0, c0);
    const high1 = high(M1, c2);
    const low1 = Math.imul(M1, c2);
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1 >>> 0;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0 >>> 0;
    k0 = (k0 + W0) >>> 0;
    k1 = (k1 + W1) >>> 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
  return out;
}
