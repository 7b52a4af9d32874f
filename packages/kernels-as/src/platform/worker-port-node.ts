import { parentPort } from "node:worker_threads";
import type { WorkerPort } from "./worker-port.js";

if (!parentPort) throw new Error("internal: the kernel worker was not started as a worker");
const port = parentPort;

export const workerPort: WorkerPort = {
  post: (message, transfer = []) => port.postMessage(message, transfer),
  onFirstMessage: (listener) => void port.once("message", listener),
  onMessage: (listener) => void port.on("message", listener),
};
