// Blocks through which threads meet; offsets and sizes are bytes, words that are waited for have a cache line of their own.
// scripts/generate-instructions.mjs copies this file for TypeScript.

/** The barrier's block: how many have arrived (at 0), then these. BEGUN: how many helpers take part in this run so far. SPINS: looks before sleeping, 0 when there are more threads than cores. */
export const BARRIER_BYTES: usize = 320;
export const BEGUN: usize = 4;
export const GENERATION: usize = 64;
export const SLEEPERS: usize = 128;
export const ABORT: usize = 192;
export const SPINS: usize = 256;

/** What the abort word says: a thread has failed, some thread did not come, or one did not even begin. */
export const ABORT_FAILED: u32 = 1;
export const ABORT_STUCK: u32 = 2;
export const ABORT_LOST: u32 = 3;

/** The job block: a generation (at 0), then the program's address and how many threads run it. */
export const JOB_BYTES: usize = 128;
export const PROGRAM: usize = 64;
export const THREADS: usize = 68;
