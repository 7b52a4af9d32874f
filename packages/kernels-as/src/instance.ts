import { instantiate as linkLater, instantiateSync as linkNow } from "@assemblyscript/loader";
import { platform } from "#platform";

/** What the interpreter's side of the module exports. Kernel families add theirs in `kernels/`. */
export interface ProgramExports {
  run_program(program: number, thread: number, threads: number): number;
  run_threads(job: number, program: number, threads: number): number;
  worker_loop(job: number, thread: number, spins: number): void;
  close_threads(job: number): void;
  set_barrier(address: number): void;
  philox4x32_u32(out: number, counter: number, key: number, blocks: number, rounds: number): void;
}

/**
 * Instantiates the compiled module over a memory. The only use of the loader, so that it can be replaced.
 *
 * At once where this thread may block: the loader's other form looks whether it was given a `Response`, and in Node that look alone loads
 * all of fetch. `hasLostHelper` is asked by a thread that waits for others.
 */
export async function instantiateModule(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  hasLostHelper: () => boolean = () => false,
): Promise<Record<string, unknown>> {
  const link = platform.mustNotBlock() ? linkLater : linkNow;
  const env = { memory, has_lost_helper: hasLostHelper };
  const { instance } = await link<Record<string, unknown>>(module, { env });
  // The instance's own functions: the loader's wrappers make an array of arguments at every call.
  return instance.exports;
}
