export { type Processes, type ProcessesOptions, processes } from "./processes.js";
export { type Queue, type QueueOptions, queue, type ServeQueueOptions, serveQueue } from "./queue.js";
