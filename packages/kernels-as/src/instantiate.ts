import { platform } from "#platform";
import { compileBinary } from "./binary.js";
import type { Precision } from "./engine.js";
import { instantiateModule } from "./instance.js";
import { convKernels } from "./kernels/conv.js";
import { dataKernels } from "./kernels/data.js";
import { elementwiseKernels } from "./kernels/elementwise.js";
import { gemmKernels } from "./kernels/gemm.js";
import { lossKernels } from "./kernels/losses.js";
import { optimKernels } from "./kernels/optim.js";
import { randomKernels } from "./kernels/random.js";
import { reduceKernels } from "./kernels/reduce.js";
import { KernelMemory } from "./memory.js";

export interface InstantiateOptions {
  /** "fast" asks for the relaxed SIMD binary; the default is the plain one, whose bits are the same everywhere. */
  readonly precision?: Precision;
  /** The most linear memory to ask for, in bytes; the default is 4 GiB. */
  readonly maximumBytes?: number;
}

/**
 * The kernels for use on their own, on one thread: a memory to put numbers in, and typed calls that check every address and size
 * against it.
 *
 * @throws {EngineError} `no-simd` where the host has no WebAssembly SIMD.
 */
export async function instantiate(options: InstantiateOptions = {}) {
  const { kind, module } = await compileBinary(options.precision ?? "standard", platform);
  const memory = KernelMemory.create(options.maximumBytes);
  const exports = await instantiateModule(module, memory.memory);
  return {
    binary: kind,
    memory,
    exports,
    ...gemmKernels(memory, exports),
    ...convKernels(memory, exports),
    ...elementwiseKernels(memory, exports),
    ...randomKernels(memory, exports),
    ...reduceKernels(memory, exports),
    ...lossKernels(memory, exports),
    ...optimKernels(memory, exports),
    ...dataKernels(memory, exports),
  };
}

export type Kernels = Awaited<ReturnType<typeof instantiate>>;
