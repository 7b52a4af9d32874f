import { beforeAll, describe, expect, it } from "vitest";
import {
  gemmScratchBytes,
  type InstructionArguments,
  instantiate,
  type Kernels,
  MemoryError,
} from "../src/index.js";

let k: Kernels;
beforeAll(async () => {
  k = await instantiate();
});

/** Puts numbers into fresh memory. @returns their address. */
function put(values: number[]): number {
  const address = k.memory.allocate(values.length * 4);
  k.memory.f32(address, values.length).set(values);
  return address;
}

const shape = { M: 2, N: 2, K: 3 };
const plain = {
  ...{ ...shape, lda: 3, ldb: 2, ldc: 2, transA: 0, transB: 0, bias: 0, accumulate: 0, activation: 0 },
  ...{ batch: 1, strideA: 0, strideB: 0, strideC: 0 },
};

describe("gemm, run by itself", () => {
  it("multiplies, adds the bias and clips", () => {
    const a = put([1, 2, 3, 4, 5, 6]);
    const b = put([1, 0, 0, 1, -1, -2]);
    const c = put([9, 9, 9, 9]);
    const scratch = k.memory.allocate(gemmScratchBytes(shape, 1));
    k.run("gemm", { ...plain, a, b, c, scratch, bias: put([1, 10]), activation: 1 });
    expect([...k.memory.f32(c, 4)]).toEqual([0, 6, 0, 3]);
    k.run("gemm", { ...plain, a, b, c, scratch, accumulate: 1 });
    expect([...k.memory.f32(c, 4)]).toEqual([-2, 2, -2, -4]);
  });

  it.each<[Partial<InstructionArguments<"gemm">>, ErrorConstructor | typeof MemoryError, string]>([
    [{ M: 1.5 }, RangeError, "gemm: expected M to be an integer in [0, 2^32), got 1.5"],
    [{ lda: 2 }, RangeError, "gemm: expected lda to be an integer in [3, 2^32), got 2"],
    [{ transA: 2 }, RangeError, "gemm: expected transA to be 0 or 1, got 2"],
    [{ a: 2 }, MemoryError, "gemm: a: expected 6 elements of 4 bytes at a multiple of 4 inside"],
    [{ scratch: 4 }, MemoryError, "gemm: scratch: expected"],
  ])("refuses %o", (wrong, kind, message) => {
    const args = { ...plain, a: 65536, b: 65536, c: 65536, scratch: 65536, ...wrong };
    expect(() => k.run("gemm", args)).toThrow(kind);
    expect(() => k.run("gemm", args)).toThrow(message);
  });
});

describe("dot and axpy", () => {
  it("refuse a range outside the memory", () => {
    const bytes = k.memory.memory.buffer.byteLength;
    expect(() => k.run("dot", { y: 65536, x: bytes - 4, w: 65536, n: 2 })).toThrow(
      new MemoryError(
        `dot: x: expected 2 elements of 4 bytes at a multiple of 4 inside the memory of ${bytes} bytes, got address ${bytes - 4}`,
      ),
    );
  });

  it.each([0, 1, 3, 4, 5, 15, 16, 17, 33, 53])("of %i numbers", (n) => {
    const value = (i: number) => ((i * 37) % 64) / 64 - 0.5;
    const xs = Array.from({ length: n + 1 }, (_, i) => value(i));
    const ys = Array.from({ length: n + 1 }, (_, i) => value(i + 11));
    const [x, y, sum] = [put(xs), put(ys), put([7])];
    // Products of sixty-fourths: float32 holds every sum exactly, in any order.
    const expected = xs.slice(0, n).reduce((total, v, i) => total + v * ys[i]!, 0);
    k.run("dot", { y: sum, x, w: y, n });
    expect(k.memory.f32(sum, 1)[0]).toBe(expected);
    k.run("axpy", { y, x, alpha: 0.5, n });
    expect([...k.memory.f32(y, n + 1)]).toEqual(ys.map((v, i) => (i < n ? v + 0.5 * xs[i]! : v)));
    expect([...k.memory.f32(x, n + 1)]).toEqual(xs);
  });
});
