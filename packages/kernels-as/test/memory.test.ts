import { afterEach, expect, it, vi } from "vitest";
import { KernelMemory } from "../src/memory.js";

afterEach(() => void vi.unstubAllGlobals());

it("a host that gives no memory, as under ulimit -v, is an error with a way out", () => {
  class None {
    constructor() {
      throw new RangeError("could not allocate memory");
    }
  }
  vi.stubGlobal("WebAssembly", { ...WebAssembly, Memory: None });
  expect(() => KernelMemory.create()).toThrow("raise the limit of this process, such as ulimit -v");
});

it("so is a memory that grows no further", () => {
  const memory = KernelMemory.create(2 ** 20);
  expect(() => memory.allocate(2 ** 21)).toThrow(/2097152 bytes .* take a smaller batch .* ulimit -v/);
});
