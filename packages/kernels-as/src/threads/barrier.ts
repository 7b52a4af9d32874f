// The words of the barrier's block; as in assembly/threads/barrier.ts.

export const BARRIER_BYTES = 320;
export const SPINS_WORD = 256 / 4;
const GENERATION_WORD = 64 / 4;
const ABORT_WORD = 192 / 4;

/** What the abort word says when nobody failed but somebody did not come. */
export const STUCK = 2;

const wordsOf = (memory: WebAssembly.Memory, barrier: number) =>
  new Int32Array(memory.buffer, barrier, BARRIER_BYTES / 4);

/** Tells all who wait at the barrier, and all who come to it, that a thread has failed: they leave the program. */
export function abort(memory: WebAssembly.Memory, barrier: number): void {
  const words = wordsOf(memory, barrier);
  Atomics.store(words, ABORT_WORD, 1);
  Atomics.notify(words, GENERATION_WORD);
}

/** What the abort word says. */
export function aborted(memory: WebAssembly.Memory, barrier: number): number {
  return Atomics.load(wordsOf(memory, barrier), ABORT_WORD);
}
