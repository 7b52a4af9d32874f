// Written by scripts/generate-instructions.mjs; not by hand.
// An entry of the table of ranges over the flat block of parameters. scripts/generate-instructions.mjs copies this file for TypeScript, which
// writes the table. Offsets are bytes.

/** Bytes of an entry. */
export const RANGE_BYTES = 32;
/** Where it begins and how long it is, both u32 elements. */
export const RANGE_OFFSET = 0;
export const RANGE_LENGTH = 4;
/** What the learning rate is multiplied by, f32. */
export const RANGE_FACTOR = 8;
/** Weight decay, f32. */
export const RANGE_DECAY = 12;
/** Not 0: nothing in it changes. */
export const RANGE_FROZEN = 16;
