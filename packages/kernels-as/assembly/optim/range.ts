// The table of ranges over the flat block of parameters: `count` entries, laid out as constants.ts says.
// Gradients and every slot of an optimizer lie in blocks of the same layout. A thread's share is a stretch [begin, end) of the block,
// so that small ranges do not all fall to one thread.
import {
  RANGE_BYTES, RANGE_DECAY, RANGE_FACTOR, RANGE_FROZEN, RANGE_LENGTH, RANGE_OFFSET,
} from "./constants";

/** Elements of the block: the end of the range that ends last. */
export function table_extent(table: usize, count: u32): u32 {
  let extent: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const entry = entry_of(table, i);
    extent = max(extent, load<u32>(entry, RANGE_OFFSET) + load<u32>(entry, RANGE_LENGTH));
  }
  return extent;
}

// @ts-ignore: decorator
@inline
export function entry_of(table: usize, i: u32): usize {
  return table + <usize>i * RANGE_BYTES;
}

/** First element of the range that is in the share. A frozen range has none. */
// @ts-ignore: decorator
@inline
export function first_in(entry: usize, begin: usize): usize {
  return max<usize>(load<u32>(entry, RANGE_OFFSET), begin);
}

/** One past the last element of the range in the share; not above `first_in` when there is none. */
// @ts-ignore: decorator
@inline
export function last_in(entry: usize, end: usize): usize {
  if (load<u32>(entry, RANGE_FROZEN)) return 0;
  return min<usize>(load<u32>(entry, RANGE_OFFSET) + load<u32>(entry, RANGE_LENGTH), end);
}

/** The range's own learning rate, formed in float64. */
// @ts-ignore: decorator
@inline
export function learning_rate_of(entry: usize, learning_rate: f64): f64 {
  return learning_rate * <f64>load<f32>(entry, RANGE_FACTOR);
}

// @ts-ignore: decorator
@inline
export function weight_decay_of(entry: usize): f32 {
  return load<f32>(entry, RANGE_DECAY);
}
