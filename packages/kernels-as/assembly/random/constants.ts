// scripts/generate-instructions.mjs copies this file for TypeScript.

/** Rounds of Philox4x32: what the paper recommends. */
export const ROUNDS: u32 = 10;
