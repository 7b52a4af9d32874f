// Written by scripts/generate-instructions.mjs; not by hand.
// Blocks through which threads meet; offsets and sizes are bytes, words that are waited for have a cache line of their own.
// scripts/generate-instructions.mjs copies this file for TypeScript.

/** The barrier's block: how many have arrived (at 0), then these. BEGUN: how many helpers take part in this run so far. SPINS: looks before sleeping, 0 when there are more threads than cores. */
export const BARRIER_BYTES = 320;
export const BEGUN = 4;
export const GENERATION = 64;
export const SLEEPERS = 128;
export const ABORT = 192;
export const SPINS = 256;

/** What the abort word says: a thread has failed, some thread did not come, or one did not even begin. */
export const ABORT_FAILED = 1;
export const ABORT_STUCK = 2;
export const ABORT_LOST = 3;

/** The job block: a generation (at 0), then the program's address and how many threads run it. */
export const JOB_BYTES = 128;
export const PROGRAM = 64;
export const THREADS = 68;
