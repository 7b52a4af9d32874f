import { CORRUPT, FAILED, FINISHED } from "../constants/program.gen.js";
import {
  ABORT_LOST,
  ABORT_STUCK,
  BARRIER_BYTES,
  JOB_BYTES,
  SPINS as SPINS_AT,
} from "../constants/threads.gen.js";
import { EngineError } from "../engine.js";
import type { ProgramExports } from "../instance.js";
import type { KernelMemory } from "../memory.js";
import type { Platform, PlatformWorker } from "../platform/platform.js";
import { abort, aborted } from "./barrier.js";
import type { ThreadStart, WorkerReady } from "./messages.js";

/** Looks at a word before sleeping: about 0.2 ms, longer than the gap between two instructions or two steps. */
const SPINS = 100_000;
const START_TIMEOUT = 10_000;
const ENDED = "it was ended from outside";

/** The threads that share an engine's runs: this one and `threads - 1` workers, which all join at once when each of them is ready. */
export class ThreadPool {
  /** Resolves when the helpers have joined or it is certain that they will not, with the error that keeps them away. Never rejects. */
  readonly settled: Promise<EngineError | undefined>;
  /** With the helpers that are still starting; 1 when they cannot. */
  #threads: number;
  #joined = false;
  #closed = false;
  readonly #exports: ProgramExports;
  readonly #memory: KernelMemory;
  readonly #barrier: number;
  readonly #job: number;
  readonly #workers: PlatformWorker[] = [];
  /** Ends the wait for the helpers' first words. */
  #giveUp: () => void = () => {};
  #failure: Error | undefined;

  /** Begins to start the helpers. They write nothing that a run may read until they join: a module's static data is constants. */
  constructor(
    exports: ProgramExports,
    module: WebAssembly.Module,
    memory: KernelMemory,
    platform: Platform,
    threads: number,
    workerUrl?: string | URL,
  ) {
    const barrier = memory.allocate(BARRIER_BYTES);
    const job = memory.allocate(JOB_BYTES);
    // More threads than cores: who spins would keep the one that is waited for from running.
    const spins = threads <= platform.cores() ? SPINS : 0;
    memory.u32(barrier, BARRIER_BYTES / 4)[SPINS_AT / 4] = spins;
    exports.set_barrier(barrier);
    this.#threads = threads;
    this.#exports = exports;
    this.#memory = memory;
    this.#barrier = barrier;
    this.#job = job;
    const common = { role: "thread", module, memory: memory.memory, barrier, job, spins } as const;
    this.settled = this.#start(common, platform, workerUrl);
  }

  async #start(
    common: Omit<ThreadStart, "thread">,
    platform: Platform,
    workerUrl: string | URL | undefined,
  ): Promise<EngineError | undefined> {
    const ready: Promise<void>[] = [];
    const closed = new Promise<void>((resolve) => {
      this.#giveUp = resolve;
    });
    try {
      for (let thread = 1; thread < this.#threads; thread++) {
        const worker = platform.startWorker(workerUrl);
        this.#workers.push(worker);
        ready.push(firstWord(worker, closed, (error) => this.#fail(error)));
        worker.post({ ...common, thread } satisfies ThreadStart);
      }
      await Promise.all(ready);
      // One that was ready may have failed while the others were starting.
      if (this.#failure) throw this.#failure;
      this.#joined = !this.#closed;
      return undefined;
    } catch (error) {
      this.#threads = 1;
      this.#giveUp();
      await Promise.all(this.#workers.map((worker) => worker.terminate()));
      return new EngineError(
        "no-worker",
        `a helper thread could not be started: ${(error as Error).message}`,
        { cause: error },
      );
    }
  }

  get threads(): number {
    return this.#threads;
  }

  /** How many threads a run may have now. */
  get present(): number {
    return this.#joined ? this.#threads : 1;
  }

  /** Whether a helper is known to have ended, also while this thread lets no event in that would tell. */
  hasLostHelper(): boolean {
    return this.#workers.some((worker) => worker.hasEnded?.());
  }

  /** Runs a program once on the first `threads` threads, all present. @returns true when it came to its end. @throws {EngineError} */
  run(program: number, threads: number): boolean {
    const outcome =
      threads === 1
        ? this.#exports.run_program(program, 0, 1)
        : this.#exports.run_threads(this.#job, program, threads);
    if (outcome === FAILED) throw this.#broken();
    if (outcome === CORRUPT) {
      throw new EngineError("bad-program", `the program at ${program} has a word that is no instruction`);
    }
    return outcome === FINISHED;
  }

  /** Lets the helpers return and ends them, also those that are still starting. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#giveUp();
    this.#exports.close_threads(this.#job);
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  /** One that has joined will not come to the barrier any more: whoever waits there, or comes to it, is to leave. */
  #fail(error: Error): void {
    if (this.#closed) return;
    this.#failure ??= error;
    if (this.#joined) abort(this.#memory.memory, this.#barrier);
  }

  #broken(): EngineError {
    const word = aborted(this.#memory.memory, this.#barrier);
    if (word === ABORT_STUCK)
      return new EngineError("thread-stuck", "a thread waited for the others at a barrier for 60 s");
    // This thread may not have heard of it yet.
    const said = this.#failure?.message ?? (word === ABORT_LOST ? ENDED : undefined);
    const message = `a helper thread failed${said === undefined ? "" : `: ${said}`}`;
    return new EngineError("thread-failed", message, this.#failure && { cause: this.#failure });
  }
}

/** Resolves when the worker is ready or `closed`; rejects when it cannot be. `failed` is told of errors at any time. */
function firstWord(
  worker: PlatformWorker,
  closed: Promise<void>,
  failed: (error: Error) => void,
): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("it did not answer within 10 s")), START_TIMEOUT);
    const fail = (error: Error) => {
      clearTimeout(timer);
      failed(error);
      reject(error);
    };
    const settle = () => {
      clearTimeout(timer);
      resolve();
    };
    worker.onMessage((message) => {
      const word = message as WorkerReady;
      if (word.ready) settle();
      else fail(new Error(word.message));
    });
    worker.onError(fail);
    worker.onEnd?.(() => fail(new Error(ENDED)));
    void closed.then(settle);
  });
}
