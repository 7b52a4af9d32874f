// Everything that leaves the module: the interpreter, its threads, and what is called by itself.
export { run_program } from "./program/interpreter";
export { set_barrier } from "./threads/barrier";
export { close_threads, run_threads, worker_loop } from "./threads/worker";
export { philox4x32_u32 } from "./random/philox";
// What the tests compare number by number.
export { gemm_f32 } from "./gemm/driver";
export { gemm_f32_scratch_bytes } from "./gemm/plan";
export { exp_f32 } from "./math/exp";
export { log_f32 } from "./math/log";
export { power_f64 } from "./math/power";
export { sigmoid_f32 } from "./math/sigmoid";
export { tanh_f32 } from "./math/tanh";
