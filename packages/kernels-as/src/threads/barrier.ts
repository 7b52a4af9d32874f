import { ABORT, ABORT_FAILED, BARRIER_BYTES, GENERATION } from "../constants/threads.gen.js";

const wordsOf = (memory: WebAssembly.Memory, barrier: number) =>
  new Int32Array(memory.buffer, barrier, BARRIER_BYTES / 4);

/** Tells all who wait at the barrier, and all who come to it, that a thread has failed: they leave the program. */
export function abort(memory: WebAssembly.Memory, barrier: number): void {
  const words = wordsOf(memory, barrier);
  Atomics.store(words, ABORT / 4, ABORT_FAILED);
  Atomics.notify(words, GENERATION / 4);
}

/** What the abort word says. */
export function aborted(memory: WebAssembly.Memory, barrier: number): number {
  return Atomics.load(wordsOf(memory, barrier), ABORT / 4);
}
