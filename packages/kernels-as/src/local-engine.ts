import { compileBinary } from "./binary.js";
import { ROUNDS } from "./constants/random.gen.js";
import {
  type Engine,
  EngineError,
  type EngineOptions,
  type Precision,
  type RandomPlace,
  type RunResult,
} from "./engine.js";
import { instantiateModule, type ProgramExports } from "./instance.js";
import { KernelMemory } from "./memory.js";
import type { Platform } from "./platform/platform.js";
import { Pace } from "./threads/pace.js";
import { ThreadPool } from "./threads/pool.js";

const AUTO_THREADS = 8;

/** How long a slice that only compares numbers of threads may take. */
const TRIAL_MS = 5;

/** Runs between two looks at the clock: few enough to keep a budget, many enough that the clock costs nothing. */
const RUNS_PER_LOOK = 2;

/** What an engine drops when it is closed, so that the memory goes although somebody still holds the engine. */
interface Parts {
  readonly memory: KernelMemory;
  readonly exports: ProgramExports;
  readonly pool: ThreadPool;
  /** Whether the binary has every instruction. */
  readonly full: boolean;
}

/** A module over a memory, and threads for it. */
async function threadsOver(
  memory: KernelMemory,
  module: WebAssembly.Module,
  platform: Platform,
  threads: number,
  workerUrl: string | URL | undefined,
): Promise<Pick<Parts, "exports" | "pool">> {
  const hasLostHelper = () => pool.hasLostHelper();
  const exports = (await instantiateModule(
    module,
    memory.memory,
    hasLostHelper,
  )) as unknown as ProgramExports;
  const pool = new ThreadPool(exports, module, memory, platform, threads, workerUrl);
  return { exports, pool };
}

/** An engine whose memory lives in this thread. */
export class LocalEngine implements Engine {
  settled: Promise<void>;
  #parts: Parts | undefined;
  /** The full binary on its way. */
  #growing: Promise<void> | undefined;
  /** By program and number of threads. */
  readonly #paces = new Map<number, Pace>();

  private constructor(
    readonly precision: Precision,
    readonly binary: "plain" | "relaxed",
    readonly notes: string[],
    private readonly platform: Platform,
    parts: Parts,
    /** Where a call of a kernel finds its counter and key. */
    private readonly place: number,
    /** Whether the number of threads may be changed to what is fastest. */
    private readonly adapts: boolean,
    private readonly workerUrl: string | URL | undefined,
  ) {
    this.#parts = parts;
    this.settled = this.#settledBy(parts.pool);
  }

  /** @param full whether it begins with the full binary, and not with its core */
  static async create(options: EngineOptions, platform: Platform, full = true): Promise<LocalEngine> {
    const { precision = "standard", threads: wanted = "auto", maximumBytes, workerUrl } = options;
    if (wanted !== "auto" && !(Number.isInteger(wanted) && wanted >= 1 && wanted <= 64)) {
      throw new RangeError(`threads: expected "auto" or an integer in [1, 64], got ${wanted}`);
    }
    const notes: string[] = [];
    let threads = wanted === "auto" ? Math.min(AUTO_THREADS, platform.cores()) : wanted;
    const obstacle = threads > 1 ? platform.threadObstacle() : undefined;
    if (obstacle) {
      notes.push(`Loam runs on one thread: ${obstacle}.`);
      threads = 1;
    }
    const wide = await platform.wide?.(options);
    if (wide?.note) notes.push(wide.note);
    const binary = wide?.binary ?? (await compileBinary(precision, platform, full));
    if (precision === "fast" && binary.kind === "plain") {
      notes.push('This host has no relaxed SIMD: precision "fast" runs the plain binary.');
    }
    const memory = KernelMemory.create(maximumBytes);
    const { exports, pool } = await threadsOver(memory, binary.module, platform, threads, workerUrl);
    const adapts = wanted === "auto";
    const place = memory.allocate(24);
    const engine = new LocalEngine(
      precision,
      binary.kind,
      notes,
      platform,
      { memory, exports, pool, full: binary.full },
      place,
      adapts,
      workerUrl,
    );
    // Who asked for a number gets it from the first run on; otherwise work begins while the helpers start.
    if (!adapts) await engine.settled;
    return engine;
  }

