// What leaves both binaries: the interpreter, its threads, and what is called by itself.
export { run_program } from "./program/interpreter";
export { set_barrier } from "./threads/barrier";
export { close_threads, run_threads, worker_loop } from "./threads/worker";
export { philox4x32_u32 } from "./random/philox";
