// An entry of the table of ranges over the flat block of parameters. scripts/generate-instructions.mjs copies this file for TypeScript, which
// writes the table. Offsets are bytes.

/** Bytes of an entry. */
export const RANGE_BYTES: usize = 32;
/** Where it begins and how long it is, both u32 elements. */
export const RANGE_OFFSET: usize = 0;
export const RANGE_LENGTH: usize = 4;
/** What the learning rate is multiplied by, f32. */
export const RANGE_FACTOR: usize = 8;
/** Weight decay, f32. */
export const RANGE_DECAY: usize = 12;
/** Not 0: nothing in it changes. */
export const RANGE_FROZEN: usize = 16;
