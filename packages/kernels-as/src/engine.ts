/** How precise and how portable: see `EngineOptions.precision`. */
export type Precision = "standard" | "high" | "fast";

export interface EngineOptions {
  /**
   * Threads that share each step's work: a number from 1 to 64, or "auto" (the default) for the host's cores, at most 8, or one where that
   * turns out to be faster because the machine is busy.
   */
  readonly threads?: "auto" | number;
  /**
   * "standard" (default) and "high" use the plain SIMD binary, whose bits are the same everywhere; "fast" the relaxed one, where the
   * host has it, whose bits depend on the machine. "high" also keeps to the convolution algorithms with the smallest error.
   */
  readonly precision?: Precision;
  /**
   * "auto" takes the wide binary where it runs: the same kernels, and the same bits, for lanes of 256 bits, about twice as fast in matrix products.
   * That is Node 24 to 26 on x86-64 Linux with AVX2. It sets V8's experimental flag `--experimental-wasm-revectorize`, which belongs to the whole process, so
   * that "off" is the default here; the environment's `LOAM_WIDE=auto` changes that. `notes` says what came of it; `LOAM_WIDE=quiet` has them silent unless the check fails.
   */
  readonly wide?: "auto" | "off";
  /** The most linear memory to ask for, in bytes; the default is 4 GiB. */
  readonly maximumBytes?: number;
  /** Where the kernel worker's file is, for pages whose bundler does not find it by itself. */
  readonly workerUrl?: string | URL;
}

/** Which of the endless sequences of random words: what its blocks' counters have in common, and the key. */
export interface RandomPlace {
  readonly counter: readonly [number, number, number];
  readonly key: readonly [number, number];
}

/** What came of a `run`. */
export interface RunResult {
  /** Runs that were done, at least one unless `times` was 0. */
  readonly times: number;
  /** False when the program left itself at a value that is not finite; that run is not among `times`. */
  readonly finite: boolean;
}

/**
 * A linear memory, the kernels that work in it, and the threads that run them. Only bytes and addresses cross to an engine, so that it
 * may live in this thread or in a worker. Calls take effect in the order in which they were made.
 */
export interface Engine {
  /** Threads that share the work, with those that are still starting; 1 once it is certain that they cannot. */
  readonly threads: number;
  /**
   * Resolves when `threads` and `notes` are final. With `threads: "auto"` an engine runs on one thread until the others have started, and
   * they join between two calls of `run`: no bit of a result depends on when.
   */
  readonly settled: Promise<void>;
  readonly precision: Precision;
  readonly binary: "plain" | "relaxed";
  /** What the host did not allow, one sentence each, for example that there is no second thread; and whether the wide binary runs, if it was asked for. */
  readonly notes: readonly string[];
  /** Reserves zeroed bytes at a multiple of 64 and grows the memory if need be. Nothing is freed before `close`. */
  allocate(bytes: number): Promise<number>;
  /** Copies bytes into the memory, at any address that was allocated. */
  write(address: number, data: ArrayBufferView): Promise<void>;
  /** A copy of the bytes. */
  read(address: number, bytes: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Writes 4·blocks random words: those of block b are `philox4x32([b, ...counter], key)`. */
  randomWords(address: number, blocks: number, place: RandomPlace): Promise<void>;
  /**
   * Runs a program up to `times` times, until about `budget` milliseconds (default: no limit) have passed. At most `threads`
   * (default: all) take part; no bit of the result depends on it.
   * @throws {EngineError} when a thread fails or hangs, and for a program with a word that is no instruction; the engine is closed then.
   */
  run(program: number, times?: number, options?: { budget?: number; threads?: number }): Promise<RunResult>;
  /**
   * Puts the full binary in the place of the core, with which an engine of `startEngine` may begin; any other engine has it from the start. To be
   * awaited before a program is run that is not `ProgramWriter.core`.
   */
  loadFull(): Promise<void>;
  /** Bytes of linear memory in use. */
  memoryBytes(): Promise<number>;
  /** Ends the threads and frees the memory. Further calls are rejected. */
  close(): Promise<void>;
  /** As `close`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** A thread that failed, an engine that is closed, a host that lacks what the kernels need. */
export class EngineError extends Error {
  override readonly name = "EngineError";
  constructor(
    readonly code: "closed" | "bad-program" | "thread-failed" | "thread-stuck" | "no-simd" | "no-worker",
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
