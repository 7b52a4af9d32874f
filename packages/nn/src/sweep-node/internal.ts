// What the command's sweeps and workers share with the engines here. Nobody else is promised any of it: it changes with any version.
export { type Carried, ProcessPool, type ProcessPoolOptions } from "./process-pool.js";
export type { JobEnd, TakeJobsOptions } from "./redis/job-end.js";
export { QUEUE_SLOTS, type QueueClient, type QueuedJob } from "./redis/queue-client.js";
export { QueueConnection } from "./redis/queue-connection.js";
export type { AttemptReport, CheckReport, Seated, SweepStore } from "./redis/sweep-store.js";
export { type OrderContext, serveOrders } from "./serve-orders.js";
