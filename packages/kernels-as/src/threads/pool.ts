import { EngineError } from "../engine.js";
import type { ProgramExports } from "../instance.js";
import type { KernelMemory } from "../memory.js";
import type { Platform, PlatformWorker } from "../platform/platform.js";
import type { ThreadStart, WorkerReady } from "./messages.js";

const BARRIER_BYTES = 320;
const JOB_BYTES = 128;
const ABORT_WORD = 192 / 4;
const SPINS_WORD = 256 / 4;

/** Looks at a word before sleeping: about 0.2 ms, longer than the gap between two instructions or two steps. */
const SPINS = 100_000;
const START_TIMEOUT = 10_000;

/** The threads that share an engine's runs: this one and `threads - 1` workers. */
export class ThreadPool {
  readonly threads: number;
  readonly #exports: ProgramExports;
  readonly #memory: KernelMemory;
  readonly #barrier: number;
  readonly #job: number;
  readonly #workers: readonly PlatformWorker[];
  #failure: Error | undefined;

  private constructor(
    exports: ProgramExports,
    memory: KernelMemory,
    barrier: number,
    job: number,
    threads: number,
    workers: readonly PlatformWorker[],
  ) {
    this.threads = threads;
    this.#exports = exports;
    this.#memory = memory;
    this.#barrier = barrier;
    this.#job = job;
    this.#workers = workers;
  }

  /** Starts the helpers and waits until each is ready. @throws {EngineError} `no-worker` when one cannot be started. */
  static async start(
    exports: ProgramExports,
    module: WebAssembly.Module,
    memory: KernelMemory,
    platform: Platform,
    threads: number,
    workerUrl?: string | URL,
  ): Promise<ThreadPool> {
    const barrier = memory.allocate(BARRIER_BYTES);
    const job = memory.allocate(JOB_BYTES);
    // More threads than cores: who spins would keep the one that is waited for from running.
    const spins = threads <= platform.cores() ? SPINS : 0;
    memory.u32(barrier, BARRIER_BYTES / 4)[SPINS_WORD] = spins;
    exports.set_barrier(barrier);
    const workers: PlatformWorker[] = [];
    const pool = new ThreadPool(exports, memory, barrier, job, threads, workers);
    const ready: Promise<void>[] = [];
    try {
      for (let thread = 1; thread < threads; thread++) {
        const worker = platform.startWorker(workerUrl);
        workers.push(worker);
        const start: ThreadStart = {
          role: "thread",
          module,
          memory: memory.memory,
          barrier,
          job,
          thread,
          spins,
        };
        ready.push(
          firstWord(worker, (error) => {
            pool.#failure = error;
            Atomics.store(memory.u32(barrier, BARRIER_BYTES / 4), ABORT_WORD, 1);
          }),
        );
        worker.post(start);
      }
      await Promise.all(ready);
    } catch (error) {
      await Promise.all(workers.map((worker) => worker.terminate()));
      throw new EngineError(
        "no-worker",
        `a helper thread could not be started: ${(error as Error).message}`,
        { cause: error },
      );
    }
    return pool;
  }

  /** Runs a program once on the first `threads` threads. @returns true when it came to its end. @throws {EngineError} */
  run(program: number, threads: number): boolean {
    const outcome =
      threads === 1
        ? this.#exports.run_program(program, 0, 1)
        : this.#exports.run_threads(this.#job, program, threads);
    if (outcome === 2) throw this.#broken();
    return outcome === 0;
  }

  /** Lets the helpers return and ends them. */
  async close(): Promise<void> {
    this.#exports.close_threads(this.#job);
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #broken(): EngineError {
    const word = Atomics.load(this.#memory.u32(this.#barrier, BARRIER_BYTES / 4), ABORT_WORD);
    return word === 2
      ? new EngineError("thread-stuck", "a helper thread did not come to the barrier within 10 s")
      : new EngineError(
          "thread-failed",
          "a helper thread failed",
          this.#failure ? { cause: this.#failure } : undefined,
        );
  }
}

function firstWord(worker: PlatformWorker, failed: (error: Error) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("it did not answer within 10 s")), START_TIMEOUT);
    worker.onMessage((message) => {
      clearTimeout(timer);
      const word = message as WorkerReady;
      if (word.ready) resolve();
      else {
        const error = new Error(word.message);
        failed(error);
        reject(error);
      }
    });
    worker.onError((error) => {
      clearTimeout(timer);
      failed(error);
      reject(error);
    });
  });
}
