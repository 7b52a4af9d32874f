import { instantiate as link } from "@assemblyscript/loader";

/** What the interpreter's side of the module exports. Kernel families add theirs in `kernels/`. */
export interface ProgramExports {
  run_program(program: number, thread: number, threads: number): number;
  run_threads(job: number, program: number, threads: number): number;
  worker_loop(job: number, thread: number, spins: number): void;
  close_threads(job: number): void;
  set_barrier(address: number): void;
}

/** Instantiates the compiled module over a memory. The only use of the loader, so that it can be replaced. */
export async function instantiateModule(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): Promise<Record<string, unknown>> {
  const { instance } = await link<Record<string, unknown>>(module, { env: { memory } });
  // The instance's own functions: the loader's wrappers make an array of arguments at every call.
  return instance.exports;
}
