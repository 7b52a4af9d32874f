import {
  DOT_COLUMNS,
  DOT_LENGTH,
  KC,
  MC,
  MR,
  NARROW,
  NC,
  NR,
  PACK_COLUMNS,
  PACK_LENGTH,
  PACKED,
  PANEL_MOST,
  PEAK_EIGHT_FLOPS,
  PEAK_PAIRS_FLOPS,
  PEAK_THIRTEEN_FLOPS,
  PEAK_TWELVE_FLOPS,
  RAW_ROWS,
  SHORT_ELEMENTS,
  SHORT_K,
} from "../constants/gemm.gen.js";
import type { PeakKind } from "./instructions.gen.js";

/** Floating-point operations in one iteration of each loop of `peak`. */
export const peakFlops: Readonly<Record<PeakKind, number>> = {
  twelve: PEAK_TWELVE_FLOPS,
  thirteen: PEAK_THIRTEEN_FLOPS,
  eight: PEAK_EIGHT_FLOPS,
  pairs: PEAK_PAIRS_FLOPS,
};

/** The sizes of a product on which its path and its scratch depend. */
export interface GemmShape {
  readonly M: number;
  readonly N: number;
  readonly K: number;
  readonly transA?: boolean;
  readonly transB?: boolean;
  readonly batch?: number;
}

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

/** Which way a product of that shape goes; the kernels decide by the same rule. */
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
  if (path === "dot") return PACKED + (transB ? 0 : align(N * K * 4));
  const kc = Math.ceil(K / Math.max(1, Math.ceil(K / KC)));
  // Enough for the panels of every binary, so that a plan is made without knowing which will run it.
  const columns = path === "raw" ? N % NR : Math.min(N, NC + PANEL_MOST);
  const panels = align(Math.ceil(columns / 4) * 4 * kc * 4);
  return PACKED + panels + (packsA(shape) ? align(Math.min(M, MC + MR) * kc * 4) : 0);
}

type Flags = { readonly transA: number; readonly transB: number };
type Product = Flags & Pick<GemmShape, "M" | "N" | "K"> & { readonly batch?: number };

/** `gemmScratchBytes` of an instruction's arguments. */
export function productScratchBytes({ transA, transB, ...sizes }: Product, threads: number): number {
  return gemmScratchBytes({ ...sizes, transA: transA !== 0, transB: transB !== 0 }, threads);
}

/** Elements from the first of `batch` matrices to the end of the last: rows `ld` apart, matrices `stride` apart. */
export function matrixElements(
  rows: number,
  columns: number,
  ld: number,
  batch: number,
  stride: number,
): number {
  if (rows === 0 || columns === 0 || batch === 0) return 0;
  return (batch - 1) * stride + (rows - 1) * ld + columns;
}

/** What is wrong with a product's sizes, if anything. `masked`: it must be a short one. */
export function productFault(
  product: Product & { readonly lda: number; readonly ldb: number; readonly ldc: number },
  masked = false,
): string | undefined {
  const { M, N, K, transA, transB } = product;
  const columns = { lda: transA ? M : K, ldb: transB ? K : N, ldc: N };
  for (const name of ["lda", "ldb", "ldc"] as const) {
    if (product[name] < columns[name]) {
      return `expected ${name} to be an integer in [${columns[name]}, 2^32), got ${product[name]}`;
    }
  }
  if (masked && !isShortGemm(product)) return `expected a short product, got ${M}x${N}x${K}`;
  return undefined;
}
