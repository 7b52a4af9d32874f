// Philox4x32: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
//
// A bijection of 128-bit counters under a 64-bit key: block (c0 c1 c2 c3) gives four random words, with no state. A round is
//   (c0, c1, c2, c3) ← (hi(M1·c2) ^ c1 ^ k0, lo(M1·c2), hi(M0·c0) ^ c3 ^ k1, lo(M0·c0)),   then k0 += W0, k1 += W1.
// The paper recommends 10 rounds. Here four blocks go side by side, a block a lane.

import { constant } from "../math/constant";

const TABLE = memory.data<u32>([0xd2511f53, 0xcd9e8d57, 0x9e3779b9, 0xbb67ae85]);
const M0: usize = 0;
const M1: usize = 4;
const W0: usize = 8;
const W1: usize = 12;

/** The upper words of the four products x·m. */
// @ts-ignore: decorator
@inline
function high(x: v128, m: v128): v128 {
  return v128.shuffle<i32>(i64x2.extmul_low_i32x4_u(x, m), i64x2.extmul_high_i32x4_u(x, m), 1, 3, 5, 7);
}

/** The lower words: of the same two instructions, which the engine finds out by itself. */
// @ts-ignore: decorator
@inline
function low(x: v128, m: v128): v128 {
  return v128.shuffle<i32>(i64x2.extmul_low_i32x4_u(x, m), i64x2.extmul_high_i32x4_u(x, m), 0, 2, 4, 6);
}

/** The words of the last four blocks; lane l belongs to block l. Globals belong to one instance, and so to one thread. */
export let word0: v128 = i32x4(0, 0, 0, 0);
export let word1: v128 = i32x4(0, 0, 0, 0);
export let word2: v128 = i32x4(0, 0, 0, 0);
export let word3: v128 = i32x4(0, 0, 0, 0);

/** Four blocks of `rounds` rounds, into word0 … word3. */
export function philox4x32(c0: v128, c1: v128, c2: v128, c3: v128, key0: u32, key1: u32, rounds: u32): void {
  const m0 = constant(TABLE, M0);
  const m1 = constant(TABLE, M1);
  const w0 = constant(TABLE, W0);
  const w1 = constant(TABLE, W1);
  let k0 = i32x4.splat(key0);
  let k1 = i32x4.splat(key1);
  for (; rounds > 0; rounds--) {
    const n0 = v128.xor(v128.xor(high(c2, m1), c1), k0);
    const n2 = v128.xor(v128.xor(high(c0, m0), c3), k1);
    c1 = low(c2, m1);
    c3 = low(c0, m0);
    c0 = n0;
    c2 = n2;
    k0 = i32x4.add(k0, w0);
    k1 = i32x4.add(k1, w1);
  }
  word0 = c0;
  word1 = c1;
  word2 = c2;
  word3 = c3;
}

/**
 * Random words: 4·blocks u32 at `out`, block b from the counter (c0 + b, c1, c2, c3), words of a block side by side.
 * counter: byte address of four u32; key: of two.
 */
export function philox4x32_u32(out: usize, counter: usize, key: usize, blocks: usize, rounds: u32): void {
  const c0 = load<u32>(counter);
  const c1 = i32x4.splat(load<u32>(counter, 4));
  const c2 = i32x4.splat(load<u32>(counter, 8));
  const c3 = i32x4.splat(load<u32>(counter, 12));
  for (let b: usize = 0; b < blocks; b += 4) {
    const first = i32x4.add(i32x4.splat(c0 + <u32>b), i32x4(0, 1, 2, 3));
    philox4x32(first, c1, c2, c3, load<u32>(key), load<u32>(key, 4), rounds);
    const low01 = v128.shuffle<i32>(word0, word1, 0, 4, 1, 5);
    const low23 = v128.shuffle<i32>(word2, word3, 0, 4, 1, 5);
    const high01 = v128.shuffle<i32>(word0, word1, 2, 6, 3, 7);
    const high23 = v128.shuffle<i32>(word2, word3, 2, 6, 3, 7);
    const at = out + (b << 4);
    v128.store(at, v128.shuffle<i64>(low01, low23, 0, 2));
    if (b + 1 < blocks) v128.store(at, v128.shuffle<i64>(low01, low23, 1, 3), 16);
    if (b + 2 < blocks) v128.store(at, v128.shuffle<i64>(high01, high23, 0, 2), 32);
    if (b + 3 < blocks) v128.store(at, v128.shuffle<i64>(high01, high23, 1, 3), 48);
  }
}
