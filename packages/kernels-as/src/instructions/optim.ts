import {
  RANGE_BYTES,
  RANGE_DECAY,
  RANGE_FACTOR,
  RANGE_FROZEN,
  RANGE_LENGTH,
  RANGE_OFFSET,
} from "../constants/optim.gen.js";
import type { WordReader } from "./operands.js";

const RANGE_WORDS = RANGE_BYTES / 4;

/** A stretch of the flat block of parameters with settings of its own. */
export interface OptimizerRange {
  /** First element, and how many. */
  readonly offset: number;
  readonly length: number;
  /** What the learning rate is multiplied by (default 1). */
  readonly learningRateFactor?: number;
  /** λ (default 0): added to the gradient as λθ, or taken off the parameter by itself where the instruction is decoupled. */
  readonly weightDecay?: number;
  /** True: neither the parameters nor the slots change. */
  readonly frozen?: boolean;
}

/** The words of a table of ranges, as assembly/optim/constants.ts lays them out. */
export function optimizerTable(ranges: readonly OptimizerRange[]): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(ranges.length * RANGE_WORDS);
  const floats = new Float32Array(words.buffer);
  ranges.forEach(({ offset, length, learningRateFactor = 1, weightDecay = 0, frozen = false }, i) => {
    const at = i * RANGE_WORDS;
    words[at + RANGE_OFFSET / 4] = offset;
    words[at + RANGE_LENGTH / 4] = length;
    floats[at + RANGE_FACTOR / 4] = learningRateFactor;
    floats[at + RANGE_DECAY / 4] = weightDecay;
    words[at + RANGE_FROZEN / 4] = frozen ? 1 : 0;
  });
  return words;
}

/** Elements of the block that a table in memory speaks of: the end of the range that ends last. */
export function rangesExtent({ table, count }: { table: number; count: number }, memory: WordReader): number {
  let extent = 0;
  for (let i = 0; i < count; i++) {
    const at = table + i * RANGE_BYTES;
    extent = Math.max(extent, memory.word(at + RANGE_OFFSET) + memory.word(at + RANGE_LENGTH));
  }
  return extent;
}
