import { beforeAll, describe, expect, it } from "vitest";
import { gemmScratchBytes, instantiate, type Kernels } from "../src/index.js";
import { gemmKernels } from "../src/kernels/gemm.js";

let kernels: Kernels;
let calls: ReturnType<typeof gemmKernels>;
beforeAll(async () => {
  kernels = await instantiate();
  calls = gemmKernels(kernels.memory, kernels.exports);
});

/** Puts numbers into fresh memory. @returns their address. */
function put(values: number[]): number {
  const address = kernels.memory.allocate(values.length * 4);
  kernels.memory.f32(address, values.length).set(values);
  return address;
}

describe("gemmKernels", () => {
  it("multiplies, adds the bias and clips", () => {
    const shape = { M: 2, N: 2, K: 3 };
    const a = put([1, 2, 3, 4, 5, 6]);
    const b = put([1, 0, 0, 1, -1, -2]);
    const c = put([9, 9, 9, 9]);
    const scratch = kernels.memory.allocate(gemmScratchBytes(shape, 1));
    calls.gemm({ ...shape, a, b, c, scratch, bias: put([1, 10]), activation: "relu" });
    expect([...kernels.memory.f32(c, 4)]).toEqual([0, 6, 0, 3]);
    calls.gemm({ ...shape, a, b, c, scratch, accumulate: true });
    expect([...kernels.memory.f32(c, 4)]).toEqual([-2, 2, -2, -4]);
  });

  it.each([
    [{ M: 1.5 }, "gemm: M must be an integer in [0, 2^32), got 1.5"],
    [{ lda: 2 }, "gemm: lda must be an integer in [3, 2^32), got 2"],
    [{ a: 2 }, "gemm: a must be an address that is a multiple of 4, got 2"],
    [{ scratch: 4 }, "gemm: scratch must be an address that is a multiple of 64, got 4"],
  ])("refuses %o", (wrong, message) => {
    expect(() => calls.gemm({ M: 2, N: 2, K: 3, a: 0, b: 0, c: 0, scratch: 0, ...wrong })).toThrow(
      new RangeError(message),
    );
  });

  it("refuses a range outside the memory", () => {
    const bytes = kernels.memory.memory.buffer.byteLength;
    expect(() => calls.dot(bytes - 4, 0, 2)).toThrow(
      new RangeError(
        `dot: x needs 8 bytes at ${bytes - 4}, but the memory has ${bytes} bytes; allocate them first`,
      ),
    );
  });

  it.each([0, 1, 3, 4, 5, 15, 16, 17, 33, 53])("dot and axpy of %i numbers", (n) => {
    const value = (i: number) => ((i * 37) % 64) / 64 - 0.5;
    const xs = Array.from({ length: n + 1 }, (_, i) => value(i));
    const ys = Array.from({ length: n + 1 }, (_, i) => value(i + 11));
    const [x, y] = [put(xs), put(ys)];
    // Products of sixty-fourths: float32 holds every sum exactly, in any order.
    const expected = xs.slice(0, n).reduce((sum, v, i) => sum + v * ys[i]!, 0);
    expect(calls.dot(x, y, n)).toBe(expected);
    calls.axpy(y, x, 0.5, n);
    expect([...kernels.memory.f32(y, n + 1)]).toEqual(ys.map((v, i) => (i < n ? v + 0.5 * xs[i]! : v)));
    expect([...kernels.memory.f32(x, n + 1)]).toEqual(xs);
  });
});
