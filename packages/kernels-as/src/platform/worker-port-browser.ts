import type { WorkerPort } from "./worker-port.js";

// The DOM's types know a page's `self` only; a worker's has these two.
const scope = globalThis as unknown as {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  addEventListener(
    type: "message",
    listener: (event: MessageEvent) => void,
    options?: { once: boolean },
  ): void;
};

export const workerPort: WorkerPort = {
  post: (message, transfer = []) => scope.postMessage(message, [...transfer]),
  onFirstMessage: (listener) =>
    scope.addEventListener("message", (event) => listener(event.data), { once: true }),
  onMessage: (listener) => scope.addEventListener("message", (event) => listener(event.data)),
};
