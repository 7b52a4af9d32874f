import type { Platform } from "./platform.js";

// Looked up where they are used: an import would load all of them at the start, which takes Node about 5 ms.
const os = () => process.getBuiltinModule("node:os");
const v8 = () => process.getBuiltinModule("node:v8");
const workerThreads = () => process.getBuiltinModule("node:worker_threads");

// Run from source, as the tests do, the worker's file is still the built one: Node starts no TypeScript.
const WORKER = new URL(
  import.meta.url.endsWith(".ts") ? "../../dist/node/worker.js" : "../node/worker.js",
  import.meta.url,
);

/** Whether this process has, or is about to have, compiled kernels without the flag that the wide binary needs. */
let narrow = false;

export const platform: Platform = {
  cores: () => os().availableParallelism(),
  enableRelaxedSimd() {
    // From Node 22 on it is always there, and the flag is not known: V8 would say so on stderr.
    if (Number.parseInt(process.versions.node, 10) < 22) {
      v8().setFlagsFromString("--experimental-wasm-relaxed-simd");
    }
  },
  async wide({ precision, wide = process.env.LOAM_WIDE || "off" }) {
    if (wide === "off") {
      narrow = true;
      return undefined;
    }
    const { startWide } = await import("./wide.js");
    const started = await startWide(wide, precision === "fast", narrow);
    narrow ||= !started.binary;
    return started;
  },
  threadObstacle: () => undefined,
  startWorker(url) {
    const { Worker } = workerThreads();
    // Without the parent's options: a `--conditions` of its own would send the built file to sources.
    const worker = new Worker(url === undefined ? WORKER : new URL(url), { execArgv: [] });
    // A program that is done ends although its helpers still sleep.
    worker.unref();
    const use = () => worker.performance?.eventLoopUtilization?.();
    // Node only knows of a loop's end who has asked before.
    worker.once("message", use).unref();
    return {
      post: (message, transfer = []) => worker.postMessage(message, transfer),
      onMessage: (listener) => void worker.on("message", listener).unref(),
      onError: (listener) => void worker.on("error", listener),
      onEnd: (listener) => void worker.on("exit", listener),
      // What Node says of the loop of a thread that is no more; others say nothing.
      hasEnded: () => (use()?.idle ?? 0) < 0,
      terminate: async () => void (await worker.terminate()),
    };
  },
  mustNotBlock: () => false,
  breathe: () => new Promise((resolve) => setImmediate(resolve)),
  now: () => performance.now(),
};
