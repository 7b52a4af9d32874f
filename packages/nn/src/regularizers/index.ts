export { l1 } from "./l1.js";
export { l1l2 } from "./l1l2.js";
export { l2 } from "./l2.js";
export type { Regularizer } from "./regularizer.js";
