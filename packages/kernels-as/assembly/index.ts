// Everything that leaves the full binary.
export * from "./core";
// What the tests compare number by number.
export { gemm_f32 } from "./gemm/driver";
export { gemm_f32_scratch_bytes } from "./gemm/plan";
export { exp_f32 } from "./math/exp";
export { log_f32 } from "./math/log";
export { power_f64 } from "./math/power";
export { sigmoid_f32 } from "./math/sigmoid";
export { tanh_f32 } from "./math/tanh";
