import {
  type Engine,
  EngineError,
  type EngineOptions,
  type Precision,
  type RandomPlace,
  type RunResult,
} from "./engine.js";
import { MemoryError } from "./memory-error.js";
import type { Platform, PlatformWorker } from "./platform/platform.js";
import type { EngineAnswer, EngineCall, EngineStart, SaidError, WorkerReady } from "./threads/messages.js";

type CallBody = EngineCall extends infer C ? (C extends { id: number } ? Omit<C, "id"> : never) : never;

/** How long the worker may be silent at its start: longer than it waits for helpers of its own. */
const START_TIMEOUT = 30_000;

/**
 * Milliseconds that a worker is left to see the ends of its own workers, the helper threads. Chromium keeps both for good, with their memory, where the
 * first is ended while the second is ending.
 */
const GRACE = 500;

/** An engine that lives in a worker, so that a page's own thread never waits for it. */
export class RemoteEngine implements Engine {
  /** The worker says that it is ready only when its own engine has settled. */
  readonly settled = Promise.resolve();
  readonly #worker: PlatformWorker;
  readonly #pending = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  #next = 0;
  /** Whether the worker's binary is known to have every instruction. */
  #full: boolean;
  #closed = false;

  private constructor(
    worker: PlatformWorker,
    readonly threads: number,
    readonly precision: Precision,
    readonly binary: "plain" | "relaxed",
    readonly notes: readonly string[],
    full: boolean,
  ) {
    this.#full = full;
    this.#worker = worker;
  }

  static async create(options: EngineOptions, platform: Platform, full = true): Promise<RemoteEngine> {
    const { workerUrl, ...rest } = options;
    const worker = platform.startWorker(workerUrl);
    const made = new Promise<RemoteEngine>((resolve, reject) => {
      let engine: RemoteEngine | undefined;
      const timer = setTimeout(
        () => reject(new EngineError("no-worker", "the engine's worker did not answer within 30 s")),
        START_TIMEOUT,
      );
      worker.onMessage((message) => {
        if (engine) return engine.#answer(message as EngineAnswer);
        clearTimeout(timer);
        const word = message as WorkerReady;
        if (!word.ready) return reject(errorOf(word, "no-worker"));
        if (!word.engine) {
          return reject(new EngineError("no-worker", "internal: the worker made no engine"));
        }
        const { threads, binary, notes } = word.engine;
        engine = new RemoteEngine(worker, threads, rest.precision ?? "standard", binary, notes, full);
        resolve(engine);
      });
      worker.onError((error) => {
        clearTimeout(timer);
        const failure = new EngineError(
          engine ? "thread-failed" : "no-worker",
          `the engine's worker failed: ${error.message}`,
          {
            cause: error,
          },
        );
        if (engine) engine.#fail(failure);
        else reject(failure);
      });
      const start: EngineStart = {
        role: "engine",
        full,
        options: workerUrl === undefined ? rest : { ...rest, workerUrl: String(workerUrl) },
      };
      worker.post(start);
    });
    return made.catch(async (error: unknown) => {
      await worker.terminate();
      throw error;
    });
  }

  allocate(bytes: number): Promise<number> {
    return this.#call({ method: "allocate", bytes }) as Promise<number>;
  }

  async write(address: number, data: ArrayBufferView): Promise<void> {
    const copy = new Uint8Array(data.byteLength);
    copy.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    await this.#call({ method: "write", address, data: copy }, [copy.buffer]);
  }

  read(address: number, bytes: number): Promise<Uint8Array<ArrayBuffer>> {
    return this.#call({ method: "read", address, bytes }) as Promise<Uint8Array<ArrayBuffer>>;
  }

  async randomWords(address: number, blocks: number, place: RandomPlace): Promise<void> {
    await this.#call({ method: "randomWords", address, blocks, place });
  }

  run(program: number, times = 1, options: { budget?: number; threads?: number } = {}): Promise<RunResult> {
    return this.#call({ method: "run", program, times, ...options }) as Promise<RunResult>;
  }

  async loadFull(): Promise<void> {
    if (this.#full) return;
    await this.#call({ method: "loadFull" });
    this.#full = true;
  }

  memoryBytes(): Promise<number> {
    return this.#call({ method: "memoryBytes" }) as Promise<number>;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    const closing = this.#call({ method: "close" });
    this.#closed = true;
    try {
      await closing;
    } finally {
      if (this.threads > 1) setTimeout(() => void this.#worker.terminate(), GRACE);
      else await this.#worker.terminate();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #call(body: CallBody, transfer: readonly ArrayBuffer[] = []): Promise<unknown> {
    if (this.#closed) return Promise.reject(new EngineError("closed", "the engine is closed"));
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#worker.post({ id, ...body }, transfer);
    });
  }

  #answer(answer: EngineAnswer): void {
    const pending = this.#pending.get(answer.id);
    this.#pending.delete(answer.id);
    if ("error" in answer) pending?.reject(errorOf(answer.error));
    else pending?.resolve(answer.value);
  }

  #fail(error: EngineError): void {
    this.#closed = true;
    void this.#worker.terminate();
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }
}

/** What the worker threw, as far as it could be said in a message. */
function errorOf({ name, code = "", message }: SaidError, otherwise?: EngineError["code"]): Error {
  if (name === "RangeError") return new RangeError(message);
  if (name === "MemoryError") return new MemoryError(message);
  if (name === "EngineError") return new EngineError(code as EngineError["code"], message);
  return otherwise ? new EngineError(otherwise, message) : new Error(message);
}
