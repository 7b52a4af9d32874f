export * from "./factories.js";
export type { LabelSmoothing } from "./label-smoothing.js";
export type { Loss } from "./loss.js";
export { type LossName, lossFactories, lossFromConfig } from "./registry.js";
