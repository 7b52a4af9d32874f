// Many cheap random words from a 128-bit key: PCG4D of Jarzynski and Olano, "Hash functions for GPU rendering", JCGT 9(3), 2020, whose key is
// a block of Philox. A sixth of the work of Philox4x32-7, for uses that need very many decisions and no cryptographer.
//
// State (x, y, z, w) = (1664525·block + k0, k1 | 1, k2 | 1, k3 | 1); a pass is
//   x += y·w   y += z·x   z += x·y   w += y·z,   and between two passes v ^= v >> 16 for each word.
// The words after the second pass are the block's; a third gives each of them a twin. Four blocks go side by side, a block a lane; the steps
// are handed out one by one, since a loop that keeps its state in locals is twice as fast as one that fetches it from globals.
import { constant } from "../math/constant";
import { ROUNDS } from "./constants";
import { philox4x32, word0, word1, word2, word3 } from "./philox";

const TABLE = memory.data<u32>([1664525]);
const LCG: usize = 0;

/** The key in all lanes; of one instance, and so of one thread. */
export let key_x: v128 = i32x4(0, 0, 0, 0);
export let key_y: v128 = i32x4(0, 0, 0, 0);
export let key_z: v128 = i32x4(0, 0, 0, 0);
export let key_w: v128 = i32x4(0, 0, 0, 0);

/** The key of (seed, stream, step): the Philox4x32-10 block of counter (stream, step low, step high, 0). */
export function expand_key(seed0: u32, seed1: u32, stream: u32, step_low: u32, step_high: u32): void {
  const one = i32x4.splat(1);
  const zero = i32x4.splat(0);
  philox4x32(i32x4.splat(stream), i32x4.splat(step_low), i32x4.splat(step_high), zero, seed0, seed1, ROUNDS);
  key_x = word0;
  key_y = v128.or(word1, one);
  key_z = v128.or(word2, one);
  key_w = v128.or(word3, one);
}

/** The first word of a block before its first pass. */
// @ts-ignore: decorator
@inline
export function expand_begin(block: v128, kx: v128): v128 {
  return i32x4.add(i32x4.mul(block, constant(TABLE, LCG)), kx);
}

/** a + b·c: a quarter of a pass. */
// @ts-ignore: decorator
@inline
export function expand_step(a: v128, b: v128, c: v128): v128 {
  return i32x4.add(a, i32x4.mul(b, c));
}

/** v ^ v >> 16: between two passes. */
// @ts-ignore: decorator
@inline
export function expand_fold(v: v128): v128 {
  return v128.xor(v, i32x4.shr_u(v, 16));
}
