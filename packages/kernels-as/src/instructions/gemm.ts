import { GEMM, GEMM_MASKED, PEAK } from "../generated/opcodes.js";

/** Matrix products. */
export const gemmInstructions = {
  /**
   * C = act(op(A)·op(B) [+ bias] [+ C]), for each of `batch` matrices.
   *
   * C [M, N], op(A) [M, K], op(B) [K, N], row-major; A is stored [K, M] when transA is 1, B [N, K] when transB is 1. bias [N] is added to
   * every row, 0 for none. lda, ldb, ldc: elements from row to row as stored. accumulate 1 adds what C holds. activation: 0 none, 1 ReLU.
   * scratch: `gemmScratchBytes` bytes at a multiple of 64, shared by all threads. strideA, strideB, strideC: elements from one matrix of
   * the batch to the next (0 repeats A or B). C overlaps neither A nor B.
   */
  gemm: {
    opcode: GEMM,
    args: [
      "a:p",
      "b:p",
      "c:p",
      "bias:p",
      "M:u",
      "N:u",
      "K:u",
      "lda:u",
      "ldb:u",
      "ldc:u",
      "transA:u",
      "transB:u",
      "accumulate:u",
      "activation:u",
      "scratch:p",
      "batch:u",
      "strideA:u",
      "strideB:u",
      "strideC:u",
    ],
  },
  /**
   * C = mask > 0 ? scale·op(A)·op(B) : 0, for a product that `isShortGemm` holds for: a gradient on its way back through y = ReLU(x), whose
   * mask is y. mask [M, N] has rows ldc apart, as C has; it is C itself, where `masksInPlace` allows it, or does not overlap it. rate: that of a dropout behind the ReLU, 0 for none; the
   * scale is the dropout's. The others are those of `gemm`.
   */
  gemm_masked: {
    opcode: GEMM_MASKED,
    args: [
      "a:p",
      "b:p",
      "c:p",
      "mask:p",
      "rate:p",
      "M:u",
      "N:u",
      "K:u",
      "lda:u",
      "ldb:u",
      "ldc:u",
      "transA:u",
      "transB:u",
      "scratch:p",
    ],
  },
  /**
   * The yardstick of the benchmarks: every thread multiplies and adds in registers, `iterations` times `PEAK_FLOPS` operations, and stores
   * one f32 at y plus 64 bytes a thread. factors: eight f32, see assembly/gemm/peak.ts.
   */
  peak: { opcode: PEAK, args: ["y:p", "factors:p", "iterations:u"] },
} as const;

/** Floating-point operations in one iteration of `peak`; as in assembly/gemm/peak.ts. */
export const PEAK_FLOPS = 96;

/** The sizes of a product on which its path and its scratch depend. */
export interface GemmShape {
  readonly M: number;
  readonly N: number;
  readonly K: number;
  readonly transA?: boolean;
  readonly transB?: boolean;
  readonly batch?: number;
}

// As in assembly/gemm/plan.ts; a test compares the two.
const MR = 5;
const NR = 8;
const WIDE = 12;
const NARROW = 4;
const KC = 512;
const NC = 512;
const MC = 95;
const RAW_ROWS = 24;
const FIXED = 1664;
const PACK_COLUMNS = 40;
const PACK_LENGTH = 32;
const DOT_COLUMNS = 16;
const DOT_LENGTH = 256;
const SHORT_K = 32;
const SHORT_ELEMENTS = 2048;

/**
 * Whether a product has so few steps of k, over so wide an output, that it takes the path of short sums: from 1 to 32, at least 4 rows and
 * 32 columns. B is read as it is, or turned if it lies transposed, and tiles go along the rows of C.
 */
export function isShortGemm({ M, N, K }: Pick<GemmShape, "M" | "N" | "K">): boolean {
  return K > 0 && K <= SHORT_K && M >= MR - 1 && N >= 4 * NR;
}

/**
 * Whether a short product may be written over its own mask: where no tile lies over what another has written, since it would find that and no mask
 * any more. Rows divide into tiles of 5 and 4 from 12 on, columns into tiles of 8.
 */
export function masksInPlace({ M, N }: Pick<GemmShape, "M" | "N">): boolean {
  return M >= (MR - 1) * (MR - 2) && N % NR === 0;
}

/**
 * How a product is computed that is not short, or that has a bias, a ReLU or a C to add to, by its whole shape alone, never by the number of threads:
 *
 * - "dot": fewer than 4 columns with k-contiguous rows of A; or both operands k-contiguous and fewer than 5 rows, or fewer than 16 columns
 *   over at least 256 steps of k. k runs along the vectors.
 * - "raw": at most 24 rows and B as it is. Nothing is packed, a copy of B would hardly be read again.
 * - "panels": all else. B is packed in panels of 8 columns, the last of 4, 8 or 12; A is packed in tiles when it pays: from K = 32 and
 *   40 columns on (rows of A in the relaxed binary: 256).
 *
 * Products of a batch that share B and lie without gaps are taken as one, and Aᵀ·b with one column as one row, before this is asked.
 */
export type GemmPath = "dot" | "raw" | "panels";

export function gemmPath({ M, N, K, transA = false, transB = false }: GemmShape): GemmPath {
  const narrow = N < DOT_COLUMNS && K >= DOT_LENGTH;
  if (!transA && (N < NARROW || (transB && (M < MR || narrow)))) return "dot";
  return !transB && M <= RAW_ROWS ? "raw" : "panels";
}

const align = (bytes: number) => Math.ceil(bytes / 64) * 64;

/** Bytes of scratch that a `gemm` of this shape needs on `threads` threads. */
export function gemmScratchBytes(shape: GemmShape, threads: number): number {
  const { M, N, K, transA = false, batch = 1 } = shape;
  let bytes = slice(shape);
  if (batch > 1) bytes = Math.max(bytes, slice({ ...shape, M: M * batch }));
  if (transA && N === 1) bytes = Math.max(bytes, slice({ M: 1, N: M, K, transA: true }));
  return bytes * threads;
}

function packsA({ M, N, K }: GemmShape): boolean {
  return M > RAW_ROWS && N >= PACK_COLUMNS && K >= PACK_LENGTH;
}

/** One thread's part. */
function slice(shape: GemmShape): number {
  const bytes = longSlice(shape);
  if (!isShortGemm(shape)) return bytes;
  return Math.max(bytes, MR * SHORT_K * 16 + (shape.transB ? SHORT_ELEMENTS * 4 : 0));
}

function longSlice(shape: GemmShape): number {
  const { M, N, K, transB = false } = shape;
  const path = gemmPath(shape);
  if (path === "dot") return FIXED + (transB ? 0 : align(N * K * 4));
  const kc = Math.ceil(K / Math.max(1, Math.ceil(K / KC)));
  const rest = N % NR;
  const full = Math.floor(N / NR) - (rest > 0 && rest <= NARROW && N > NR ? 1 : 0);
  const width = N - full * NR;
  const last = width === 0 ? 0 : width <= NARROW ? NARROW : width <= NR ? NR : WIDE;
  if (path === "raw") return FIXED + align(last * kc * 4);
  const a = packsA(shape) ? align(Math.min(M, MC + MR) * kc * 4) : 0;
  return FIXED + a + align((Math.min(full, NC / NR) * NR + last) * kc * 4);
}
