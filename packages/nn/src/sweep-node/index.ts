export { type Carried, ProcessPool, type ProcessPoolOptions } from "./process-pool.js";
export { type Processes, type ProcessesOptions, processes } from "./processes.js";
export { type OrderContext, serveOrders } from "./serve-orders.js";
