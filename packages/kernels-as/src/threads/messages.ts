import type { EngineOptions, RandomPlace } from "../engine.js";

/** To a kernel worker that is to be a helper thread. */
export interface ThreadStart {
  readonly role: "thread";
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly barrier: number;
  readonly job: number;
  readonly thread: number;
  readonly spins: number;
}

/** To a kernel worker that is to own an engine for a page. */
export interface EngineStart {
  readonly role: "engine";
  /** Whether it begins with the full binary. */
  readonly full: boolean;
  readonly options: Omit<EngineOptions, "workerUrl"> & { readonly workerUrl?: string };
}

/** A call of an engine that lives in a worker. */
export type EngineCall = { readonly id: number } & (
  | { readonly method: "allocate"; readonly bytes: number }
  | { readonly method: "write"; readonly address: number; readonly data: Uint8Array<ArrayBuffer> }
  | { readonly method: "read"; readonly address: number; readonly bytes: number }
  | {
      readonly method: "randomWords";
      readonly address: number;
      readonly blocks: number;
      readonly place: RandomPlace;
    }
  | {
      readonly method: "run";
      readonly program: number;
      readonly times: number;
      readonly budget?: number;
      readonly threads?: number;
    }
  | { readonly method: "loadFull" }
  | { readonly method: "memoryBytes" }
  | { readonly method: "close" }
);

export type EngineAnswer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: SaidError };

/** An error in words that cross to another thread. */
export interface SaidError {
  readonly name: string;
  readonly code?: string;
  readonly message: string;
}

/** A worker's first word to whoever started it. */
export type WorkerReady =
  | {
      readonly ready: true;
      readonly engine?: { threads: number; binary: "plain" | "relaxed"; notes: readonly string[] };
    }
  | ({ readonly ready: false } & SaidError);
