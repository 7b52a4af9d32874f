// Dropout's decisions one by one, from the same bits as assembly/elementwise/dropout.ts and assembly/random/expand.ts.
import { philox4x32 } from "../../src/random/philox.js";

export interface DropoutKey {
  /** Two words each, the low one first. */
  readonly seed: readonly [number, number];
  readonly step: readonly [number, number];
  readonly stream: number;
}

/** K of 65536 are kept. */
export function dropoutKept(rate: number): number {
  const exact = (1 - Math.fround(rate)) * 65536;
  const floor = Math.floor(exact);
  const up = exact - floor > 0.5 || (exact - floor === 0.5 && floor % 2 === 1);
  return floor + (up ? 1 : 0);
}

/** What is kept is multiplied by 65536 / K. */
export function dropoutScale(rate: number): number {
  return Math.fround(65536 / dropoutKept(rate));
}

/** keep(i) for i below n. */
export function dropoutKeeps(key: DropoutKey, rate: number, n: number): boolean[] {
  const kept = dropoutKept(rate);
  const [x, y, z, w] = philox4x32([key.stream, ...key.step, 0], key.seed);
  const keeps: boolean[] = [];
  let words: readonly number[][] = [];
  let block = -1;
  for (let i = 0; i < n; i++) {
    const at = (i >> 6) * 4 + (i & 3);
    if (at !== block) {
      block = at;
      words = wordsOf([(Math.imul(block, 1664525) + x!) >>> 0, y! | 1, z! | 1, w! | 1]);
    }
    const byte = 8 * ((i >> 2) & 3);
    const word = (i >> 4) & 3;
    // The kernel compares bytes as signed numbers: 128 is taken off, which flips their top bit.
    const upper = ((words[0]![word]! >>> byte) & 255) ^ 128;
    const lower = (words[1]![word]! >>> byte) & 255;
    keeps.push(upper * 256 + lower < kept);
  }
  return keeps;
}

/** A block's four words, and their twins. */
function wordsOf(state: number[]): number[][] {
  const first = pass(state);
  const words = pass(first.map(fold));
  return [words, pass(words.map(fold))];
}

function pass([x, y, z, w]: number[]): number[] {
  const x2 = (x! + Math.imul(y!, w!)) | 0;
  const y2 = (y! + Math.imul(z!, x2)) | 0;
  const z2 = (z! + Math.imul(x2, y2)) | 0;
  return [x2, y2, z2, (w! + Math.imul(y2, z2)) | 0];
}

const fold = (v: number): number => v ^ (v >>> 16);
