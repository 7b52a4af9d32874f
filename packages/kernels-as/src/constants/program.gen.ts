// Written by scripts/generate-instructions.mjs; not by hand.
// How a program lies in memory. scripts/generate-instructions.mjs copies this file for TypeScript.

/** 32-bit words of an instruction: opcode, flags, then arguments. */
export const INSTRUCTION_WORDS = 32;
/** Set in the flags when all threads wait for each other before the instruction. */
export const FLAG_BARRIER = 1;
/** The flags' other bits count the arguments. */
export const ARGUMENTS_SHIFT = 1;

/** f32 on a cache line: shares are whole lines, so that no two threads write to one. */
export const LINE = 16;

// What a run says at its end.
export const FINISHED = 0;
/** A `stop_if_not_finite` left the program. */
export const STOPPED = 1;
/** Another thread failed. */
export const FAILED = 2;
/** A word that is no instruction, or one with another number of arguments. */
export const CORRUPT = 3;
