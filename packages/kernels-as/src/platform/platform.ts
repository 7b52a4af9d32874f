import type { Binary } from "../compiled-binary.js";
import type { EngineOptions } from "../engine.js";

/** What came of asking for the wide binary. */
export interface Wide {
  /** What runs and why, in a sentence, unless nobody wants to know. */
  readonly note?: string;
  /** Missing where the narrow one has to do. */
  readonly binary?: Binary;
}

/** What differs between Node and browsers; chosen by the package's `imports` conditions. */
export interface Platform {
  /** Processor cores that threads can use. */
  cores(): number;
  /** Makes relaxed SIMD available where that needs a flag that the engine knows. */
  enableRelaxedSimd(): void;
  /** The wide binary if it was asked for, where there is one at all. */
  wide?(options: Pick<EngineOptions, "precision" | "wide">): Promise<Wide | undefined>;
  /** Why threads cannot be had here, or undefined when they can. */
  threadObstacle(): string | undefined;
  /** Starts the kernel worker's file. */
  startWorker(url?: string | URL): PlatformWorker;
  /** True where the caller's thread must never block, so that the engine has to live in a worker. */
  mustNotBlock(): boolean;
  /** Lets pending events in. */
  breathe(): Promise<void>;
  /** Milliseconds, monotonic. */
  now(): number;
}

export interface PlatformWorker {
  post(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  onMessage(listener: (message: unknown) => void): void;
  onError(listener: (error: Error) => void): void;
  /** Of its end, also one that was asked for, where the host tells of that. */
  onEnd?(listener: () => void): void;
  /** Whether it is known to have ended, at once, where the host can say so to a thread that lets no event in. */
  hasEnded?(): boolean;
  terminate(): Promise<void>;
}
