import { type GemmShape, gemmScratchBytes } from "../instructions/gemm.js";
import type { KernelMemory } from "../memory.js";

/** What the family exports from the module. */
interface GemmExports {
  gemm_f32(...args: number[]): void;
  dot_f32(x: number, y: number, n: number): number;
  axpy_f32(y: number, x: number, alpha: number, begin: number, end: number): void;
}

/** A product to compute: addresses are bytes and multiples of 4, leading dimensions and strides elements. */
export interface GemmOptions extends GemmShape {
  /** [M, K], or [K, M] when transA; rows `lda` apart. */
  readonly a: number;
  /** [K, N], or [N, K] when transB; rows `ldb` apart. */
  readonly b: number;
  /** [M, N], rows `ldc` apart; overlaps neither A nor B. */
  readonly c: number;
  /** [N], added to every row. */
  readonly bias?: number;
  /** `gemmScratchBytes(shape, 1)` bytes at a multiple of 64. */
  readonly scratch: number;
  /** Default: the length of a row. */
  readonly lda?: number;
  readonly ldb?: number;
  readonly ldc?: number;
  /** Default: the matrices of a batch follow on each other. 0 uses the same A or B for all. */
  readonly strideA?: number;
  readonly strideB?: number;
  readonly strideC?: number;
  /** Adds what C holds. */
  readonly accumulate?: boolean;
  readonly activation?: "none" | "relu";
}

const MOST = 0xffff_ffff;

function requireCount(kernel: string, name: string, value: number, least = 0): void {
  if (!(Number.isInteger(value) && value >= least && value <= MOST)) {
    throw new RangeError(`${kernel}: ${name} must be an integer in [${least}, 2^32), got ${value}`);
  }
}

/** Typed calls of matrix and vector products; every one checks its addresses and sizes against the memory. */
export function gemmKernels(memory: KernelMemory, exports: Record<string, unknown>) {
  const kernels = exports as unknown as GemmExports;

  /** Throws unless `elements` f32 from byte address `address` on lie inside the memory. */
  function requireFloats(kernel: string, name: string, address: number, elements: number, align = 4): void {
    const bytes = memory.memory.buffer.byteLength;
    if (!(Number.isInteger(address) && address >= 0 && address % align === 0)) {
      throw new RangeError(
        `${kernel}: ${name} must be an address that is a multiple of ${align}, got ${address}`,
      );
    }
    if (address + elements * 4 > bytes) {
      throw new RangeError(
        `${kernel}: ${name} needs ${elements * 4} bytes at ${address}, but the memory has ${bytes} bytes; allocate them first`,
      );
    }
  }

  return {
    /**
     * C = act(op(A)·op(B) [+ bias] [+ C]), for each of `batch` matrices. With K = 0 the product is 0.
     * @throws {RangeError} for a size that is not an integer, a row shorter than its matrix, or a range outside the memory.
     */
    gemm(options: GemmOptions): void {
      const { a, b, c, bias, scratch, M, N, K, transA = false, transB = false, batch = 1 } = options;
      const { accumulate = false, activation = "none" } = options;
      for (const [name, value] of Object.entries({ M, N, K, batch })) requireCount("gemm", name, value);
      const operand = (name: string, rows: number, columns: number, ld = columns, stride = rows * ld) => {
        requireCount("gemm", `ld${name}`, ld, columns);
        requireCount("gemm", `stride${name.toUpperCase()}`, stride);
        const empty = rows === 0 || columns === 0 || batch === 0;
        return { ld, stride, elements: empty ? 0 : (batch - 1) * stride + (rows - 1) * ld + columns };
      };
      const A = operand("a", transA ? K : M, transA ? M : K, options.lda, options.strideA);
      const B = operand("b", transB ? N : K, transB ? K : N, options.ldb, options.strideB);
      const C = operand("c", M, N, options.ldc, options.strideC);
      requireFloats("gemm", "a", a, A.elements);
      requireFloats("gemm", "b", b, B.elements);
      requireFloats("gemm", "c", c, C.elements);
      if (bias !== undefined) requireFloats("gemm", "bias", bias, N);
      requireFloats("gemm", "scratch", scratch, gemmScratchBytes(options, 1) / 4, 64);
      const flags = [Number(transA), Number(transB), Number(accumulate), activation === "relu" ? 1 : 0];
      const strides = [batch, A.stride, B.stride, C.stride];
      kernels.gemm_f32(c, a, b, bias ?? 0, M, N, K, A.ld, B.ld, C.ld, ...flags, scratch, ...strides, 0, 1);
    },

    /** Σ x[i]·y[i] over n f32. @throws {RangeError} for a range outside the memory. */
    dot(x: number, y: number, n: number): number {
      requireCount("dot", "n", n);
      requireFloats("dot", "x", x, n);
      requireFloats("dot", "y", y, n);
      return kernels.dot_f32(x, y, n);
    },

    /** y[i] ← alpha·x[i] + y[i] over n f32. @throws {RangeError} for a range outside the memory. */
    axpy(y: number, x: number, alpha: number, n: number): void {
      requireCount("axpy", "n", n);
      requireFloats("axpy", "y", y, n);
      requireFloats("axpy", "x", x, n);
      kernels.axpy_f32(y, x, alpha, 0, n);
    },
  };
}
