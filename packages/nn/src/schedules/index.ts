export { type ConstantRate, constantRate } from "./constant-rate.js";
export { type CosineDecay, type CosineDecayOptions, cosineDecay } from "./cosine-decay.js";
export { type CosineRestarts, type CosineRestartsOptions, cosineRestarts } from "./cosine-restarts.js";
export {
  type ExponentialDecay,
  type ExponentialDecayOptions,
  exponentialDecay,
} from "./exponential-decay.js";
export { type LinearDecay, type LinearDecayOptions, linearDecay } from "./linear-decay.js";
export { type OneCycle, type OneCycleOptions, oneCycle } from "./one-cycle.js";
export { type PolynomialDecay, type PolynomialDecayOptions, polynomialDecay } from "./polynomial-decay.js";
export type { Schedule } from "./schedule.js";
export { scheduledValue } from "./scheduled-value.js";
export { type StepDecay, type StepDecayOptions, stepDecay } from "./step-decay.js";
export { type Warmup, type WarmupOptions, warmup } from "./warmup.js";
