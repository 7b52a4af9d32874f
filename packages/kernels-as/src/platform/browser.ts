import type { Platform } from "./platform.js";

/** A worker has no `document`; a page has. */
const inPage = typeof document !== "undefined";

export const platform: Platform = {
  cores: () => navigator.hardwareConcurrency ?? 1,
  enableRelaxedSimd: () => {},
  threadObstacle() {
    if (typeof Worker === "undefined") return "this context cannot start workers";
    if (!globalThis.crossOriginIsolated) {
      return "the page is not cross-origin isolated (it needs the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp)";
    }
    return undefined;
  },
  startWorker(url) {
    // The literal form is what bundlers recognise.
    const worker = url
      ? new Worker(url, { type: "module" })
      : new Worker(new URL("../threads/worker.js", import.meta.url), { type: "module" });
    return {
      post: (message, transfer = []) => worker.postMessage(message, [...transfer]),
      onMessage: (listener) => worker.addEventListener("message", (event) => listener(event.data)),
      onError: (listener) =>
        worker.addEventListener("error", (event) =>
          listener(new Error(event.message || "the worker's file could not be loaded")),
        ),
      terminate: async () => worker.terminate(),
    };
  },
  mustNotBlock: () => inPage,
  breathe: () =>
    new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(0);
    }),
  now: () => performance.now(),
};
