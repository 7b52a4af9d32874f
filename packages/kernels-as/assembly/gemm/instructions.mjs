// Matrix products.
import { flag, input, itself, kindOf, LINE, once, optional, output, over, scalar, scratch, size, update } from "../program/table.mjs";

/** Loops of `peak`. */
export const kinds = { peak: ["twelve", "thirteen", "eight", "pairs"] };

export const functions = {
  "instructions/gemm": ["matrixElements", "productFault", "productScratchBytes"],
};

export const rows = {
  gemm: {
    doc: `C = act(op(A)·op(B) [+ bias] [+ C]), for each of \`batch\` matrices.

C [M, N], op(A) [M, K], op(B) [K, N], row-major; A is stored [K, M] when transA is 1, B [N, K] when transB is 1. bias [N] is added to every row, 0 for
none. lda, ldb, ldc: elements from row to row as stored. accumulate 1 adds what C holds. activation: 0 none, 1 ReLU. scratch: \`gemmScratchBytes\`
bytes at a multiple of 64, shared by all threads. strideA, strideB, strideC: elements from one matrix of the batch to the next (0 repeats A or B).
C overlaps neither A nor B. K = 0 leaves act(bias + C).`,
    args: {
      a: input("matrixElements(transA ? K : M, transA ? M : K, lda, batch, strideA)"),
      b: input("matrixElements(transB ? N : K, transB ? K : N, ldb, batch, strideB)"),
      c: update("matrixElements(M, N, ldc, batch, strideC)"),
      bias: optional(input("N")),
      M: size,
      N: size,
      K: size,
      lda: size,
      ldb: size,
      ldc: size,
      transA: flag,
      transB: flag,
      accumulate: flag,
      activation: flag,
      scratch: scratch("productScratchBytes(args, threads)"),
      batch: size,
      strideA: size,
      strideB: size,
      strideC: size,
    },
    check: "productFault(args)",
    split: itself,
    cost: "M * N * K * batch",
    from: "gemm/driver",
    kernel: `gemm_f32(
      c, a, b, bias, M, N, K, lda, ldb, ldc, transA != 0, transB != 0, accumulate != 0, activation, scratch, batch, strideA, strideB, strideC,
      thread, threads)`,
  },
  gemm_masked: {
    doc: `C = mask > 0 ? scale·op(A)·op(B) : 0, for a product that \`isShortGemm\` holds for: a gradient on its way back through y = ReLU(x), whose mask is y.
mask [M, N] has rows ldc apart, as C has; it is C itself, where \`masksInPlace\` allows it, or does not overlap it. rate: that of a dropout behind the
ReLU, 0 for none; the scale is the dropout's. The others are those of \`gemm\`.`,
    args: {
      a: input("matrixElements(transA ? K : M, transA ? M : K, lda, 1, 0)"),
      b: input("matrixElements(transB ? N : K, transB ? K : N, ldb, 1, 0)"),
      c: update("matrixElements(M, N, ldc, 1, 0)"),
      mask: input("matrixElements(M, N, ldc, 1, 0)"),
      rate: optional(input(1)),
      M: size,
      N: size,
      K: size,
      lda: size,
      ldb: size,
      ldc: size,
      transA: flag,
      transB: flag,
      scratch: scratch("productScratchBytes(args, threads)"),
    },
    check: "productFault(args, true)",
    split: itself,
    cost: "M * N * K",
    from: "gemm/driver",
    kernel: "gemm_masked_f32(c, a, b, mask, rate, M, N, K, lda, ldb, ldc, transA != 0, transB != 0, scratch, thread, threads)",
  },
  peak: {
    core: false,
    doc: `The yardstick of the benchmarks: every thread multiplies and adds in registers, \`iterations\` times \`peakFlops[kind]\` operations, and stores one f32 at y
plus 64 bytes a thread. factors: twelve f32, see assembly/gemm/peak.ts; kind: one of its loops.`,
    args: { y: update("16 * (threads - 1) + 1"), factors: input(12), iterations: size, kind: kindOf("peak") },
    split: itself,
    cost: "96 * iterations",
    from: "gemm/peak",
    kernel: "f32.store(y + (thread << 6), peak_f32(factors, iterations, kind))",
  },
  dot: {
    core: false,
    doc: "y[0] = Σ x[i]·w[i] over n elements.",
    args: { y: output(1), x: input("n"), w: input("n"), n: size },
    split: once,
    cost: "n",
    from: "gemm/dot",
    kernel: "f32.store(y, dot_f32(x, w, n))",
  },
  axpy: {
    core: false,
    doc: "y[i] ← alpha·x[i] + y[i], the product rounded before the sum. x may be y.",
    args: { y: update("n"), x: input("n"), n: size, alpha: scalar },
    split: over("n", LINE),
    cost: "n",
    from: "gemm/axpy",
    kernel: "axpy_f32(y, x, alpha, begin, end)",
  },
};
