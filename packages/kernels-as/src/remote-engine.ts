import {
  type Engine,
  EngineError,
  type EngineOptions,
  type Precision,
  type RandomPlace,
  type RunResult,
} from "./engine.js";
import type { Platform, PlatformWorker } from "./platform/platform.js";
import type { EngineAnswer, EngineCall, EngineStart, WorkerReady } from "./threads/messages.js";

type CallBody = EngineCall extends infer C ? (C extends { id: number } ? Omit<C, "id"> : never) : never;

/** An engine that lives in a worker, so that a page's own thread never waits for it. */
export class RemoteEngine implements Engine {
  /** The worker says that it is ready only when its own engine has settled. */
  readonly settled = Promise.resolve();
  readonly #worker: PlatformWorker;
  readonly #pending = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  #next = 0;
  #closed = false;

  private constructor(
    worker: PlatformWorker,
    readonly threads: number,
    readonly precision: Precision,
    readonly binary: "plain" | "relaxed",
    readonly notes: readonly string[],
  ) {
    this.#worker = worker;
  }

  static async create(options: EngineOptions, platform: Platform): Promise<RemoteEngine> {
    const { workerUrl, ...rest } = options;
    const worker = platform.startWorker(workerUrl);
    return new Promise((resolve, reject) => {
      let engine: RemoteEngine | undefined;
      worker.onMessage((message) => {
        if (engine) return engine.#answer(message as EngineAnswer);
        const word = message as WorkerReady;
        if (!word.ready || !word.engine) {
          reject(
            new EngineError("no-worker", word.ready ? "internal: the worker made no engine" : word.message),
          );
          return;
        }
        const { threads, binary, notes } = word.engine;
        engine = new RemoteEngine(worker, threads, rest.precision ?? "standard", binary, notes);
        resolve(engine);
      });
      worker.onError((error) => {
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
        options: workerUrl === undefined ? rest : { ...rest, workerUrl: String(workerUrl) },
      };
      worker.post(start);
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

  memoryBytes(): Promise<number> {
    return this.#call({ method: "memoryBytes" }) as Promise<number>;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    const closing = this.#call({ method: "close" });
    this.#closed = true;
    await closing;
    await this.#worker.terminate();
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
    if (!("error" in answer)) pending?.resolve(answer.value);
    else if (answer.error.code)
      pending?.reject(new EngineError(answer.error.code as EngineError["code"], answer.error.message));
    else pending?.reject(new Error(answer.error.message));
  }

  #fail(error: EngineError): void {
    this.#closed = true;
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }
}
