import { platform } from "#platform";
import { compileBinary } from "./binary.js";
import { CORRUPT } from "./constants/program.gen.js";
import { EngineError, type Precision } from "./engine.js";
import { instantiateModule, type ProgramExports } from "./instance.js";
import type { InstructionArguments, InstructionName } from "./instructions/index.js";
import { KernelMemory } from "./memory.js";
import { ProgramWriter } from "./program-writer.js";

export interface InstantiateOptions {
  /** "fast" asks for the relaxed SIMD binary; the default is the plain one, whose bits are the same everywhere. */
  readonly precision?: Precision;
  /** As an engine's: "auto" takes the wide binary where it runs. */
  readonly wide?: "auto" | "off";
  /** The most linear memory to ask for, in bytes; the default is 4 GiB. */
  readonly maximumBytes?: number;
}

/** A memory to put numbers in, and the instructions that work on it. */
export interface Kernels {
  readonly binary: "plain" | "relaxed";
  readonly memory: KernelMemory;
  /**
   * Runs one instruction on this thread: `run("im2col", { x, cols, ...window })`. The names and their arguments are those of
   * `InstructionTable`; addresses are bytes, sizes elements.
   *
   * @throws {RangeError} for a size that is no whole number of its range, or that does not fit another.
   * @throws {MemoryError} for an operand that does not lie in the memory whole, or not at a multiple of its elements' size.
   */
  run<K extends InstructionName>(name: K, args: InstructionArguments<K>): void;
}

/**
 * The kernels for use on their own, on one thread.
 *
 * @throws {EngineError} `no-simd` where the host has no WebAssembly SIMD.
 */
export async function instantiate(options: InstantiateOptions = {}): Promise<Kernels> {
  // Imported only here: what the table says of every operand is a tenth of this package, and an engine does without.
  const { checkArguments } = await import("./instructions/check.js");
  const wide = await platform.wide?.(options);
  const { kind, module } = wide?.binary ?? (await compileBinary(options.precision ?? "standard", platform));
  const memory = KernelMemory.create(options.maximumBytes);
  const exports = (await instantiateModule(module, memory.memory)) as unknown as ProgramExports;
  let program = 0;
  let room = 0;
  return {
    binary: kind,
    memory,
    run(name, args) {
      checkArguments(memory, name, args);
      const writer = new ProgramWriter();
      writer.emit(name, args, false);
      writer.emit("end", {}, false);
      if (writer.bytes > room) {
        room = writer.bytes;
        program = memory.allocate(room);
      }
      const words = writer.finish(program);
      memory.u32(program, words.length).set(words);
      if (exports.run_program(program, 0, 1) === CORRUPT) {
        throw new EngineError("bad-program", `this binary knows no such ${name}; build it again`);
      }
    },
  };
}
