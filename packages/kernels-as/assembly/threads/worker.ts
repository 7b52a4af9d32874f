// The loop of a helper thread: sleep until a run is due, take part in it, sleep again.
//
// The job block's generation, on which a helper waits, is a sequence lock: odd while the words are being written, even when they hold, so that a helper that sat out
// a run with fewer threads never mixes the words of two runs.
import { aborted, has_begun, none_has_begun } from "./barrier";
import { run_program } from "../program/interpreter";
import { PROGRAM, THREADS } from "./constants";

/** In place of a program's address: the helper is to return. */
const CLOSED: u32 = 0xffffffff;

// Not locals: see barrier.ts.
let job_block: usize = 0;
let seen: u32 = 0;

/** Serves runs until the job block says CLOSED; looks at the generation `spins` times before it sleeps. */
export function worker_loop(job: usize, thread: u32, spins: u32): void {
  job_block = job;
  do await_job(spins);
  while (serve_job(thread));
}

function await_job(spins: u32): void {
  while (spins > 0 && atomic.load<u32>(job_block) == seen) spins--;
  while (atomic.load<u32>(job_block) == seen) atomic.wait<u32>(job_block, seen, -1);
}

/** @returns whether to wait for another. */
function serve_job(thread: u32): bool {
  const generation = atomic.load<u32>(job_block);
  if (generation & 1) return true;
  const program = atomic.load<u32>(job_block, PROGRAM);
  const threads = atomic.load<u32>(job_block, THREADS);
  if (atomic.load<u32>(job_block) != generation) return true;
  seen = generation;
  if (program == CLOSED) return false;
  if (thread < threads) {
    has_begun();
    run_program(program, thread, threads);
  }
  return !aborted();
}

/** Thread 0's side: wakes the helpers for one run of the program and takes part. @returns what `run_program` returns. */
export function run_threads(job: usize, program: usize, threads: u32): u32 {
  none_has_begun();
  post_job(job, <u32>program, threads);
  return run_program(program, 0, threads);
}

/** Tells every helper to leave its loop. */
export function close_threads(job: usize): void {
  post_job(job, CLOSED, 0);
}

function post_job(job: usize, program: u32, threads: u32): void {
  atomic.add<u32>(job, 1);
  atomic.store<u32>(job, program, PROGRAM);
  atomic.store<u32>(job, threads, THREADS);
  atomic.add<u32>(job, 1);
  atomic.notify(job, -1);
}