  get threads(): number {
    return this.#parts?.pool.threads ?? 1;
  }

  async allocate(bytes: number): Promise<number> {
    return this.#open().memory.allocate(bytes);
  }

  async write(address: number, data: ArrayBufferView): Promise<void> {
    this.#open()
      .memory.bytes(address, data.byteLength)
      .set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }

  async read(address: number, bytes: number): Promise<Uint8Array<ArrayBuffer>> {
    // A copy that is not shared: `slice` would keep the memory's kind of buffer.
    const there = this.#open().memory.bytes(address, bytes);
    const copy = new Uint8Array(bytes);
    copy.set(there);
    return copy;
  }

  async randomWords(address: number, blocks: number, { counter, key }: RandomPlace): Promise<void> {
    const { memory, exports } = this.#open();
    memory.u32(address, 4 * blocks); // throws when that is outside the memory
    memory.u32(this.place, 6).set([0, ...counter, ...key]);
    exports.philox4x32_u32(address, this.place, this.place + 16, blocks, ROUNDS);
  }

  async run(
    program: number,
    times = 1,
    options: { budget?: number; threads?: number } = {},
  ): Promise<RunResult> {
    const { pool } = this.#open();
    const wanted = options.threads ?? this.threads;
    if (!(wanted >= 1)) throw new RangeError(`run: expected threads from 1 on, got ${wanted}`);
    const most = Math.min(pool.present, wanted);
    const { budget } = options;
    const pace =
      this.adapts && most > 1 && times > 1 && budget !== undefined ? this.#paceOf(program, most) : undefined;
    const { threads, trial } = pace?.next() ?? { threads: most, trial: false };
    const began = this.platform.now();
    const limit = trial ? Math.min(budget!, TRIAL_MS) : budget;
    let done = 0;
    let now = began;
    try {
      while (done < times) {
        for (const stop = Math.min(times, done + RUNS_PER_LOOK); done < stop; done++) {
          if (!pool.run(program, threads)) return { times: done, finite: false };
        }
        // Not at all without a budget: what a clock says is a number on the heap.
        if (limit === undefined) continue;
        now = this.platform.now();
        if (now >= began + limit) break;
      }
    } catch (error) {
      await this.close();
      if (error instanceof EngineError) throw error;
      throw new EngineError("thread-failed", `the run failed: ${(error as Error).message}`, { cause: error });
    }
    pace?.record(threads, (now - began) / done);
    // Signals, timers and messages get in between two slices.
    if (budget !== undefined) await this.platform.breathe();
    return { times: done, finite: true };
  }

  #paceOf(program: number, most: number): Pace {
    const key = 64 * program + most;
    let pace = this.#paces.get(key);
    if (!pace) {
      pace = new Pace(most);
      this.#paces.set(key, pace);
    }
    return pace;
  }

  loadFull(): Promise<void> {
    this.#growing ??= this.#grow().catch((error: unknown) => {
      // A page may have been offline for a moment: the next program asks again.
      this.#growing = undefined;
      throw error;
    });
    return this.#growing;
  }

  /**
   * Changes the binary between two runs. The full one has its static data elsewhere, so that both are good over the same memory, and helpers of its
   * own: no thread ever changes its binary.
   */
  async #grow(): Promise<void> {
    if (this.#open().full) return;
    const { module } = await compileBinary(this.precision, this.platform, true);
    const { memory } = this.#open();
    const { pool: before } = this.#open();
    const { exports, pool } = await threadsOver(
      memory,
      module,
      this.platform,
      before.threads,
      this.workerUrl,
    );
    this.#parts = { memory, exports, pool, full: true };
    this.settled = this.#settledBy(pool);
    await before.close();
    // As at the start: who asked for a number has it in every run.
    if (!this.adapts) await this.settled;
  }

  async #settledBy(pool: ThreadPool): Promise<void> {
    const error = await pool.settled;
    if (error) this.notes.push(`Loam runs on one thread: ${error.message}.`);
  }

  async memoryBytes(): Promise<number> {
    return this.#open().memory.used;
  }

  async close(): Promise<void> {
    const parts = this.#parts;
    this.#parts = undefined;
    this.#paces.clear();
    await parts?.pool.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #open(): Parts {
    if (!this.#parts) throw new EngineError("closed", "the engine is closed");
    return this.#parts;
  }
}
