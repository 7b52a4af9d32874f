// The module's own functions over a memory: for what is compared number by number and is no instruction.
import { compileBinary } from "../../src/binary.js";
import type { Precision } from "../../src/engine.js";
import { instantiateModule } from "../../src/instance.js";
import { KernelMemory } from "../../src/memory.js";
import { platform } from "../../src/platform/node.js";

export interface Module {
  readonly memory: KernelMemory;
  readonly exports: Record<string, unknown>;
}

export async function openModule(precision: Precision = "standard"): Promise<Module> {
  const { module } = await compileBinary(precision, platform);
  const memory = KernelMemory.create();
  return { memory, exports: await instantiateModule(module, memory.memory) };
}
