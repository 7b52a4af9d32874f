// A barrier for the threads that run one program together.
//
// The words lie in a block of its own: see constants.ts. The block's address is the same for every instance; each instance is told it once by
// `set_barrier`.
import { ABORT, ABORT_LOST, ABORT_STUCK, BEGUN, GENERATION, SLEEPERS, SPINS } from "./constants";

let block: usize = 0;

// Of a sleeper: the generation it waits at, and how many looks it has left. Not locals: V8 11's first compiler (Node 20), which runs a
// function until it is hot, loses one that is in a register while memory.atomic.wait32 waits, and the sleeper would leave too early.
let awaited: u32 = 0;
let looks: u32 = 0;

/** How long a sleeper waits before it looks at the abort word again, in nanoseconds. */
const LOOK_UP: i64 = 100_000_000;

/** After so many looks (60 s) without the others the run is given up: an instruction may keep one thread busy for long. */
const PATIENCE: u32 = 600;

/** After so many (5 s) a helper that has not begun is no more: it does nothing between two runs but wait for the next. */
const TO_BEGIN: u32 = 50;

/** So many looks (1 s) lie between two questions to the host. */
const TO_ASK: u32 = 10;

/** Whether the host knows of a helper that has ended, also in the middle of an instruction: only thread 0's may know. */
// @ts-ignore: decorator
@external("env", "has_lost_helper")
declare function has_lost_helper(): bool;

/** Tells this instance where the barrier's block is (BARRIER_BYTES, 64-byte aligned, zero but for the spin count). */
export function set_barrier(address: usize): void {
  block = address;
}

/** True once some thread has failed: everyone leaves the program at the next barrier. */
export function aborted(): bool {
  return block != 0 && atomic.load<u32>(block, ABORT) != 0;
}

/** Thread 0's, before it calls the helpers to a run: none of them has begun. */
export function none_has_begun(): void {
  atomic.store<u32>(block, 0, BEGUN);
}

/** A helper's, at the beginning of a run. */
export function has_begun(): void {
  atomic.add<u32>(block, 1, BEGUN);
}

/** Waits until all `threads` have arrived. With one thread there is nothing to wait for. */
export function barrier(threads: u32): void {
  if (threads < 2) return;
  awaited = atomic.load<u32>(block, GENERATION);
  if (atomic.add<u32>(block, 1) == threads - 1) {
    atomic.store<u32>(block, 0);
    atomic.add<u32>(block, 1, GENERATION);
    if (atomic.load<u32>(block, SLEEPERS) != 0) atomic.notify(block + GENERATION, -1);
    return;
  }
  let spins = atomic.load<u32>(block, SPINS);
  while (spins > 0) {
    if (atomic.load<u32>(block, GENERATION) != awaited) return;
    spins--;
  }
  atomic.add<u32>(block, 1, SLEEPERS);
  looks = PATIENCE;
  while (atomic.load<u32>(block, GENERATION) == awaited && atomic.load<u32>(block, ABORT) == 0) {
    atomic.wait<u32>(block + GENERATION, awaited, LOOK_UP);
    if (--looks == 0) atomic.store<u32>(block, ABORT_STUCK, ABORT);
    else if (
      (looks == PATIENCE - TO_BEGIN && atomic.load<u32>(block, BEGUN) < threads - 1) ||
      (looks % TO_ASK == 0 && has_lost_helper())
    )
      atomic.store<u32>(block, ABORT_LOST, ABORT);
  }
  atomic.sub<u32>(block, 1, SLEEPERS);
}
