import os from "node:os";
import { setFlagsFromString } from "node:v8";
import { Worker } from "node:worker_threads";
import { inflateRawSync } from "node:zlib";
import type { Platform } from "./platform.js";

// Run from source, as the tests do, the worker's file is still the built one: Node starts no TypeScript.
const WORKER = new URL(
  import.meta.url.endsWith(".ts") ? "../../dist/threads/worker.js" : "../threads/worker.js",
  import.meta.url,
);

export const platform: Platform = {
  cores: () => os.availableParallelism(),
  enableRelaxedSimd: () => setFlagsFromString("--experimental-wasm-relaxed-simd"),
  // Synchronous: Node's DecompressionStream takes a tenth of a second to load.
  inflate: async (deflated) => new Uint8Array(inflateRawSync(deflated)),
  threadObstacle: () => undefined,
  startWorker(url) {
    // Without the parent's options: a `--conditions` of its own would send the built file to sources.
    const worker = new Worker(url === undefined ? WORKER : new URL(url), { execArgv: [] });
    // A program that is done ends although its helpers still sleep.
    worker.unref();
    return {
      post: (message, transfer = []) => worker.postMessage(message, transfer),
      onMessage: (listener) => void worker.on("message", listener).unref(),
      onError: (listener) => void worker.on("error", listener),
      terminate: async () => void (await worker.terminate()),
    };
  },
  mustNotBlock: () => false,
  breathe: () => new Promise((resolve) => setImmediate(resolve)),
  now: () => performance.now(),
};
